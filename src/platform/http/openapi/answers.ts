import { type Answer, type Document, operationsOf } from './document.ts'

const integer = { type: 'integer', format: 'int32', minimum: 0, maximum: 2 ** 31 - 1 }
const text = { type: 'string', maxLength: 2_048 }

/** What comes with every answer. */
const everywhere = {
  'RateLimit-Limit': { description: 'Requests that may be made in a window.', schema: integer },
  'RateLimit-Remaining': { description: 'How many of them are left.', schema: integer },
  'RateLimit-Reset': { description: 'Seconds until the window ends.', schema: integer },
  'Access-Control-Allow-Origin': {
    description: 'The page that asks, when it is one of `CORS_ORIGINS`.',
    schema: text,
  },
  'X-Request-Id': { description: 'Names this request in the log and in error answers.', schema: text },
}
const onFailure = {
  'Retry-After': { description: 'Seconds to wait before another try, with 429 and 503.', schema: integer },
}

/** What a status means where a route says no more: without a description the document has `Default Response`. */
const meanings: Record<string, string> = {
  200: 'Done, or what was asked for.',
  201: 'Made.',
  202: 'Taken: what is left to do is told in the answer.',
  204: 'Done.',
}

/** Says of each answer what it means, and names its headers. */
export const describeAnswers = (document: Document): void => {
  document.components.headers = { ...everywhere, ...onFailure }
  for (const { operation } of operationsOf(document)) {
    for (const [status, answer] of Object.entries(operation.responses ?? {})) {
      const names = [...Object.keys(everywhere), ...(/^[45]/.test(status) ? Object.keys(onFailure) : [])]
      addHeaders(answer, names)
      if (answer.description === 'Default Response') answer.description = meanings[status] ?? 'The answer.'
    }
  }
}

const addHeaders = (answer: Answer, names: string[]): void => {
  const references = names.map((name) => [name, { $ref: `#/components/headers/${name}` }])
  answer.headers = { ...Object.fromEntries(references), ...answer.headers }
}
