import { z } from 'zod'
import { openText, sealText } from '../../platform/config/sealed-text.ts'
import type { SyncRow } from './syncs.table.ts'

const mostHeaders = 10
const longestValue = 4_000

/** Those that the connection and the conditional request are made of are Backlot's own. */
const ownHeaders =
  /^(host|connection|keep-alive|content-.*|transfer-encoding|te|trailer|upgrade|expect|range|proxy-.*|accept-encoding|if-.*)$/

export const requestHeaders = z
  .record(
    z
      .string()
      .max(100)
      .regex(/^[a-z0-9!#$%&'*+.^_`|~-]+$/i, 'This is no name of a header.')
      .refine((name) => !ownHeaders.test(name.toLowerCase()), 'This header is set by Backlot.'),
    z
      .string()
      .max(longestValue)
      .regex(/^[\x20-\x7e]*$/, 'Give printable ASCII characters.'),
  )
  .refine((headers) => Object.keys(headers).length <= mostHeaders, `At most ${mostHeaders} headers.`)
  .describe('Sent to the source, such as `Authorization`. Kept encrypted, and never shown again.')
export type RequestHeaders = z.infer<typeof requestHeaders>

const stored = z.record(z.string(), z.string())
const contextOf = (syncId: string) => `sync ${syncId}`

/** The columns that hold the headers. */
export const sealHeaders = (
  key: Buffer,
  syncId: string,
  headers: RequestHeaders,
): Pick<SyncRow, 'sealedHeaders' | 'headerNames'> => {
  const headerNames = Object.keys(headers)
  if (headerNames.length === 0) return { sealedHeaders: null, headerNames }
  return { sealedHeaders: sealText(key, JSON.stringify(headers), contextOf(syncId)), headerNames }
}

export const openHeaders = (
  key: Buffer,
  { id, sealedHeaders }: Pick<SyncRow, 'id' | 'sealedHeaders'>,
): Record<string, string> =>
  sealedHeaders === null ? {} : stored.parse(JSON.parse(openText(key, sealedHeaders, contextOf(id))))
