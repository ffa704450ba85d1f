import { PermanentFailure } from '../../../../platform/jobs/job-failure.ts'
import { backslash, lineFeed, readCell, tab } from '../../../../platform/rows/copy-text.ts'
import { type ColumnChunk, writeNullCell } from './column-chunk.ts'

const letterN = 0x4e

/**
 * Takes whole rows out of COPY text from `start` on, `mostRows` at most, cell by cell into the columns' pages.
 * @param firstRow the number of the first, counted within the row group
 * @returns where the next row begins, and its number
 * @throws PermanentFailure for a value that Parquet cannot hold, such as the date `infinity`
 */
export const scanRows = (
  chunks: ColumnChunk[],
  bytes: Buffer,
  { start, firstRow, mostRows }: { start: number; firstRow: number; mostRows: number },
): { at: number; row: number } => {
  const last = chunks.length - 1
  const endRow = firstRow + mostRows
  const { length } = bytes
  let at = start
  let row = firstRow
  for (; at < length && row < endRow; row += 1) {
    for (let index = 0; index <= last; index += 1) {
      const chunk = chunks[index] as ColumnChunk
      let end: number
      if (bytes[at] === backslash && bytes[at + 1] === letterN) {
        writeNullCell(chunk, row)
        end = at + 2
      } else {
        end = chunk.write(bytes, at, chunk.values)
      }
      if (end === -1 || bytes[end] !== (index === last ? lineFeed : tab)) throw unfit(chunk, bytes, at)
      at = end + 1
    }
  }
  return { at, row }
}

const mostShown = 60

const unfit = ({ column }: ColumnChunk, bytes: Buffer, start: number): PermanentFailure => {
  let end = start
  while (end < bytes.length && bytes[end] !== tab && bytes[end] !== lineFeed) end += 1
  const cell = (readCell(bytes, start, end) ?? '\\N').slice(0, mostShown)
  return new PermanentFailure(
    'PARQUET_VALUE',
    `The column ${column.name} holds ${JSON.stringify(cell)}, which a Parquet column of its type cannot hold.`,
  )
}
