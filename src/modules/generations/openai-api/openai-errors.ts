import { z } from 'zod'
import type { AppError } from '../../../platform/errors.ts'

/** A failure as OpenAI's API tells it (platform.openai.com/docs/guides/error-codes). */
export const openAiErrorSchema = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.enum([
        'invalid_request_error',
        'image_generation_user_error',
        'rate_limit_error',
        'server_error',
      ]),
      param: z.string().nullable(),
      code: z.string(),
    }),
  })
  .meta({ id: 'OpenAiError' })

type OpenAiError = z.infer<typeof openAiErrorSchema>['error']

/** Where the client that OpenAI publishes looks at the status or the code, both are OpenAI's; other codes are ours in lower case. */
export const tellOpenAiFault = (fault: AppError, message: string) => {
  const [field] = fault.errors
  const error: OpenAiError = {
    message:
      field === undefined ? (ofWrongKey[fault.code] ?? message) : `Invalid '${field.path}': ${field.message}`,
    type: typeOf(fault),
    param: field?.path ?? null,
    code: codeOf(fault),
  }
  // Validation is a 422 everywhere else.
  return { status: fault.status === 422 ? 400 : fault.status, body: { error } }
}

/** For its clients there are API keys only; what has expired or ended says so by itself. */
const ofWrongKey: Partial<Record<string, string>> = {
  UNAUTHORIZED: 'You did not provide an API key. Send it as `Authorization: Bearer YOUR_KEY`.',
  ACCESS_TOKEN_INVALID: 'Incorrect API key provided: it is none of this server.',
  API_KEY_MALFORMED: 'Incorrect API key provided: a character of it is wrong or missing.',
  API_KEY_INVALID: 'Incorrect API key provided: it was revoked, has expired or never existed.',
}

const typeOf = ({ status, code }: AppError): OpenAiError['type'] => {
  if (code === 'MODERATION_BLOCKED') return 'image_generation_user_error'
  if (status === 429) return 'rate_limit_error'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}

const codeOf = ({ status, code, errors: [field] }: AppError): string => {
  if (status === 401) return 'invalid_api_key'
  if (code === 'TOO_MANY_REQUESTS') return 'rate_limit_exceeded'
  if (code !== 'VALIDATION_FAILED' || field === undefined) return code.toLowerCase()
  if (field.code === 'unrecognized_keys') return 'unknown_parameter'
  if (field.message === missing) return 'missing_required_parameter'
  return /^[A-Z_]+$/.test(field.code) ? field.code.toLowerCase() : 'invalid_value'
}

/** What the schemas say of a field that is not there. */
const missing = 'Is missing.'
