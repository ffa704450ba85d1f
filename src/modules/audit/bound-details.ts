const mostFields = 20
const longestText = 500
const longestDetails = 4_000
const secretName =
  /pass(word|phrase)|secret|token|cookie|authorization|api.?key$|stream.?key|recovery.?code|^code$|hash|credential/i
const leftOut = '[left out]'

/**
 * What of an act's details is stored: few fields, short texts, and nothing whose name says that it is secret, should a caller
 * hand one over by mistake. Half a surrogate pair and U+0000, which the database takes in no jsonb, go as well.
 */
export const boundDetails = (details: Record<string, unknown>): Record<string, unknown> => {
  const kept = Object.fromEntries(
    Object.entries(details)
      .filter(([, value]) => value !== undefined)
      .slice(0, mostFields)
      .map(([name, value]) => [bounded(name), secretName.test(name) ? leftOut : boundValue(value)]),
  )
  return JSON.stringify(kept).length > longestDetails
    ? { leftOut: 'too long', fields: Object.keys(kept) }
    : kept
}

const boundValue = (value: unknown): unknown => {
  if (typeof value === 'string') return bounded(value)
  if (Array.isArray(value)) return value.slice(0, mostFields).map(boundValue)
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    return boundDetails({ ...value })
  }
  return value
}

const bounded = (text: string): string => text.slice(0, longestText).toWellFormed().replaceAll('\0', '')
