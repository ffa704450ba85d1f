import { z } from 'zod'
import { type WordListName, writeWord } from '../dictionaries.ts'
import { defineField, type FieldType, type KnownFieldType } from '../field-type.ts'

type WordField = Pick<FieldType, 'name' | 'group' | 'description'> & { list: WordListName }

/** A field whose values are the words of one list. */
export const wordField = ({ list, ...about }: WordField): KnownFieldType =>
  defineField({
    ...about,
    options: z.strictObject({}),
    example: {},
    compile: (_, { dictionaries }) => {
      const words = dictionaries.words(list)
      return {
        kind: 'list',
        columnType: 'text',
        maxBytes: words.maxBytes,
        plain: true,
        size: words.size,
        write: (index, sink) => writeWord(sink, words, index),
      }
    },
  })
