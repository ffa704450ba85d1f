import type { Column } from '../../../platform/rows/column.ts'
import { lineFeed } from '../../../platform/rows/copy-text.ts'
import type { Format, TableRows } from './format.ts'
import { type ColumnChunk, clearColumnChunk, closePage, newColumnChunk } from './parquet/column-chunk.ts'
import { type Compressor, openCompressor } from './parquet/compressor.ts'
import { type ColumnChunkFacts, footer, magic, rowGroupMetadata } from './parquet/file-metadata.ts'
import { blockRows, pageBytes, pageRows } from './parquet/page.ts'
import { rangeBytes } from './parquet/range.ts'
import { scanRows } from './parquet/scan-rows.ts'
import type { Thrift } from './parquet/thrift-compact.ts'

/** A row group is closed once it has so many rows, or so many bytes before compression. */
type RowGroupLimits = { rows: number; bytes: number }

const usualLimits: RowGroupLimits = { rows: 128 * 1024, bytes: 32 * 1024 ** 2 }

/**
 * Apache Parquet: row groups of column chunks of PLAIN, ZSTD compressed pages, all columns optional.
 * Source: https://github.com/apache/parquet-format.
 */
export const parquetFormat: Format = {
  name: 'parquet',
  extension: '.parquet',
  contentType: 'application/vnd.apache.parquet',
  manyTables: false,
  compressible: false,
  encode: (tables) => {
    const [table] = tables
    if (table === undefined || tables.length > 1) throw new Error('A Parquet file holds one table')
    return encodeParquet(table, usualLimits)
  },
}

/** A file that is being written. */
type OpenFile = {
  columns: Column[]
  chunks: ColumnChunk[]
  compressor: Compressor
  rowGroups: Thrift[]
  /** Bytes written, and rows of the row groups that are closed. */
  offset: number
  rowCount: number
  /** Rows of the row group that is being filled. */
  row: number
}

/**
 * Memory is bounded by one row group, most of it compressed, and a page a column.
 * @throws PermanentFailure for a value that Parquet cannot hold, such as the date `infinity`
 */
export async function* encodeParquet(
  { columns, rows }: Pick<TableRows, 'columns' | 'rows'>,
  limits: RowGroupLimits,
): AsyncGenerator<Uint8Array> {
  if (columns.length === 0) throw new Error('A Parquet file needs a column')
  const chunks = columns.map(newColumnChunk)
  const compressor = openCompressor()
  const file = { columns, chunks, compressor, rowGroups: [], offset: magic.length, rowCount: 0, row: 0 }
  try {
    yield magic
    for await (const bytes of rows) {
      if (bytes.at(-1) !== lineFeed) throw new Error('The rows break off within a row')
      for (let at = 0; at < bytes.length; ) {
        const mostRows = Math.min(blockRows, limits.rows - file.row)
        const next = scanRows(chunks, bytes, { start: at, firstRow: file.row, mostRows })
        at = next.at
        file.row = next.row
        await closeFullPages(file)
        if (file.row >= limits.rows || totalBytes(chunks) >= limits.bytes) yield* endRowGroup(file)
      }
    }
    if (file.row > 0) yield* endRowGroup(file)
    yield footer(columns, file.rowGroups, file.rowCount)
  } finally {
    await compressor.close()
  }
}

/** The pages of each column, one column after the other. */
async function* endRowGroup(file: OpenFile): AsyncGenerator<Uint8Array> {
  const { columns, chunks, compressor, row } = file
  const facts: ColumnChunkFacts[] = []
  for (const chunk of chunks) {
    closePage(chunk, row, compressor)
    await compressor.ready()
  }
  for (const chunk of chunks) {
    const chunkFacts = factsOf(chunk, file.offset)
    for (const page of chunk.pages) {
      const { bytes, uncompressedBytes } = await page
      chunkFacts.compressedBytes += bytes.length
      chunkFacts.uncompressedBytes += uncompressedBytes
      yield bytes
    }
    facts.push(chunkFacts)
    file.offset += chunkFacts.compressedBytes
    clearColumnChunk(chunk)
  }
  file.rowGroups.push(rowGroupMetadata(columns, facts, row))
  file.rowCount += row
  file.row = 0
}

const closeFullPages = async ({ chunks, row, compressor }: OpenFile): Promise<void> => {
  for (const chunk of chunks) {
    if (row - chunk.firstRow < pageRows && chunk.values.at < pageBytes) continue
    closePage(chunk, row, compressor)
    await compressor.ready()
  }
}

const totalBytes = (chunks: ColumnChunk[]): number =>
  chunks.reduce((sum, { closedBytes, values }) => sum + closedBytes + values.at, 0)

const factsOf = (chunk: ColumnChunk, offset: number): ColumnChunkFacts => ({
  offset,
  uncompressedBytes: 0,
  compressedBytes: 0,
  nullCount: chunk.nullCount,
  range: chunk.range && rangeBytes(chunk.range),
})
