/**
 * The part of Thrift's compact protocol that Parquet's metadata needs: a value is its kind and its bytes.
 * Source: Apache Thrift, "Thrift Compact protocol encoding" (doc/specs/thrift-compact-protocol.md).
 */
export type Thrift = { kind: number; bytes: Uint8Array }

const kinds = { true: 1, false: 2, byte: 3, i16: 4, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 }
const noBytes = new Uint8Array(0)
const endOfStruct = Uint8Array.of(0)

/** A whole number from 0 to 2^53 - 1, seven bits a byte, the lowest first. */
export const varint = (value: number): number[] => {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  bytes.push(rest)
  return bytes
}

/** The sign as the lowest bit, so that small negative numbers stay short. Within 2^52 on both sides of 0. */
const zigzag = (value: number): Uint8Array => Uint8Array.from(varint(value < 0 ? -2 * value - 1 : 2 * value))

export const bool = (value: boolean): Thrift => ({ kind: value ? kinds.true : kinds.false, bytes: noBytes })
export const byte = (value: number): Thrift => ({ kind: kinds.byte, bytes: Uint8Array.of(value) })
export const i32 = (value: number): Thrift => ({ kind: kinds.i32, bytes: zigzag(value) })
export const i64 = (value: number): Thrift => ({ kind: kinds.i64, bytes: zigzag(value) })

export const binary = (value: string | Uint8Array): Thrift => {
  const content = typeof value === 'string' ? Buffer.from(value) : value
  return { kind: kinds.binary, bytes: Buffer.concat([Uint8Array.from(varint(content.length)), content]) }
}

/** All of one kind. An empty list is one of structs. */
export const list = (items: Thrift[]): Thrift => {
  const kind = items[0]?.kind ?? kinds.struct
  const size = items.length
  const header = size < 15 ? [(size << 4) | kind] : [0xf0 | kind, ...varint(size)]
  return { kind: kinds.list, bytes: Buffer.concat([Uint8Array.from(header), ...items.map(bytesOf)]) }
}

const bytesOf = ({ bytes }: Thrift): Uint8Array => bytes

/** Fields by their numbers, which are at most 15 apart. Those that are undefined are left out. */
export const struct = (fields: Record<number, Thrift | undefined>): Thrift => {
  const parts: Uint8Array[] = []
  let previous = 0
  // Keys that are whole numbers come in ascending order.
  for (const [key, field] of Object.entries(fields)) {
    if (field === undefined) continue
    const number = Number(key)
    parts.push(Uint8Array.of(((number - previous) << 4) | field.kind), field.bytes)
    previous = number
  }
  parts.push(endOfStruct)
  return { kind: kinds.struct, bytes: Buffer.concat(parts) }
}
