import type { ByteSink } from '../../../../platform/rows/byte-sink.ts'
import { varint } from './thrift-compact.ts'

/** A page is closed once it has so many rows, or bytes. Rows come in blocks, so it may get one block more. */
export const pageRows = 20_000
export const pageBytes = 1024 ** 2
export const blockRows = 1024

const mostGroupsOf8 = Math.ceil((pageRows + blockRows) / 8)
const lengthBytes = 4
const longestRunHeader = 3

/**
 * Values begin here, in the memory of a page: the levels, which are known last, are put in front of them. A multiple of 8, so
 * that values can be seen as an array of numbers.
 */
export const firstValueAt = Math.ceil((lengthBytes + longestRunHeader + mostGroupsOf8) / 8) * 8

export const newNullMap = (): Uint8Array => new Uint8Array(mostGroupsOf8)

/**
 * Puts the definition levels, 0 for null and 1 for a value, right before the values: one run when all are the same, else a
 * bit each. Source: Apache Parquet, Encodings.md, "Run Length Encoding / Bit-Packing Hybrid".
 * @returns where they begin
 */
export const definitionLevels = (
  bytes: Buffer,
  nulls: Uint8Array,
  nullCount: number,
  rowCount: number,
): number => {
  const levels =
    nullCount === 0 || nullCount === rowCount
      ? [...varint(rowCount * 2), nullCount === 0 ? 1 : 0]
      : bitPacked(nulls, rowCount)
  const start = firstValueAt - lengthBytes - levels.length
  bytes.writeUInt32LE(levels.length, start)
  bytes.set(levels, start + lengthBytes)
  return start
}

const bitPacked = (nulls: Uint8Array, rowCount: number): Uint8Array => {
  const groups = Math.ceil(rowCount / 8)
  const header = varint(groups * 2 + 1)
  const levels = new Uint8Array(header.length + groups)
  levels.set(header)
  for (let index = 0; index < groups; index += 1) {
    levels[header.length + index] = ~(nulls[index] as number)
  }
  return levels
}

/** From a byte to a bit each, in place. */
export const packBooleans = (values: ByteSink): void => {
  const { bytes, at } = values
  let to = firstValueAt
  for (let from = firstValueAt; from < at; from += 8) {
    let packed = 0
    for (let bit = 0; bit < 8 && from + bit < at; bit += 1) packed |= (bytes[from + bit] as number) << bit
    bytes[to] = packed
    to += 1
  }
  values.at = to
}
