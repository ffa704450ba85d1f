import { type ByteSink, writeBytes, writeText } from '../../../../platform/rows/byte-sink.ts'
import { backslash, lineFeed, tab } from '../../../../platform/rows/copy-text.ts'
import { showNuls } from '../../../../platform/rows/nul-text.ts'
import { type CellWriter, makeRoom, putInt32 } from './cell-writer.ts'

/** Its length in four bytes, then its UTF-8. */
export const writeTextCell: CellWriter = (bytes, start, values) => {
  let end = start
  let escapes = 0
  for (; ; end += 1) {
    const byte = bytes[end] as number
    if (byte > lineFeed && byte !== backslash) continue
    if (byte === tab || byte === lineFeed) break
    if (byte !== backslash) continue
    escapes += 1
    end += 1
  }
  const length = end - start - escapes
  makeRoom(values, 4 + length)
  putInt32(values, length)
  if (escapes === 0) writeBytes(values, bytes, start, end)
  else writeUnescaped(values, bytes, start, end)
  return end
}

/** What a letter behind a backslash stands for, when not for itself. */
const unescaped = new Map(
  Object.entries({ b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 }).map(([letter, byte]) => [
    letter.charCodeAt(0),
    byte,
  ]),
)

const writeUnescaped = (values: ByteSink, bytes: Buffer, start: number, end: number): void => {
  const out = values.bytes
  let to = values.at
  for (let from = start; from < end; from += 1) {
    let byte = bytes[from] as number
    if (byte === backslash) {
      from += 1
      const letter = bytes[from] as number
      byte = unescaped.get(letter) ?? letter
    }
    out[to] = byte
    to += 1
  }
  values.at = to
}

/** Text of a column in which U+0000 is hidden. It becomes shorter, if anything. */
export const writeTextWithNuls: CellWriter = (bytes, start, values) => {
  const prefix = values.at
  const end = writeTextCell(bytes, start, values)
  const text = values.bytes.toString('utf8', prefix + 4, values.at)
  values.at = prefix + 4
  writeText(values, showNuls(text))
  values.bytes.writeInt32LE(values.at - prefix - 4, prefix)
  return end
}

/** Where the 32 digits of a UUID stand in its text, two at a time. */
const pairs = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34]
const uuidLength = 36
const noDigit = 16
const hexDigits = new Uint8Array(256).fill(noDigit)
for (let digit = 0; digit < 16; digit += 1) {
  hexDigits[digit.toString(16).charCodeAt(0)] = digit
  hexDigits[digit.toString(16).toUpperCase().charCodeAt(0)] = digit
}

export const writeUuid: CellWriter = (bytes, start, values) => {
  makeRoom(values, 16)
  const { bytes: out, at } = values
  let all = 0
  for (let index = 0; index < 16; index += 1) {
    const from = start + (pairs[index] as number)
    const high = hexDigits[bytes[from] as number] as number
    const low = hexDigits[bytes[from + 1] as number] as number
    all |= high | low
    out[at + index] = (high << 4) | low
  }
  if (all >= noDigit) return -1
  values.at = at + 16
  return start + uuidLength
}
