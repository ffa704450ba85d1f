import type { IncomingHttpHeaders } from 'node:http'
import type { ByteRange, ObjectHead } from './storage.ts'

/** HTTP dates have no milliseconds. */
const wholeSeconds = (date: Date) => Math.floor(date.getTime() / 1_000)

/** Whether the client has this already (RFC 9110, 13.1.2 and 13.1.3). `If-None-Match` outweighs the date. */
export const isNotModified = (headers: IncomingHttpHeaders, head: ObjectHead): boolean => {
  const tags = headers['if-none-match']
  if (tags !== undefined) {
    if (tags.trim() === '*') return true
    return tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === head.etag)
  }
  const since = Date.parse(headers['if-modified-since'] ?? '')
  return !Number.isNaN(since) && wholeSeconds(head.modifiedAt) <= Math.floor(since / 1_000)
}

/**
 * The one range that is asked for (RFC 9110, 14.1.2 and 14.2); undefined for all of it. What is malformed, asks for several
 * ranges, or has an `If-Range` (13.1.5) that does not hold, is answered with all of it, as the RFC allows.
 */
export const requestedRange = (
  headers: IncomingHttpHeaders,
  head: ObjectHead,
): ByteRange | 'unsatisfiable' | undefined => {
  const asked = /^bytes=[ \t]*(\d{0,15})-(\d{0,15})[ \t]*$/i.exec(headers.range ?? '')
  if (asked === null || !ifRangeHolds(headers['if-range'], head)) return undefined
  const [, from = '', to = ''] = asked
  if (from === '') return lastBytes(to, head.sizeBytes)
  const first = Number(from)
  const last = to === '' ? head.sizeBytes - 1 : Number(to)
  if (to !== '' && last < first) return undefined
  if (first >= head.sizeBytes) return 'unsatisfiable'
  return { first, last: Math.min(last, head.sizeBytes - 1) }
}

const lastBytes = (count: string, sizeBytes: number): ByteRange | 'unsatisfiable' | undefined => {
  if (count === '') return undefined
  if (Number(count) === 0 || sizeBytes === 0) return 'unsatisfiable'
  return { first: Math.max(0, sizeBytes - Number(count)), last: sizeBytes - 1 }
}

/** A weak tag never matches here: it does not promise the same bytes. */
const ifRangeHolds = (ifRange: string | string[] | undefined, head: ObjectHead): boolean => {
  if (ifRange === undefined) return true
  if (typeof ifRange !== 'string') return false
  if (ifRange.includes('"')) return ifRange.trim() === head.etag
  return Math.floor(Date.parse(ifRange) / 1_000) === wholeSeconds(head.modifiedAt)
}
