import { z } from 'zod'
import { type ByteSink, writeText } from '../../../../platform/rows/byte-sink.ts'
import { defineField, type FieldContext, type Producer } from '../field-type.ts'
import {
  longestParagraph,
  longestSentence,
  longestWords,
  nextInRange,
  type Vocabulary,
  vocabularyOf,
  type WordDraws,
  writeParagraph,
  writeSentence,
  writeUpTo,
  writeWords,
} from './prose.ts'
import { listProducer, product, wordTexts } from './texts.ts'
import { vocabularyFields } from './vocabulary-fields.ts'
import { textsField } from './word-field.ts'

const usualSentence = { min: 5, max: 12 }

const range = (most: number, min: number, max: number) =>
  z
    .strictObject({ min: z.int().min(1).max(most).default(min), max: z.int().min(1).max(most).default(max) })
    .refine((given) => given.min <= given.max, { path: ['max'], message: 'max is less than min' })

type Prose = {
  maxBytes: (vocabulary: Vocabulary) => number
  plain: boolean
  write: (sink: ByteSink, vocabulary: Vocabulary, draws: WordDraws) => void
}

const proseProducer = ({ dictionaries, key }: FieldContext, { maxBytes, plain, write }: Prose): Producer => {
  const vocabulary = vocabularyOf(dictionaries)
  const draws: WordDraws = { key, row: 0, n: 0 }
  return {
    kind: 'computed',
    columnType: 'text',
    maxBytes: maxBytes(vocabulary),
    plain,
    unique: false,
    write: (row, sink) => {
      draws.row = row
      draws.n = 0
      write(sink, vocabulary, draws)
    },
  }
}

const listItems = { min: 2, max: 4 }
const listItemWords = { min: 2, max: 5 }
const titleWords = { min: 2, max: 5 }
const markdownSigns = '## \n\n\n\n'.length + listItems.max * '- \n'.length

/** A heading, a paragraph and a list. */
const markdown: Prose = {
  plain: false,
  maxBytes: (vocabulary) =>
    markdownSigns +
    longestWords(vocabulary, titleWords.max + listItems.max * listItemWords.max) +
    longestParagraph(vocabulary, 3, usualSentence),
  write: (sink, vocabulary, draws) => {
    writeText(sink, '## ')
    writeWords(sink, vocabulary, draws, { count: nextInRange(draws, titleWords), capital: 'each' })
    writeText(sink, '\n\n')
    writeParagraph(sink, vocabulary, draws, { sentences: { min: 1, max: 3 }, words: usualSentence })
    writeText(sink, '\n\n')
    const count = nextInRange(draws, listItems)
    for (let item = 0; item < count; item += 1) {
      writeText(sink, '- ')
      writeWords(sink, vocabulary, draws, { count: nextInRange(draws, listItemWords), capital: 'first' })
      writeText(sink, '\n')
    }
  },
}

export const textFields = [
  textsField({ name: 'word', group: 'text', description: 'A word of filler text.' }, ({ words }) =>
    wordTexts(words('lorem.word')),
  ),
  defineField({
    name: 'words',
    group: 'text',
    description: 'Some words of filler text, with spaces between.',
    options: z.strictObject({ count: z.int().min(1).max(20).default(3) }),
    example: { count: 3 },
    compile: ({ count }, { dictionaries }) => {
      const word = wordTexts(dictionaries.words('lorem.word'))
      const parts = Array.from({ length: count }, (_, index) => (index === 0 ? [word] : [' ', word]))
      return listProducer(product(...parts.flat()))
    },
  }),
  defineField({
    name: 'sentence',
    group: 'text',
    description: 'A sentence of filler text.',
    options: z.strictObject({ words: range(50, 5, 12).prefault({}) }),
    example: { words: { min: 5, max: 12 } },
    compile: ({ words }, context) =>
      proseProducer(context, {
        plain: true,
        maxBytes: (vocabulary) => longestSentence(vocabulary, words),
        write: (sink, vocabulary, draws) => writeSentence(sink, vocabulary, draws, words),
      }),
  }),
  defineField({
    name: 'paragraph',
    group: 'text',
    description: 'Sentences of filler text on one line.',
    options: z.strictObject({ sentences: range(30, 3, 6).prefault({}) }),
    example: { sentences: { min: 3, max: 6 } },
    compile: ({ sentences }, context) =>
      proseProducer(context, {
        plain: true,
        maxBytes: (vocabulary) => longestParagraph(vocabulary, sentences.max, usualSentence),
        write: (sink, vocabulary, draws) =>
          writeParagraph(sink, vocabulary, draws, { sentences, words: usualSentence }),
      }),
  }),
  defineField({
    name: 'text',
    group: 'text',
    description: 'Sentences of filler text, almost as many UTF-16 units as maxLength allows.',
    options: z.strictObject({ maxLength: z.int().min(40).max(10_000).default(200) }),
    example: { maxLength: 200 },
    compile: ({ maxLength }, context) =>
      proseProducer(context, {
        plain: true,
        // A UTF-16 unit takes 3 bytes at most.
        maxBytes: () => 3 * maxLength,
        write: (sink, vocabulary, draws) =>
          writeUpTo(sink, vocabulary, draws, { maxLength, sentence: usualSentence }),
      }),
  }),
  defineField({
    name: 'title',
    group: 'text',
    description: 'A few words of filler text, each with a capital letter.',
    options: z.strictObject({ words: range(12, titleWords.min, titleWords.max).prefault({}) }),
    example: { words: { min: 2, max: 5 } },
    compile: ({ words }, context) =>
      proseProducer(context, {
        plain: true,
        maxBytes: (vocabulary) => longestWords(vocabulary, words.max),
        write: (sink, vocabulary, draws) =>
          writeWords(sink, vocabulary, draws, { count: nextInRange(draws, words), capital: 'each' }),
      }),
  }),
  defineField({
    name: 'markdown',
    group: 'text',
    description: 'A small document in Markdown: a heading, a paragraph and a list.',
    options: z.strictObject({}),
    example: {},
    compile: (_, context) => proseProducer(context, markdown),
  }),
  ...vocabularyFields,
]
