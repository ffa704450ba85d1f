import { type ByteSink, newSink, writeByte, writeUint } from '../../../platform/rows/byte-sink.ts'
import { escapeSince, lineFeed, tab, writeNull } from '../../../platform/rows/copy-text.ts'
import type { CompiledField } from './field-type.ts'

/** Large enough that the cost of passing a chunk on is small, small enough that making one holds nobody up. */
const chunkBytes = 64 * 1024
const longestRowNumber = 17

/** `numbered`: each row begins with its number, counted from 1. */
export type RowRange = { first: number; end: number; numbered: boolean }

/** The rows from number `first` (counted from 0) up to and without `end`, as COPY text. Each chunk has its own memory. */
export function* writeRows(
  fields: CompiledField[],
  { first, end, numbered }: RowRange,
): Generator<{ bytes: Buffer; rowCount: number }> {
  const longestRow = longestRowNumber + fields.reduce((sum, { maxBytes }) => sum + 2 * maxBytes + 3, 0)
  for (let row = first; row < end; ) {
    const sink = newSink(chunkBytes + longestRow)
    const firstOfChunk = row
    while (row < end && sink.at < chunkBytes) {
      if (numbered) {
        writeUint(sink, row + 1)
        writeByte(sink, tab)
      }
      writeCells(fields, row, sink)
      row += 1
    }
    yield { bytes: sink.bytes.subarray(0, sink.at), rowCount: row - firstOfChunk }
  }
}

const writeCells = (fields: CompiledField[], row: number, sink: ByteSink): void => {
  for (let index = 0; index < fields.length; index += 1) {
    const field = fields[index] as CompiledField
    if (field.isNull(row)) writeNull(sink)
    else if (field.plain) field.write(row, sink)
    else {
      const start = sink.at
      field.write(row, sink)
      escapeSince(sink, start)
    }
    writeByte(sink, tab)
  }
  // The last tab ends the row.
  sink.bytes[sink.at - 1] = lineFeed
}
