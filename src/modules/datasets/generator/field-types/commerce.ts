import { z } from 'zod'
import { writeUint } from '../../../../platform/rows/byte-sink.ts'
import { appendGtinDigit } from '../check-digits.ts'
import { codeList, placesOf } from '../codes.ts'
import { draw32, drawBelow } from '../counter-hash.ts'
import { newWordList, writeWord } from '../dictionaries.ts'
import { defineField, type KnownFieldType, SchemaFault } from '../field-type.ts'
import { type Phrase, phrasesOf, writePhrase } from '../phrases.ts'
import { decimalWriter } from '../write-number.ts'
import { boundedDecimals, distributionShape, unitsBetween } from './bounded-numbers.ts'
import { wordField } from './word-field.ts'

const group = 'commerce'
const writeTenths = decimalWriter(1)
const hasControls = (phrases: Phrase[]) =>
  phrases.some(({ parts }) => parts.some(({ words }) => words.some((word) => /[\t\n\r\\]/.test(word))))

const productFields = [
  defineField({
    name: 'product_name',
    group,
    description: 'The name of a product, with an adjective and a material.',
    options: z.strictObject({}),
    example: {},
    compile: (_, { dictionaries }) => {
      const { words } = dictionaries.words('commerce.product_name.pattern')
      const [phrase] = phrasesOf(words, dictionaries)
      if (phrase === undefined) throw new Error('There is no pattern of product names')
      return {
        kind: 'list',
        columnType: 'text',
        maxBytes: phrase.maxBytes,
        plain: !hasControls([phrase]),
        size: phrase.size,
        write: (index, sink) => writePhrase(sink, phrase, index),
      }
    },
  }),
  defineField({
    name: 'product_description',
    group,
    description: 'A sentence that praises a product.',
    options: z.strictObject({}),
    example: {},
    compile: (_, { dictionaries, key }) => {
      const { words } = dictionaries.words('commerce.product_description')
      const phrases = phrasesOf(words, dictionaries)
      return {
        kind: 'computed',
        columnType: 'text',
        maxBytes: Math.max(...phrases.map(({ maxBytes }) => maxBytes)),
        plain: !hasControls(phrases),
        unique: false,
        write: (row, sink) => {
          const phrase = phrases[drawBelow(key, row, phrases.length)] as Phrase
          writePhrase(sink, phrase, drawBelow(key, row, phrase.size, 1))
        },
      }
    },
  }),
  wordField({
    name: 'product_adjective',
    group,
    description: 'A word that products are praised with.',
    list: 'commerce.product_name.adjective',
  }),
  wordField({
    name: 'product_material',
    group,
    description: 'What a product is made of.',
    list: 'commerce.product_name.material',
  }),
  wordField({
    name: 'product_category',
    group,
    description: 'A department of a shop.',
    list: 'commerce.department',
  }),
]

/** A field of codes of one kind, all of `length` characters. */
const codeField = (about: {
  name: string
  description: string
  pattern: string
  length: number
  finish?: typeof appendGtinDigit
}): KnownFieldType =>
  defineField({
    name: about.name,
    group,
    description: about.description,
    options: z.strictObject({}),
    example: {},
    compile: (_, { key }) => {
      const { pattern, length, finish } = about
      return codeList([{ places: placesOf(pattern), ...(finish && { finish }) }], key, length)
    },
  })

const productCodes = [
  codeField({
    name: 'sku',
    description: 'A stock keeping unit: three letters and six digits.',
    pattern: 'aaa-nnnnnn',
    length: 10,
  }),
  codeField({
    name: 'ean13',
    description: 'An EAN-13 of the range for use within a shop, with a valid check digit.',
    pattern: '2nnnnnnnnnnn',
    length: 13,
    finish: appendGtinDigit,
  }),
  codeField({
    name: 'barcode_upc',
    description: 'A UPC-A of the range for use within a shop, with a valid check digit.',
    pattern: '4nnnnnnnnnn',
    length: 12,
    finish: appendGtinDigit,
  }),
  codeField({
    name: 'isbn13',
    description: 'An ISBN-13 of the English language area, with a valid check digit.',
    pattern: '9780nnnnnnnn',
    length: 13,
    finish: appendGtinDigit,
  }),
]

const statuses = newWordList([
  'pending',
  'paid',
  'processing',
  'shipped',
  'delivered',
  'cancelled',
  'refunded',
])
/** How many of 100 orders have each of `statuses`. */
const statusShares = [8, 10, 12, 15, 45, 6, 4]
const statusOf = statusShares.flatMap((share, status) => Array<number>(share).fill(status))

const orderFields = [
  defineField({
    name: 'price',
    group,
    description: 'A price with two decimals, or as many as the currency has.',
    options: z.strictObject({
      min: z.number().min(0).max(1e12).default(1),
      max: z.number().min(0).max(1e12).default(1000),
      decimals: z.int().min(0).max(4).default(2),
      ...distributionShape,
    }),
    example: { min: 5, max: 500 },
    compile: boundedDecimals,
  }),
  defineField({
    name: 'discount_percentage',
    group,
    description: 'A whole number of per cent, in steps.',
    options: z.strictObject({
      min: z.int().min(0).max(100).default(5),
      max: z.int().min(0).max(100).default(70),
      step: z.int().min(1).max(100).default(5),
    }),
    example: { min: 5, max: 50, step: 5 },
    compile: ({ min, max, step }) => {
      if (min > max) throw new SchemaFault('options.min', 'empty_range', 'min is more than max.')
      return {
        kind: 'list',
        columnType: 'integer',
        maxBytes: 3,
        plain: true,
        size: Math.floor((max - min) / step) + 1,
        write: (index, sink) => writeUint(sink, min + index * step),
      }
    },
  }),
  defineField({
    name: 'rating',
    group,
    description: 'A number of stars, in steps of one half.',
    options: z.strictObject({
      min: z.number().multipleOf(0.5).min(0).max(10).default(1),
      max: z.number().multipleOf(0.5).min(0).max(10).default(5),
    }),
    example: { min: 1, max: 5 },
    compile: ({ min, max }) => {
      const { first, size } = unitsBetween(min, max, 1)
      return {
        kind: 'list',
        columnType: 'numeric',
        decimals: 1,
        maxBytes: 4,
        plain: true,
        size: (size + 4) / 5,
        write: (index, sink) => writeTenths(sink, first + index * 5),
      }
    },
  }),
  defineField({
    name: 'order_status',
    group,
    description: 'Where an order stands; nearly half are delivered.',
    options: z.strictObject({}),
    example: {},
    compile: (_, { key }) => ({
      kind: 'computed',
      columnType: 'text',
      maxBytes: statuses.maxBytes,
      plain: true,
      unique: false,
      write: (row, sink) => writeWord(sink, statuses, statusOf[draw32(key, row) % statusOf.length] as number),
    }),
  }),
]

export const commerceFields = [...productFields, ...productCodes, ...orderFields]
