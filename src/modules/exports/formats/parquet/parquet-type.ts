import type { Column } from '../../../../platform/rows/column.ts'
import { bool, byte, i32, struct, type Thrift } from './thrift-compact.ts'

/** `enum Type` of parquet.thrift. */
export const physicalTypes = {
  boolean: 0,
  int32: 1,
  int64: 2,
  double: 5,
  byteArray: 6,
  fixedLengthByteArray: 7,
}

/**
 * How a column's values are stored, and what they mean: `logicalType` to present readers, `convertedType` to older ones.
 * Source: Apache Parquet, parquet.thrift and LogicalTypes.md.
 */
export type ParquetType = {
  physical: keyof typeof physicalTypes
  /** Bytes of a value, of `fixedLengthByteArray` only. */
  length?: number
  convertedType?: number
  logicalType?: Thrift
  decimal?: { scale: number; precision: number }
}

const none = struct({})
const microseconds = struct({ 2: none })
const inUtc = bool(true)
const inNoZone = bool(false)

const utf8: ParquetType = { physical: 'byteArray', convertedType: 0, logicalType: struct({ 1: none }) }

const types = {
  boolean: { physical: 'boolean' },
  integer: {
    physical: 'int32',
    convertedType: 17,
    logicalType: struct({ 10: struct({ 1: byte(32), 2: bool(true) }) }),
  },
  bigint: {
    physical: 'int64',
    convertedType: 18,
    logicalType: struct({ 10: struct({ 1: byte(64), 2: bool(true) }) }),
  },
  double: { physical: 'double' },
  text: utf8,
  uuid: { physical: 'fixedLengthByteArray', length: 16, logicalType: struct({ 14: none }) },
  date: { physical: 'int32', convertedType: 6, logicalType: struct({ 6: none }) },
  time: {
    physical: 'int64',
    convertedType: 8,
    logicalType: struct({ 7: struct({ 1: inNoZone, 2: microseconds }) }),
  },
  timestamp: {
    physical: 'int64',
    convertedType: 10,
    logicalType: struct({ 8: struct({ 1: inUtc, 2: microseconds }) }),
  },
  json: { physical: 'byteArray', convertedType: 19, logicalType: struct({ 12: none }) },
} satisfies Partial<Record<Column['type'], ParquetType>>

/** The most digits that programs read as a decimal: they fit in 16 bytes. */
const decimalPrecision = 38

/**
 * A numeric column becomes a decimal only when its scale is known. Parquet has one scale for a whole column, and a streaming
 * writer names it after the values; without it, text is the only form that keeps every value exact.
 */
export const parquetTypeOf = ({ type, decimals }: Column): ParquetType => {
  if (type !== 'numeric') return types[type]
  if (decimals === undefined || decimals > decimalPrecision) return utf8
  return {
    physical: 'fixedLengthByteArray',
    length: 16,
    convertedType: 5,
    logicalType: struct({ 5: struct({ 1: i32(decimals), 2: i32(decimalPrecision) }) }),
    decimal: { scale: decimals, precision: decimalPrecision },
  }
}
