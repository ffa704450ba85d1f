import { lineFeed, tab } from '../../../../platform/rows/copy-text.ts'
import { type CellWriter, digitAt, makeRoom, minus, putInt32, putInt64 } from './cell-writer.ts'

const letterT = 0x74
const letterF = 0x66
const fullStop = 0x2e

/** A byte each, 0 or 1, until the page is closed. */
export const writeBoolean: CellWriter = (bytes, start, values) => {
  const letter = bytes[start]
  if (letter !== letterT && letter !== letterF) return -1
  makeRoom(values, 1)
  values.bytes[values.at] = letter === letterT ? 1 : 0
  values.at += 1
  return start + 1
}

export const writeInteger: CellWriter = (bytes, start, values) => {
  const negative = bytes[start] === minus
  const first = negative ? start + 1 : start
  let at = first
  let value = 0
  for (let digit = digitAt(bytes, at); digit <= 9; digit = digitAt(bytes, at)) {
    value = value * 10 + digit
    at += 1
  }
  if (at === first || value > (negative ? 0x80000000 : 0x7fffffff)) return -1
  makeRoom(values, 4)
  putInt32(values, negative ? -value : value)
  return at
}

/** The first ten digits and the other nine, since all nineteen are too many for a double. */
export const writeBigint: CellWriter = (bytes, start, values) => {
  const negative = bytes[start] === minus
  const first = negative ? start + 1 : start
  let at = first
  let whole = 0
  for (let digit = digitAt(bytes, at); digit <= 9 && at < first + 10; digit = digitAt(bytes, at)) {
    whole = whole * 10 + digit
    at += 1
  }
  if (at === first) return -1
  let factor = 1
  let rest = 0
  for (let digit = digitAt(bytes, at); digit <= 9 && at < first + 19; digit = digitAt(bytes, at)) {
    rest = rest * 10 + digit
    factor *= 10
    at += 1
  }
  makeRoom(values, 8)
  if (negative) putInt64(values, -whole, factor, -rest)
  else putInt64(values, whole, factor, rest)
  return at
}

const cellEnd = (bytes: Buffer, start: number): number => {
  let end = start
  while (bytes[end] !== tab && bytes[end] !== lineFeed) end += 1
  return end
}

export const writeDouble: CellWriter = (bytes, start, values) => {
  const end = cellEnd(bytes, start)
  const text = bytes.toString('latin1', start, end)
  const value = Number(text)
  if (end === start || (Number.isNaN(value) && text !== 'NaN')) return -1
  makeRoom(values, 8)
  values.at = values.bytes.writeDoubleLE(value, values.at)
  return end
}

/** So many digits are below 2^53, whatever they are. */
const safeDigits = 15
const powersOfTen = Array.from({ length: safeDigits + 1 }, (_, exponent) => 10 ** exponent)
const decimalLimit = 10n ** 38n

/** 16 bytes of two's complement, the highest byte first, of the value times 10^`scale`. */
export const decimalWriter =
  (scale: number): CellWriter =>
  (bytes, start, values) => {
    const negative = bytes[start] === minus
    const first = negative ? start + 1 : start
    let at = first
    let point = -1
    let value = 0
    for (; ; at += 1) {
      const digit = digitAt(bytes, at)
      if (digit <= 9) value = value * 10 + digit
      else if (bytes[at] === fullStop && point === -1) point = at
      else break
    }
    const digits = at - first - (point === -1 ? 0 : 1)
    const missing = scale - (point === -1 ? 0 : at - point - 1)
    if (digits === 0 || missing < 0) return -1
    makeRoom(values, 16)
    if (digits + missing <= safeDigits) {
      const unsigned = value * (powersOfTen[missing] as number)
      putDecimal(values, negative ? -unsigned : unsigned)
      return at
    }
    const exact = BigInt(bytes.toString('latin1', first, at).replace('.', '')) * 10n ** BigInt(missing)
    if (exact >= decimalLimit) return -1
    putLargeDecimal(values, negative ? -exact : exact)
    return at
  }

const putDecimal = (values: Parameters<CellWriter>[2], value: number): void => {
  const { bytes, at } = values
  const high = Math.floor(value / 2 ** 32)
  const sign = value < 0 ? 255 : 0
  for (let index = 0; index < 8; index += 1) bytes[at + index] = sign
  bytes[at + 8] = high >> 24
  bytes[at + 9] = high >> 16
  bytes[at + 10] = high >> 8
  bytes[at + 11] = high
  const low = value - high * 2 ** 32
  bytes[at + 12] = low >>> 24
  bytes[at + 13] = low >>> 16
  bytes[at + 14] = low >>> 8
  bytes[at + 15] = low
  values.at = at + 16
}

const putLargeDecimal = (values: Parameters<CellWriter>[2], value: bigint): void => {
  values.at = values.bytes.writeBigInt64BE(value >> 64n, values.at)
  values.at = values.bytes.writeBigUInt64BE(BigInt.asUintN(64, value), values.at)
}
