import { ProtocolError } from './protocol-error.ts'

export type AmfValue =
  | number
  | boolean
  | string
  | null
  | undefined
  | Date
  | AmfValue[]
  | { [key: string]: AmfValue }

/** AMF 0 specification, section 2.1. */
const markers = {
  number: 0,
  boolean: 1,
  string: 2,
  object: 3,
  null: 5,
  undefined: 6,
  ecmaArray: 8,
  objectEnd: 9,
  strictArray: 10,
  date: 11,
  longString: 12,
} as const

const maxDepth = 16
const maxValues = 1000
const maxShortStringBytes = 0xffff

type Cursor = { bytes: Buffer; at: number; values: number }

/**
 * All values of an AMF0 payload; objects and ECMA arrays become objects without prototype. Throws ProtocolError for
 * truncated input, other types, more than 1,000 values or 16 levels.
 */
export function decodeAmf0(payload: Buffer): AmfValue[] {
  const cursor: Cursor = { bytes: payload, at: 0, values: 0 }
  const values: AmfValue[] = []
  while (cursor.at < payload.length) values.push(readValue(cursor, 1))
  return values
}

function readValue(cursor: Cursor, depth: number): AmfValue {
  cursor.values += 1
  if (cursor.values > maxValues || depth > maxDepth) throw new ProtocolError('AMF0 with too many values')
  const marker = cursor.bytes.readUInt8(take(cursor, 1))
  switch (marker) {
    case markers.number:
      return cursor.bytes.readDoubleBE(take(cursor, 8))
    case markers.boolean:
      return cursor.bytes.readUInt8(take(cursor, 1)) !== 0
    case markers.string:
      return readShortString(cursor)
    case markers.longString:
      return readText(cursor, cursor.bytes.readUInt32BE(take(cursor, 4)))
    case markers.null:
      return null
    case markers.undefined:
      return undefined
    case markers.date:
      return readDate(cursor)
    case markers.object:
      return readObject(cursor, depth)
    case markers.ecmaArray:
      // Its count is a hint that encoders get wrong; the end marker decides.
      take(cursor, 4)
      return readObject(cursor, depth)
    case markers.strictArray:
      return readArray(cursor, depth)
    default:
      throw new ProtocolError(`AMF0 type ${marker} is not supported`)
  }
}

function readObject(cursor: Cursor, depth: number): AmfValue {
  const object: { [key: string]: AmfValue } = Object.create(null)
  for (;;) {
    const key = readShortString(cursor)
    if (key === '' && cursor.bytes[cursor.at] === markers.objectEnd) {
      take(cursor, 1)
      return object
    }
    object[key] = readValue(cursor, depth + 1)
  }
}

function readArray(cursor: Cursor, depth: number): AmfValue[] {
  const count = cursor.bytes.readUInt32BE(take(cursor, 4))
  const values: AmfValue[] = []
  while (values.length < count) values.push(readValue(cursor, depth + 1))
  return values
}

function readDate(cursor: Cursor): Date {
  const date = new Date(cursor.bytes.readDoubleBE(take(cursor, 8)))
  // The time zone behind it is reserved (section 2.13).
  take(cursor, 2)
  return date
}

function readShortString(cursor: Cursor): string {
  return readText(cursor, cursor.bytes.readUInt16BE(take(cursor, 2)))
}

function readText(cursor: Cursor, length: number): string {
  const start = take(cursor, length)
  return cursor.bytes.toString('utf8', start, start + length)
}

/** Moves the cursor over `length` bytes and returns where they start. */
function take(cursor: Cursor, length: number): number {
  const start = cursor.at
  if (start + length > cursor.bytes.length) throw new ProtocolError('truncated AMF0')
  cursor.at = start + length
  return start
}

/** Arrays become strict arrays, other objects anonymous objects. */
export function encodeAmf0(...values: AmfValue[]): Buffer {
  const pieces: Buffer[] = []
  for (const value of values) writeValue(pieces, value)
  return Buffer.concat(pieces)
}

function writeValue(pieces: Buffer[], value: AmfValue): void {
  if (typeof value === 'number') pieces.push(Buffer.of(markers.number), double(value))
  else if (typeof value === 'boolean') pieces.push(Buffer.of(markers.boolean, value ? 1 : 0))
  else if (typeof value === 'string') writeString(pieces, value)
  else if (value === null) pieces.push(Buffer.of(markers.null))
  else if (value === undefined) pieces.push(Buffer.of(markers.undefined))
  else if (value instanceof Date) {
    pieces.push(Buffer.of(markers.date), double(value.getTime()), Buffer.alloc(2))
  } else if (Array.isArray(value)) {
    pieces.push(Buffer.of(markers.strictArray), uint32(value.length))
    for (const item of value) writeValue(pieces, item)
  } else writeObject(pieces, value)
}

function writeObject(pieces: Buffer[], object: { [key: string]: AmfValue }): void {
  pieces.push(Buffer.of(markers.object))
  for (const [key, value] of Object.entries(object)) {
    const text = Buffer.from(key)
    pieces.push(uint16(text.length), text)
    writeValue(pieces, value)
  }
  pieces.push(uint16(0), Buffer.of(markers.objectEnd))
}

function writeString(pieces: Buffer[], value: string): void {
  const text = Buffer.from(value)
  if (text.length > maxShortStringBytes) pieces.push(Buffer.of(markers.longString), uint32(text.length), text)
  else pieces.push(Buffer.of(markers.string), uint16(text.length), text)
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return bytes
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
