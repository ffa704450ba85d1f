import type { Column } from '../../../../platform/rows/column.ts'
import { parquetTypeOf, physicalTypes } from './parquet-type.ts'
import { binary, i32, i64, list, struct, type Thrift } from './thrift-compact.ts'

/** What the footer says of one column in one row group. Sizes are in bytes, with the pages' headers. */
export type ColumnChunkFacts = {
  offset: number
  uncompressedBytes: number
  compressedBytes: number
  nullCount: number
  /** The least and the greatest value, as they are stored, where they are known. */
  range: { min: Uint8Array; max: Uint8Array } | undefined
}

/** `enum Encoding` and `enum CompressionCodec` of parquet.thrift. */
const plain = 0
const runLength = 3
const zstd = 6
const dataPage = 0
const optional = 1

export const pageHeader = (
  rowCount: number,
  uncompressedBytes: number,
  compressedBytes: number,
): Uint8Array =>
  struct({
    1: i32(dataPage),
    2: i32(uncompressedBytes),
    3: i32(compressedBytes),
    5: struct({ 1: i32(rowCount), 2: i32(plain), 3: i32(runLength), 4: i32(runLength) }),
  }).bytes

/** Kept as bytes until the footer: as objects, many row groups would take much memory. */
export const rowGroupMetadata = (columns: Column[], chunks: ColumnChunkFacts[], rowCount: number): Thrift => {
  const sum = (of: (chunk: ColumnChunkFacts) => number) =>
    chunks.reduce((total, chunk) => total + of(chunk), 0)
  return struct({
    1: list(columns.map((column, index) => columnChunk(column, chunks[index] as ColumnChunkFacts, rowCount))),
    2: i64(sum(({ uncompressedBytes }) => uncompressedBytes)),
    3: i64(rowCount),
    5: i64(chunks[0]?.offset ?? 0),
    6: i64(sum(({ compressedBytes }) => compressedBytes)),
  })
}

const columnChunk = (column: Column, chunk: ColumnChunkFacts, rowCount: number): Thrift => {
  const statistics = struct({
    3: i64(chunk.nullCount),
    5: chunk.range && binary(chunk.range.max),
    6: chunk.range && binary(chunk.range.min),
  })
  const metadata = struct({
    1: i32(physicalTypes[parquetTypeOf(column).physical]),
    2: list([i32(plain), i32(runLength)]),
    3: list([binary(column.name)]),
    4: i32(zstd),
    5: i64(rowCount),
    6: i64(chunk.uncompressedBytes),
    7: i64(chunk.compressedBytes),
    9: i64(chunk.offset),
    12: statistics,
  })
  // The first field is deprecated and is to be 0.
  return struct({ 2: i64(0), 3: metadata })
}

const schemaElement = (column: Column): Thrift => {
  const type = parquetTypeOf(column)
  return struct({
    1: i32(physicalTypes[type.physical]),
    2: type.length === undefined ? undefined : i32(type.length),
    3: i32(optional),
    4: binary(column.name),
    6: type.convertedType === undefined ? undefined : i32(type.convertedType),
    7: type.decimal && i32(type.decimal.scale),
    8: type.decimal && i32(type.decimal.precision),
    10: type.logicalType,
  })
}

/** The last part of a file, from the metadata to the magic bytes. */
export const footer = (columns: Column[], rowGroups: Thrift[], rowCount: number): Buffer => {
  const root = struct({ 4: binary('rows'), 5: i32(columns.length) })
  // Says that the ranges above are ordered as the types are.
  const typeDefinedOrder = struct({ 1: struct({}) })
  const { bytes } = struct({
    1: i32(2),
    2: list([root, ...columns.map(schemaElement)]),
    3: i64(rowCount),
    4: list(rowGroups),
    6: binary('backlot'),
    7: list(columns.map(() => typeDefinedOrder)),
  })
  const length = Buffer.alloc(4)
  length.writeUInt32LE(bytes.length)
  return Buffer.concat([bytes, length, magic])
}

/** Begins and ends every file. */
export const magic: Uint8Array = Buffer.from('PAR1')
