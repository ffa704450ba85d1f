import { z } from 'zod'
import { type ByteSink, writeHex } from '../../../../platform/rows/byte-sink.ts'
import { draw32, type Key } from '../counter-hash.ts'
import { defineField, type FieldContext, type Producer, SchemaFault } from '../field-type.ts'
import { permutation } from '../permutation.ts'

const base58 = Buffer.from('123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz')
const base64Url = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-')
const base16 = Buffer.from('0123456789abcdef')
const mostPlaces = 2 ** 52

type Writer = (sink: ByteSink, number: number, salt: number) => void

/** The first letters spell a number from 0 up to and without `size`, the others come from `salt`. */
const letterWriter = (alphabet: Buffer, length: number, key: Key): { size: number; write: Writer } => {
  const base = alphabet.length
  let size = 1
  let spelt = 0
  for (; spelt < length && size * base <= mostPlaces; spelt += 1) size *= base
  const write: Writer = (sink, number, salt) => {
    const { bytes, at } = sink
    let rest = number
    for (let index = spelt - 1; index >= 0; index -= 1) {
      const quotient = Math.floor(rest / base)
      bytes[at + index] = alphabet[rest - quotient * base] as number
      rest = quotient
    }
    for (let index = spelt; index < length; index += 1) {
      bytes[at + index] = alphabet[Math.floor(draw32(key, salt, index) * base * 2 ** -32)] as number
    }
    sink.at = at + length
  }
  return { size, write }
}

/** Random letters that no two rows share. @throws SchemaFault when there are too few */
const uniqueLetters = (alphabet: Buffer, length: number, { key, rowCount }: FieldContext): Producer => {
  const { size, write } = letterWriter(alphabet, length, key)
  if (size < rowCount) {
    const message = `There are only ${size} ids of this length for ${rowCount} rows.`
    throw new SchemaFault('options.length', 'space_too_small', message)
  }
  const place = permutation(key, size)
  return {
    kind: 'computed',
    columnType: 'text',
    maxBytes: length,
    plain: true,
    unique: true,
    write: (row, sink) => write(sink, place(row), row),
  }
}

export const randomIdFields = [
  defineField({
    name: 'nanoid',
    group: 'ids',
    description: 'A Nano ID: letters, digits, _ and -.',
    options: z.strictObject({ length: z.int().min(8).max(36).default(21) }),
    example: { length: 21 },
    compile: ({ length }, context) => uniqueLetters(base64Url, length, context),
  }),
  defineField({
    name: 'short_id',
    group: 'ids',
    description: 'A short id for links, without letters that look alike (base 58).',
    options: z.strictObject({ length: z.int().min(4).max(32).default(8) }),
    example: { length: 8 },
    compile: ({ length }, context) => uniqueLetters(base58, length, context),
  }),
  defineField({
    name: 'hex',
    group: 'ids',
    description: 'Random hexadecimal digits, such as those of a token or a digest.',
    options: z.strictObject({ length: z.int().min(1).max(128).default(16) }),
    example: { length: 32 },
    compile: ({ length }, context) => {
      if (16 ** length > mostPlaces) return uniqueLetters(base16, length, context)
      const high = Math.max(0, length - 8)
      return {
        kind: 'list',
        columnType: 'text',
        maxBytes: length,
        plain: true,
        size: 16 ** length,
        write: (index, sink) => {
          writeHex(sink, Math.floor(index / 2 ** 32), high)
          writeHex(sink, index >>> 0, length - high)
        },
      }
    },
  }),
]
