import type { ByteSink } from '../../../../platform/rows/byte-sink.ts'
import type { Column } from '../../../../platform/rows/column.ts'
import type { CellWriter } from './cell-writer.ts'
import { cellWriterOf } from './cell-writer-of.ts'
import type { Compressor } from './compressor.ts'
import { pageHeader } from './file-metadata.ts'
import { definitionLevels, firstValueAt, newNullMap, packBooleans, pageBytes } from './page.ts'
import { parquetTypeOf } from './parquet-type.ts'
import { newRange, type Range, widenRange } from './range.ts'

/** A page as it is in the file, with its header. */
type WrittenPage = { bytes: Buffer; uncompressedBytes: number }

/** The values of one column: those of the page that is being filled, and the pages of the row group before it. */
export type ColumnChunk = {
  column: Column
  write: CellWriter
  values: ByteSink
  /** A bit for each row of the page that is null. */
  nulls: Uint8Array
  nullsInPage: number
  /** The first row of the page, counted within the row group. */
  firstRow: number
  pages: Promise<WrittenPage>[]
  /** Bytes of the pages that are closed, before compression. */
  closedBytes: number
  nullCount: number
  range: Range | undefined
  /** Memory of pages that are compressed, for those to come. */
  spare: Buffer[]
}

const firstCapacityBytes = 8 * 1024
/** What a few long cells took is not kept. */
const mostSpareBytes = 2 * pageBytes

export const newColumnChunk = (column: Column): ColumnChunk => ({
  column,
  write: cellWriterOf(column),
  values: { bytes: Buffer.allocUnsafeSlow(firstCapacityBytes), at: firstValueAt },
  nulls: newNullMap(),
  nullsInPage: 0,
  firstRow: 0,
  pages: [],
  closedBytes: 0,
  nullCount: 0,
  range: newRange(parquetTypeOf(column)),
  spare: [],
})

export const writeNullCell = (chunk: ColumnChunk, row: number): void => {
  const index = row - chunk.firstRow
  chunk.nulls[index >> 3] = (chunk.nulls[index >> 3] as number) | (1 << (index & 7))
  chunk.nullsInPage += 1
}

/** Ends the page before `row`, counted within the row group, and hands it on to be compressed. */
export const closePage = (chunk: ColumnChunk, row: number, compressor: Compressor): void => {
  const { values } = chunk
  const rowCount = row - chunk.firstRow
  if (rowCount === 0) return
  if (chunk.column.type === 'boolean') packBooleans(values)
  if (chunk.range) widenRange(chunk.range, values)
  const start = definitionLevels(values.bytes, chunk.nulls, chunk.nullsInPage, rowCount)
  const page = compressPage(values.bytes.subarray(start, values.at), rowCount, compressor)
  // An error shows when the pages are collected; until then it must not count as one that nobody handles.
  page.then(
    () => values.bytes.length <= mostSpareBytes && chunk.spare.push(values.bytes),
    () => undefined,
  )
  chunk.pages.push(page)
  chunk.closedBytes += values.at - start
  chunk.nullCount += chunk.nullsInPage
  chunk.nulls.fill(0)
  chunk.nullsInPage = 0
  chunk.firstRow = row
  chunk.values = {
    bytes: chunk.spare.pop() ?? Buffer.allocUnsafeSlow(Math.min(values.bytes.length, mostSpareBytes)),
    at: firstValueAt,
  }
}

const compressPage = async (
  bytes: Uint8Array,
  rowCount: number,
  compressor: Compressor,
): Promise<WrittenPage> => {
  const compressed = await compressor.compress(bytes)
  const header = pageHeader(rowCount, bytes.length, compressed.length)
  // A copy, since the compressor's own memory is as large as the page was before.
  return {
    bytes: Buffer.concat([header, compressed]),
    uncompressedBytes: header.length + bytes.length,
  }
}

/** Begins the next row group. */
export const clearColumnChunk = (chunk: ColumnChunk): void => {
  chunk.pages = []
  chunk.firstRow = 0
  chunk.closedBytes = 0
  chunk.nullCount = 0
  chunk.range = newRange(parquetTypeOf(chunk.column))
}
