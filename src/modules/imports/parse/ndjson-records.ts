import { startJsonTable } from './json-table.ts'
import { readPieces } from './read-pieces.ts'
import { longestRowBytes, rowTooLong, type SourceFile, type TableSink } from './source-rows.ts'

const lineFeed = 0x0a
const byteOrderMark = Buffer.from('\ufeff')

/** A JSON object on each line. Lines of white space are passed over. Source: ndjson-spec, RFC 8259. */
export const readNdjson = async (file: SourceFile, sink: TableSink): Promise<void> => {
  const take = startJsonTable(file.tableName, file.limits, sink)
  let line = 1
  let parts: Buffer[] = []
  let heldBytes = 0
  let position = 0

  const hold = (bytes: Buffer): void => {
    heldBytes += bytes.length
    if (heldBytes > longestRowBytes) parts = []
    else if (bytes.length > 0) parts.push(bytes)
  }
  const endLine = (): void => {
    if (heldBytes > longestRowBytes) sink.badRow(line, rowTooLong)
    else {
      const bytes = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
      const start = line === 1 && bytes.subarray(0, 3).equals(byteOrderMark) ? 3 : 0
      if (!isBlank(bytes, start)) take(bytes.subarray(start), line)
    }
    parts = []
    heldBytes = 0
    line += 1
  }

  for await (const piece of readPieces(file.path)) {
    let start = 0
    for (let end = piece.indexOf(lineFeed); end !== -1; end = piece.indexOf(lineFeed, start)) {
      hold(piece.subarray(start, end))
      endLine()
      start = end + 1
    }
    hold(piece.subarray(start))
    position += piece.length
    sink.progress(position / file.sizeBytes)
    await sink.taken()
  }
  if (heldBytes > 0) endLine()
}

const isBlank = (bytes: Buffer, start: number): boolean => {
  for (let index = start; index < bytes.length; index += 1) {
    const byte = bytes[index]
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false
  }
  return true
}
