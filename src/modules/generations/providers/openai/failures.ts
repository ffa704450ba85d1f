import { z } from 'zod'
import { clean, failureOfStatus, parseJson, type Refusal } from '../failures.ts'
import { ImageProviderError } from '../provider.ts'

const errorBody = z.object({
  error: z.object({ code: z.string().nullish(), message: z.string().nullish() }),
})

/** Answers of these codes mean that the prompt or the photo was refused by a content policy. */
const refusals = new Set([
  'content_policy_violation',
  'moderation_blocked',
  'content_filter',
  'safety_violation',
])
/** A 429 with these codes does not pass by waiting. */
const exhausted = new Set(['insufficient_quota', 'billing_hard_limit_reached'])

/** What an answer of the Images API other than 2xx means. */
export function failureOfAnswer(answer: Refusal): ImageProviderError {
  const parsed = errorBody.safeParse(parseJson(answer.body)).data?.error
  const code = parsed?.code ?? ''
  const said = clean(parsed?.message ?? '', answer.secrets)
  if (refusals.has(code)) {
    const message = `The image provider refused this content.${said && ` It said: "${said}"`}`
    return new ImageProviderError('permanent', 'CONTENT_REFUSED', message)
  }
  if (exhausted.has(code) && answer.status !== 401 && answer.status !== 403) {
    const message = 'Our quota with the image provider is used up.'
    return new ImageProviderError('permanent', 'PROVIDER_QUOTA', message)
  }
  return failureOfStatus(answer, said)
}
