import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { wholeRows } from '../rows/copy-text.ts'
import { quoteName } from './quote-name.ts'

export type CopyTarget = { schema: string; table: string; columns: string[] }

/** One stall of the other side, the sorting before a first row included. */
const stallTimeoutMs = 10 * 60_000

/**
 * Writes rows with COPY, in the transaction that `client` has open.
 * @param rows COPY text, cut anywhere
 * @returns how many rows
 */
export const copyIn = async (
  client: pg.PoolClient,
  { schema, table, columns }: CopyTarget,
  rows: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<number> => {
  const names = columns.map(quoteName).join(', ')
  const target = client.query(copyFrom(`copy ${quoteName(schema)}.${quoteName(table)} (${names}) from stdin`))
  await pipeline(Readable.from(rows, { objectMode: true, highWaterMark: 2 }), target, { signal })
  return target.rowCount
}

/**
 * Reads the rows of a query with COPY, as fast as they are taken.
 * @param select SQL without parameters: COPY takes none, so literals in it must be quoted
 * @returns COPY text; each chunk ends with a row
 */
export async function* copyOut(client: pg.PoolClient, select: string): AsyncGenerator<Buffer> {
  const source = client.query(copyTo(`copy (${select}) to stdout`))
  const stalled = setTimeout(() => source.destroy(new Error('COPY stalled')), stallTimeoutMs)
  try {
    for await (const chunk of wholeRows(source)) {
      stalled.refresh()
      yield chunk
    }
  } finally {
    clearTimeout(stalled)
    source.destroy()
  }
}
