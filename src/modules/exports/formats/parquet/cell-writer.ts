import type { ByteSink } from '../../../../platform/rows/byte-sink.ts'

/**
 * Appends one cell of COPY text, not null, to the values of a page, in Parquet's PLAIN encoding.
 * @returns where the cell ends, or -1 for one that the column's type cannot hold
 */
export type CellWriter = (bytes: Buffer, start: number, values: ByteSink) => number

export const makeRoom = (sink: ByteSink, length: number): void => {
  if (sink.at + length <= sink.bytes.length) return
  const larger = Buffer.allocUnsafeSlow(Math.max(2 * sink.bytes.length, sink.at + length))
  larger.set(sink.bytes.subarray(0, sink.at))
  sink.bytes = larger
}

export const minus = 0x2d

/** 0 to 9, or a number above 9 for a byte that is no digit. */
export const digitAt = (bytes: Buffer, at: number): number => ((bytes[at] as number) - 48) >>> 0

const two32 = 2 ** 32

/** The lowest 32 bits, the lowest byte first. Needs room. */
export const putInt32 = (sink: ByteSink, value: number): void => {
  const { bytes, at } = sink
  bytes[at] = value
  bytes[at + 1] = value >>> 8
  bytes[at + 2] = value >>> 16
  bytes[at + 3] = value >>> 24
  sink.at = at + 4
}

/**
 * `whole * factor + rest` as 64 bits, the lowest byte first, without the cost of a BigInt: exact for |whole| < 2^45,
 * 0 < factor <= 10^9 and |rest| < 2^52, where the sum fits. Needs room.
 */
export const putInt64 = (sink: ByteSink, whole: number, factor: number, rest: number): void => {
  const value = whole * factor + rest
  if (Number.isSafeInteger(value)) {
    const high = Math.floor(value / two32)
    putInt32(sink, value - high * two32)
    putInt32(sink, high)
    return
  }
  const wholeHigh = Math.floor(whole / 65_536)
  const upper = wholeHigh * factor
  const upperHigh = Math.floor(upper / 65_536)
  const lower = (upper - upperHigh * 65_536) * 65_536 + (whole - wholeHigh * 65_536) * factor + rest
  const carry = Math.floor(lower / two32)
  putInt32(sink, lower - carry * two32)
  putInt32(sink, upperHigh + carry)
}
