import { z } from 'zod'
import { writeByte } from '../../../../platform/rows/byte-sink.ts'
import { writeWord } from '../dictionaries.ts'
import { defineField } from '../field-type.ts'
import { wordField } from './word-field.ts'

/** Languages that put the family name first, without a space. */
const familyNameFirst = new Set(['ja', 'zh_CN', 'ko'])

export const personFields = [
  wordField({
    name: 'first_name',
    group: 'person',
    description: 'A first name of the language.',
    list: 'person.first_name',
  }),
  wordField({
    name: 'last_name',
    group: 'person',
    description: 'A family name of the language.',
    list: 'person.last_name',
  }),
  defineField({
    name: 'full_name',
    group: 'person',
    description: 'A first and a family name, in the order of the language.',
    options: z.strictObject({}),
    example: {},
    compile: (_, { dictionaries }) => {
      const first = dictionaries.words('person.first_name')
      const last = dictionaries.words('person.last_name')
      const swapped = familyNameFirst.has(dictionaries.locale)
      return {
        kind: 'list',
        columnType: 'text',
        maxBytes: first.maxBytes + 1 + last.maxBytes,
        plain: true,
        size: first.size * last.size,
        write: (index, sink) => {
          const lastIndex = Math.floor(index / first.size)
          const firstIndex = index - lastIndex * first.size
          writeWord(sink, swapped ? last : first, swapped ? lastIndex : firstIndex)
          writeByte(sink, 0x20)
          writeWord(sink, swapped ? first : last, swapped ? firstIndex : lastIndex)
        },
      }
    },
  }),
]
