import { inflateSync } from 'node:zlib'

const woffHeaderBytes = 44
const woffEntryBytes = 20
const sfntHeaderBytes = 12
const sfntEntryBytes = 16

/**
 * The font that is packed in a WOFF 1.0 file. A PDF takes it as it is, and reading its tables costs nothing then.
 *
 * @see https://www.w3.org/TR/WOFF/
 */
export const unpackWoff = (woff: Buffer): Buffer => {
  if (woff.toString('latin1', 0, 4) !== 'wOFF') throw new Error('This is no WOFF 1.0 file')
  const tables = woff.readUInt16BE(12)
  const font = Buffer.alloc(woff.readUInt32BE(16))
  woff.copy(font, 0, 4, 8)
  font.writeUInt16BE(tables, 4)
  // So that half of the tables can be passed over at each step of a search: OpenType, "Table directory".
  const power = Math.floor(Math.log2(tables))
  font.writeUInt16BE(16 * 2 ** power, 6)
  font.writeUInt16BE(power, 8)
  font.writeUInt16BE(16 * (tables - 2 ** power), 10)
  let end = sfntHeaderBytes + tables * sfntEntryBytes
  for (let index = 0; index < tables; index += 1) {
    const from = woffHeaderBytes + index * woffEntryBytes
    const offset = woff.readUInt32BE(from + 4)
    const packed = woff.readUInt32BE(from + 8)
    const length = woff.readUInt32BE(from + 12)
    const content = woff.subarray(offset, offset + packed)
    const table = packed < length ? inflateSync(content, { maxOutputLength: length }) : content
    const entry = sfntHeaderBytes + index * sfntEntryBytes
    woff.copy(font, entry, from, from + 4)
    woff.copy(font, entry + 4, from + 16, from + 20)
    font.writeUInt32BE(end, entry + 8)
    font.writeUInt32BE(length, entry + 12)
    table.copy(font, end)
    end += Math.ceil(length / 4) * 4
  }
  return font
}
