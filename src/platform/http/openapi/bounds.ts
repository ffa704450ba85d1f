import { type Document, eachSchema, type Schema } from './document.ts'
import { longestMatch } from './longest-match.ts'

const longestLink = 8_192
/** Longest text of a format, in characters. */
const longest: Record<string, number> = {
  uuid: 36,
  'date-time': 40,
  date: 10,
  email: 254,
  ipv4: 15,
  ipv6: 45,
  uri: longestLink,
}
/** Paths of this API are links too, and have no format. */
const isLink = /^(uri|url)$|(Uri|Url)$/
/** No request and no page of an answer holds a longer text, or more in one array. */
const longestText = 16 * 1024 * 1024
const mostItems = 100_000
const largestInt32 = 2 ** 31 - 1

/**
 * Leaves no pattern that can be read in two ways, and states a bound for each text, array and integer that has none: patterns
 * tell theirs, and of the others most are bounded by the size of a request or of a page. Source: OWASP API Security Top 10 2023, API4.
 */
export const stateBounds = (document: Document): void => eachSchema(document, stateBound)

const stateBound = (schema: Schema): void => {
  const { format = '' } = schema
  const is = (type: string) =>
    schema.type === type || (Array.isArray(schema.type) && schema.type.includes(type))
  // Properties of characters need the flag `u`, without which many readers take such a pattern for another.
  if (/\\p\{/i.test(schema.pattern ?? '')) delete schema.pattern
  if (is('string') && schema.enum === undefined && schema.const === undefined)
    schema.maxLength ??= longestMatch(schema.pattern ?? '') ?? longest[format] ?? longestText
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    if (isLink.test(name) && property.type === 'string') property.maxLength ??= longestLink
  if (is('array')) schema.maxItems ??= mostItems
  if (is('integer')) schema.format ??= (schema.maximum ?? Infinity) <= largestInt32 ? 'int32' : 'int64'
}
