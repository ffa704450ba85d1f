import { invalidField } from '../../platform/errors.ts'
import type { Call, CallAnswer } from './batch.schema.ts'

/** `{{first.id}}`: field `id` of what call `first` was answered; deeper with more dots. */
const reference = /\{\{([a-z][\w-]{0,39})((?:\.[\w-]{1,60}){1,8})\}\}/gi
const deepestBody = 32
/** As much as a whole batch may bring: nine characters that stand for 200 kB must not come to more than was sent by thousands. */
const mostReferred = 1_024 * 1_024

type Known = {
  names: ReadonlySet<string>
  answers: ReadonlyMap<string, CallAnswer>
  at: string
  /** How many characters references of the whole batch have come to. */
  referred: { characters: number }
}
type Scalar = string | number | boolean

/**
 * A call with what earlier calls came to in the place of its references. Text in braces that names no call of the batch stays.
 * @throws 422 for what names a later call, or a field that is not there or is no text, number or truth
 * value, or where all references come to more than 1 MiB
 */
export const resolveReferences = (call: Call, known: Known): Call => ({
  ...call,
  path: call.path.replaceAll(reference, (text, name, fields) => {
    const value = lookUp(known, text, name, fields)
    return value === undefined ? text : encodeURIComponent(String(value))
  }),
  ...(call.body === undefined ? {} : { body: resolveObject(call.body, known, 0) }),
})

const resolveObject = (object: object, known: Known, depth: number): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, resolveValue(value, known, depth)]))

const resolveValue = (value: unknown, known: Known, depth: number): unknown => {
  if (typeof value === 'string') return resolveText(value, known)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= deepestBody)
    throw invalidField(`${known.at}.body`, 'too_deep', 'The body is nested too deeply.')
  if (Array.isArray(value)) return value.map((item) => resolveValue(item, known, depth + 1))
  return resolveObject(value, known, depth + 1)
}

/** A text that is one reference and nothing else becomes the value itself. */
const resolveText = (text: string, known: Known): unknown => {
  const values: Scalar[] = []
  const resolved = text.replaceAll(reference, (found, name, fields) => {
    const value = lookUp(known, found, name, fields)
    if (value === undefined) return found
    if (found === text) values.push(value)
    return String(value)
  })
  return values.length === 1 ? values[0] : resolved
}

const lookUp = (
  { names, answers, at, referred }: Known,
  text: string,
  name: string,
  fields: string,
): Scalar | undefined => {
  if (!names.has(name)) return undefined
  let value: unknown = dataOf(answers.get(name)?.body)
  for (const field of fields.slice(1).split('.')) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, field)
        ? Reflect.get(value, field)
        : undefined
  }
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
    throw invalidField(at, 'unknown_reference', `${text} names nothing that an earlier call was answered.`)
  referred.characters += String(value).length
  if (referred.characters > mostReferred)
    throw invalidField(at, 'too_large', 'What the references of a batch stand for is larger than 1 MiB.')
  return value
}

const dataOf = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && 'data' in body ? body.data : undefined
