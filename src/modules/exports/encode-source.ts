import { setImmediate } from 'node:timers/promises'
import type pg from 'pg'
import { lineFeed } from '../../platform/rows/copy-text.ts'
import { compressed } from './compress.ts'
import type { ExportRequest } from './export-request.ts'
import { formats } from './formats/formats.ts'
import type { SourceTable } from './open-source.ts'

/** The share of the work that is done when the last row is read. */
const readFraction = 0.97
/** How much of the way each reading goes when nobody knows how many rows there are. */
const unknownStep = 0.002
/** Rows that are made, not read, never wait for anything: so often a cancel, a lease or another job gets its turn. */
const longestTurnMs = 50

type Job = { progress: (fraction: number, message: string) => void; signal: AbortSignal }

/**
 * The file of an export, as a stream that reads its tables one after the other.
 * @param client a connection that does nothing else until the stream has ended
 */
export const encodeSource = (
  client: pg.PoolClient,
  { name, tables }: { name: string; tables: SourceTable[] },
  request: ExportRequest,
  { progress, signal }: Job,
) => {
  const format = formats[request.format]
  let rows = 0
  let fraction = 0
  const total = tables.every(({ rowCount }) => rowCount !== undefined)
    ? tables.reduce((sum, { rowCount = 0 }) => sum + rowCount, 0)
    : 0
  async function* read(table: SourceTable): AsyncGenerator<Buffer> {
    let turnStartedAt = performance.now()
    for await (const chunk of table.rows(client)) {
      if (performance.now() - turnStartedAt > longestTurnMs) {
        await setImmediate(undefined, { signal })
        turnStartedAt = performance.now()
      }
      rows += countRows(chunk)
      fraction =
        total > 0 ? (rows / total) * readFraction : fraction + (readFraction - fraction) * unknownStep
      progress(fraction, `${rows} rows`)
      yield chunk
    }
  }
  const opened = tables.map((table) => ({
    ...table,
    columns: format === formats.sql ? table.columns : asLabelled(table.columns),
    rows: read(table),
  }))
  const encode = (group: typeof opened) => format.encode(group, { escapeFormulas: request.escapeFormulas })
  const groups = format.manyTables ? [opened] : opened.map((table) => [table])
  const files = groups.map((group) => ({
    name: `${format.manyTables ? name : (group[0]?.name ?? name)}${format.extension}`,
    content: encode(group),
  }))
  const { content, contentType, extension } = compressed(format, request.compression, files)
  // What is in a zip shows in its name: one of each format can lie side by side.
  const ending = extension === '.zip' ? `${format.extension}.zip` : extension
  return { content, contentType, fileName: `${name}${ending}`, writtenRows: () => rows }
}

/** Columns of an upload under the names that its file had, unless two have the same. */
const asLabelled = (columns: SourceTable['columns']): SourceTable['columns'] => {
  const labels = columns.map(({ name, label }) => label ?? name)
  const differ = new Set(labels.map((label) => label.toLowerCase())).size === columns.length
  return differ
    ? columns.map((column, index) => ({ ...column, name: labels[index] ?? column.name }))
    : columns
}

const countRows = (chunk: Buffer): number => {
  let rows = 0
  for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, at + 1)) rows += 1
  return rows
}
