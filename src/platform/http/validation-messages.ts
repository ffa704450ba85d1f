import { z } from 'zod'

type Issue = z.core.$ZodRawIssue
type Bound = z.core.$ZodRawIssue<z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig>

const types: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  date: 'a date',
}

const formats: Record<string, string> = {
  email: 'an e-mail address',
  url: 'a URL',
  uuid: 'a UUID',
  guid: 'a UUID',
  datetime: 'a time with its zone in ISO 8601, such as 2026-01-31T12:00:00Z',
  date: 'a date in ISO 8601, such as 2026-01-31',
  time: 'a time in ISO 8601, such as 12:00:00',
}

const units: Record<string, [one: string, many: string]> = {
  string: ['character', 'characters'],
  array: ['item', 'items'],
  set: ['item', 'items'],
  map: ['entry', 'entries'],
  file: ['byte', 'bytes'],
}

/**
 * What a client is told of a field that its schema refuses, as a sentence about the field. A message that stands in the schema
 * itself goes before. Undefined for unknown fields, which are told of one by one.
 */
const messageOf = (issue: Issue): string | undefined => {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'Is missing.'
      return `Must be ${types[issue.expected] ?? issue.expected}.`
    case 'invalid_value':
      if (issue.input === undefined) return 'Is missing.'
      return issue.expected === 'stringbool' ? 'Must be true or false.' : oneOf(issue.values)
    case 'invalid_union':
      if (issue.input === undefined) return 'Is missing.'
      return Array.isArray(issue.options)
        ? oneOf(issue.options)
        : 'Has none of the forms that are allowed here.'
    case 'too_small':
      if (mayNotBeEmpty(issue)) return 'Must not be empty.'
      return boundMessage(issue, issue.minimum, issue.inclusive ? 'at least' : 'more than')
    case 'too_big':
      return boundMessage(issue, issue.maximum, issue.inclusive ? 'at most' : 'less than')
    case 'invalid_format':
      return formatMessage(issue)
    case 'not_multiple_of':
      return `Must be a multiple of ${issue.divisor}.`
    case 'unrecognized_keys':
      return undefined
    default:
      return 'Not valid.'
  }
}

const oneOf = (values: readonly z.core.util.Primitive[]): string =>
  values.length === 1 ? `Must be ${String(values[0])}.` : `Must be one of: ${values.map(String).join(', ')}.`

const mayNotBeEmpty = ({ origin, minimum, exact }: z.core.$ZodRawIssue<z.core.$ZodIssueTooSmall>): boolean =>
  units[origin] !== undefined && Number(minimum) === 1 && !exact

const boundMessage = ({ origin, exact }: Bound, bound: number | bigint, relation: string): string => {
  const measure = `${exact ? 'exactly' : relation} ${bound}`
  const unit = units[origin]
  if (unit === undefined) return `Must be ${measure}.`
  return `Must have ${measure} ${Number(bound) === 1 ? unit[0] : unit[1]}.`
}

const formatMessage = (issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidStringFormat>): string => {
  const { format, pattern } = issue
  if (formats[format] !== undefined) return `Must be ${formats[format]}.`
  return format === 'regex' ? `Must match ${pattern}.` : `Must be ${format.replaceAll('_', ' ')}.`
}

/** Has zod say so, in this whole process. */
export const useOwnMessages = (): void => {
  z.config({ customError: messageOf })
}
