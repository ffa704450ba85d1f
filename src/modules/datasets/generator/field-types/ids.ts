import { z } from 'zod'
import { writeByte, writeHex, writeUint } from '../../../../platform/rows/byte-sink.ts'
import { draw32 } from '../counter-hash.ts'
import { defineField, SchemaFault } from '../field-type.ts'
import { permutation } from '../permutation.ts'
import { randomIdFields } from './random-ids.ts'
import { timedIdFields } from './timed-ids.ts'

const hyphen = 0x2d
const variants = ['8', '9', 'a', 'b'].map((letter) => letter.charCodeAt(0))

export const idFields = [
  defineField({
    name: 'sequence',
    group: 'ids',
    description: 'Whole numbers one after the other.',
    options: z.strictObject({
      start: z.int().min(0).max(1e12).default(1),
      step: z.int().min(1).max(1e6).default(1),
    }),
    example: { start: 1 },
    compile: ({ start, step }, { rowCount }) => {
      const last = start + step * Math.max(0, rowCount - 1)
      if (last > Number.MAX_SAFE_INTEGER)
        throw new SchemaFault('options.step', 'too_big', 'The last number is too big.')
      return {
        kind: 'computed',
        columnType: 'bigint',
        maxBytes: 16,
        plain: true,
        unique: true,
        write: (row, sink) => writeUint(sink, start + step * row),
      }
    },
  }),
  defineField({
    name: 'uuid',
    group: 'ids',
    description: 'A random UUID (version 4, RFC 9562).',
    options: z.strictObject({}),
    example: {},
    compile: (_, { key }) => {
      // The first word is a permutation of the row number, which keeps all of them apart.
      const first = permutation(key, 2 ** 32)
      return {
        kind: 'computed',
        columnType: 'uuid',
        maxBytes: 36,
        plain: true,
        unique: true,
        write: (row, sink) => {
          const second = draw32(key, row, 0)
          const third = draw32(key, row, 1)
          const fourth = draw32(key, row, 2)
          writeHex(sink, first(row), 8)
          writeByte(sink, hyphen)
          writeHex(sink, second >>> 16, 4)
          writeByte(sink, hyphen)
          writeByte(sink, 0x34)
          writeHex(sink, second, 3)
          writeByte(sink, hyphen)
          writeByte(sink, variants[third & 3] as number)
          writeHex(sink, third >>> 20, 3)
          writeByte(sink, hyphen)
          writeHex(sink, third >>> 4, 4)
          writeHex(sink, fourth, 8)
        },
      }
    },
  }),
  ...timedIdFields,
  ...randomIdFields,
]
