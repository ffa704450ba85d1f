import { z } from 'zod'
import type { ColumnType } from '../../../../platform/rows/column.ts'
import type { Dictionaries, WordListName } from '../dictionaries.ts'
import { defineField, type FieldType, type KnownFieldType } from '../field-type.ts'
import { listProducer, oneOf, type Texts, wordTexts } from './texts.ts'

type About = Pick<FieldType, 'name' | 'group' | 'description'>

/** A field without options, whose values are the texts of one list. */
export const textsField = (
  about: About,
  textsOf: (dictionaries: Dictionaries) => Texts,
  columnType: ColumnType = 'text',
): KnownFieldType =>
  defineField({
    ...about,
    options: z.strictObject({}),
    example: {},
    compile: (_, { dictionaries }) => listProducer(textsOf(dictionaries), columnType),
  })

/** A field whose values are the words of one list of the language. */
export const wordField = ({ list, ...about }: About & { list: WordListName }): KnownFieldType =>
  textsField(about, (dictionaries) => wordTexts(dictionaries.words(list)))

/** A field whose values are the same in every language. */
export const choiceField = ({
  values,
  columnType,
  ...about
}: About & { values: readonly (string | number)[]; columnType?: ColumnType }): KnownFieldType => {
  const texts = oneOf(values.map(String))
  return textsField(about, () => texts, columnType)
}
