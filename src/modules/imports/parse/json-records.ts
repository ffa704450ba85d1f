import { createJsonCutter } from './json-cutter.ts'
import { startJsonTable } from './json-table.ts'
import { readPieces } from './read-pieces.ts'
import type { SourceFile, TableSink } from './source-rows.ts'

/** An array of objects, or an object whose values are arrays of objects, each of them a table. Source: RFC 8259. */
export const readJson = async (file: SourceFile, sink: TableSink): Promise<void> => {
  const cutter = createJsonCutter((name) => startJsonTable(name ?? file.tableName, file.limits, sink))
  let position = 0
  for await (const piece of readPieces(file.path)) {
    const hasMark = position === 0 && piece[0] === 0xef && piece[1] === 0xbb && piece[2] === 0xbf
    cutter.push(hasMark ? piece.subarray(3) : piece)
    position += piece.length
    sink.progress(position / file.sizeBytes)
    await sink.taken()
  }
  cutter.end()
}
