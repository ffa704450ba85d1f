import { type ByteSink, writeBytes, writeHex, writeText } from '../../../platform/rows/byte-sink.ts'
import type { ColumnType } from '../../../platform/rows/column.ts'

const quote = 0x22
const backslash = 0x5c
const letterT = 0x74
const letterU = 0x75
const yes = Buffer.from('true')
const no = Buffer.from('false')

/** The letter after the backslash of what JSON escapes, 0 for nothing to escape. Source: ECMA-262, QuoteJSONString. */
const escapeLetters = new Uint8Array(256).fill(letterU, 0, 0x20)
for (const [character, letter] of ['\bb', '\tt', '\nn', '\ff', '\rr', '""', '\\\\']) {
  escapeLetters[(character as string).charCodeAt(0)] = (letter as string).charCodeAt(0)
}

/**
 * `longest`: how many bytes a value of so many becomes at most. `plain`: the JSON is plain where the value is. `change` turns
 * what was written since `start` into JSON.
 */
type JsonForm = {
  longest: (bytes: number) => number
  plain: boolean
  change: (sink: ByteSink, start: number) => void
}

const unchanged: JsonForm = { longest: (bytes) => bytes, plain: true, change: () => undefined }

const boolean: JsonForm = {
  longest: () => no.length,
  plain: true,
  change: (sink, start) => {
    const isTrue = sink.bytes[start] === letterT
    sink.at = start
    writeBytes(sink, isTrue ? yes : no)
  },
}

const quotedPlainly: JsonForm = {
  longest: (bytes) => bytes + 2,
  plain: true,
  change: (sink, start) => {
    const { bytes, at } = sink
    bytes.copyWithin(start + 1, start, at)
    bytes[start] = quote
    bytes[at + 1] = quote
    sink.at = at + 2
  },
}

const mostExactDigits = 15

/** A number that JavaScript would round stays text, as in every answer and export. */
const number: JsonForm = {
  // A double takes 25 at most in JavaScript, such as -0.0000012345678901234567.
  longest: (bytes) => Math.max(25, bytes + 2),
  plain: true,
  change: (sink, start) => {
    const text = sink.bytes.toString('latin1', start, sink.at)
    const value = Number(text)
    const digits = text.replaceAll(/\D/g, '').replace(/^0+/, '').length
    const isExact = digits <= mostExactDigits || (Number.isSafeInteger(value) && !text.includes('.'))
    if (!isExact) {
      quotedPlainly.change(sink, start)
      return
    }
    sink.at = start
    writeText(sink, JSON.stringify(value))
  },
}

const hyphen = 0x2d

/** Short whole numbers, which are most, stay as they are. */
const wholeNumber: JsonForm = {
  ...number,
  change: (sink, start) => {
    if (sink.at - start > mostExactDigits || sink.bytes[start] === hyphen) number.change(sink, start)
  },
}

/** The text of a double is the shortest that means it, so that it is never rounded. */
const double: JsonForm = {
  ...number,
  change: (sink, start) => {
    const value = Number(sink.bytes.toString('latin1', start, sink.at))
    sink.at = start
    writeText(sink, JSON.stringify(value))
  },
}

const quoted: JsonForm = {
  longest: (bytes) => 6 * bytes + 2,
  plain: false,
  change: (sink, start) => {
    escapeSince(sink, start)
    quotedPlainly.change(sink, start)
  },
}

/** From the last byte to the first, as the text becomes longer where it stands. */
const escapeSince = (sink: ByteSink, start: number): void => {
  const { bytes, at } = sink
  let growth = 0
  for (let place = start; place < at; place += 1) {
    const letter = escapeLetters[bytes[place] as number]
    if (letter !== 0) growth += letter === letterU ? 5 : 1
  }
  if (growth === 0) return
  let to = at + growth
  sink.at = to
  for (let from = at - 1; from >= start; from -= 1) {
    const byte = bytes[from] as number
    const letter = escapeLetters[byte] as number
    if (letter === 0) {
      to -= 1
      bytes[to] = byte
    } else if (letter === letterU) {
      to -= 6
      writeHex({ bytes, at: to + 2 }, byte, 4)
      bytes[to] = backslash
      bytes[to + 1] = letterU
    } else {
      to -= 2
      bytes[to] = backslash
      bytes[to + 1] = letter
    }
  }
}

/** How the text of a column's value becomes JSON, as `JSON.stringify` prints it. */
export const jsonFormOf = (type: ColumnType): JsonForm => {
  switch (type) {
    case 'json':
      return unchanged
    case 'integer':
    case 'bigint':
      return wholeNumber
    case 'boolean':
      return boolean
    case 'double':
      return double
    case 'numeric':
      return number
    case 'text':
      return quoted
    default:
      return quotedPlainly
  }
}
