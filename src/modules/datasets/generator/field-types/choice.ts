import { z } from 'zod'
import { type ByteSink, writeByte } from '../../../../platform/rows/byte-sink.ts'
import type { ColumnType } from '../../../../platform/rows/column.ts'
import { aliasTable } from '../alias-table.ts'
import { drawFraction } from '../counter-hash.ts'
import { newWordList, type WordList, writeWord } from '../dictionaries.ts'
import { defineField, SchemaFault } from '../field-type.ts'
import { storableText } from '../storable-text.ts'

const letterT = 0x74
const letterF = 0x66

/** Up to here every number has few enough digits to be written out. */
const largestNumber = 1e15
const number = z.number().min(-largestNumber).max(largestNumber)
const text = storableText(500)

type Value = string | number | boolean

export const choiceFields = [
  defineField({
    name: 'boolean',
    group: 'choice',
    description: 'True or false. `probability` is the share of true.',
    options: z.strictObject({ probability: z.number().min(0).max(1).default(0.5) }),
    example: { probability: 0.2 },
    compile: ({ probability }, { key }) => ({
      kind: 'computed',
      columnType: 'boolean',
      maxBytes: 1,
      plain: true,
      unique: false,
      write: (row, sink) => writeByte(sink, drawFraction(key, row) < probability ? letterT : letterF),
    }),
  }),
  defineField({
    name: 'enum',
    group: 'choice',
    description:
      'One of the values given: texts, numbers or booleans. `weights` say how likely each is against the others.',
    options: z.strictObject({
      values: z.union(
        [
          z.array(text).min(1).max(1000),
          z.array(number).min(1).max(1000),
          z.array(z.boolean()).min(1).max(2),
        ],
        { error: 'Give a list of 1 to 1000 values, all of them texts, numbers or booleans.' },
      ),
      weights: z.array(z.number().min(0).max(1e9)).min(1).max(1000).optional(),
    }),
    example: { values: ['free', 'pro', 'team'], weights: [80, 15, 5] },
    compile: ({ values, weights }, { key }) => {
      const list = newWordList(values.map(textOf))
      if (list.size < values.length) {
        throw new SchemaFault('options.values', 'repeated_value', 'A value stands there twice.')
      }
      const about = aboutList(values, list)
      if (weights === undefined) {
        return {
          ...about,
          kind: 'list',
          size: list.size,
          write: (index, sink) => writeWord(sink, list, index),
        }
      }
      checkWeights(weights, values.length)
      const choose = aliasTable(weights)
      return {
        ...about,
        kind: 'computed',
        unique: false,
        write: (row, sink) => writeWord(sink, list, choose(key, row)),
      }
    },
  }),
  defineField({
    name: 'constant',
    group: 'choice',
    description: 'The same value in every row, or none with null.',
    options: z.strictObject({ value: z.union([text, number, z.boolean(), z.null()]) }),
    example: { value: 'EUR' },
    compile: ({ value }) => {
      if (value === null) {
        const isNull = () => true
        const write = () => undefined
        return {
          kind: 'computed',
          columnType: 'text',
          maxBytes: 0,
          plain: true,
          unique: false,
          isNull,
          write,
        }
      }
      const list = newWordList([textOf(value)])
      const write = (index: number, sink: ByteSink) => writeWord(sink, list, index)
      return { ...aboutList([value], list), kind: 'list', size: 1, write }
    },
  }),
]

const checkWeights = (weights: number[], count: number): void => {
  if (weights.length !== count) {
    const message = `There are ${weights.length} weights for ${count} values.`
    throw new SchemaFault('options.weights', 'wrong_length', message)
  }
  if (weights.every((weight) => weight === 0)) {
    throw new SchemaFault('options.weights', 'all_zero', 'At least one weight must be above 0.')
  }
}

const aboutList = (values: Value[], { words, maxBytes }: WordList) => {
  const columnType = columnTypeOf(values)
  const decimals = Math.max(...words.map((word) => word.split('.')[1]?.length ?? 0))
  const plain = words.every((word) => !/[\t\n\r\\]/.test(word))
  return { columnType, maxBytes, plain, ...(columnType === 'numeric' ? { decimals } : {}) }
}

/** The zod schema lets only values of one kind through. */
const columnTypeOf = (values: Value[]): ColumnType => {
  if (typeof values[0] === 'string') return 'text'
  if (typeof values[0] === 'boolean') return 'boolean'
  return values.every(Number.isInteger) ? 'bigint' : 'numeric'
}

const textOf = (value: Value): string => {
  if (typeof value === 'boolean') return value ? 't' : 'f'
  if (typeof value === 'string') return value
  return decimalText(value)
}

/** As PostgreSQL prints a numeric: without an exponent. More than 100 digits after the point are rounded. */
const decimalText = (value: number): string => {
  const [digits = '', exponent] = String(value).split('e-')
  if (exponent === undefined) return digits
  const decimals = Number(exponent) + (digits.split('.')[1]?.length ?? 0)
  return value.toFixed(Math.min(100, decimals))
}
