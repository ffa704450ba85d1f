import { z } from 'zod'
import { drawBelow, type Key, mix32 } from '../counter-hash.ts'
import { defineField, type FieldContext, type Producer, SchemaFault } from '../field-type.ts'
import { mayBeAmbiguous } from '../pattern/ambiguity.ts'
import {
  compilePattern,
  mostNumbered,
  type NextBelow,
  partsOf,
  type Texts,
} from '../pattern/compile-pattern.ts'
import { type PatternNode, parsePattern } from '../pattern/parse-pattern.ts'
import { storableText } from '../storable-text.ts'

export const patternFields = [
  defineField({
    name: 'pattern',
    group: 'text',
    description:
      'Texts that match a regular expression: literals, . \\d \\w \\s, classes, groups, alternatives and quantifiers. ' +
      '* and + repeat at most 8 times more than they must. With unique, each way through the pattern is taken once at ' +
      'most, so the pattern must not make a text in two ways.',
    options: z.strictObject({ regex: storableText(500).min(1) }),
    example: { regex: '[A-Z]{3}-\\d{4}' },
    compile: ({ regex }, context) => {
      const node = parsePattern(regex)
      const texts = compilePattern(node)
      const about = {
        columnType: 'text',
        maxBytes: texts.maxBytes,
        plain: texts.plain,
      } as const
      return {
        ...about,
        ...(context.unique ? uniqueTexts(node, texts, context) : randomTexts(texts, context.key)),
      }
    },
  }),
]

type Values = Pick<Producer & { kind: 'list' }, 'kind' | 'size' | 'write'>
type Computed = Pick<Producer & { kind: 'computed' }, 'kind' | 'unique' | 'write'>

const randomTexts = (texts: Texts, key: Key): Computed => {
  const { size } = texts
  if (size !== Number.POSITIVE_INFINITY) {
    const write: Computed['write'] = (row, sink) => texts.write(drawBelow(key, row, size), sink)
    return { kind: 'computed', unique: false, write }
  }
  const { next, startAt } = newDraws(key)
  return {
    kind: 'computed',
    unique: false,
    write: (row, sink) => {
      startAt(row)
      texts.draw(next, sink)
    },
  }
}

const uniqueTexts = (node: PatternNode, texts: Texts, { key, rowCount }: FieldContext): Values => {
  if (mayBeAmbiguous(node)) {
    const message =
      'The pattern may make the same text in two ways, so its texts cannot be kept unique. Let the first character tell ' +
      'alternatives apart, and what follows a part of variable length begin with characters that the part does not have.'
    throw new SchemaFault('options.regex', 'pattern_ambiguous', message)
  }
  if (texts.size !== Number.POSITIVE_INFINITY) return { kind: 'list', size: texts.size, write: texts.write }
  const values = partlyNumbered(partsOf(node).map(compilePattern), key)
  if (values.size < rowCount) {
    const message = `Only ${values.size} texts of so large a pattern can be kept apart: repeat a fixed number of times.`
    throw new SchemaFault('options.regex', 'pattern_too_large', message)
  }
  return values
}

/**
 * Too many texts to number: as many parts as possible are numbered, from the last on, and what the others make is a hash of that
 * number. Different numbers then still make different texts, since no text can be made in two ways.
 */
const partlyNumbered = (parts: Texts[], key: Key): Values => {
  const { next, startAt } = newDraws(key)
  const steps: { part: Texts; stride: number }[] = []
  let size = 1
  for (const part of parts.toReversed()) {
    const isNumbered = size * part.size <= mostNumbered
    steps.unshift({ part, stride: isNumbered ? size : 0 })
    if (isNumbered) size *= part.size
  }
  return {
    kind: 'list',
    size,
    write: (index, sink) => {
      startAt(index)
      let rest = index
      for (const { part, stride } of steps) {
        if (stride === 0) {
          part.draw(next, sink)
          continue
        }
        const digit = Math.floor(rest / stride)
        rest -= digit * stride
        part.write(digit, sink)
      }
    },
  }
}

/** Random numbers one after the other, from the first of a row or index on. */
const newDraws = (key: Key): { startAt: (index: number) => void; next: NextBelow } => {
  let word = 0
  let count = 0
  return {
    startAt: (index) => {
      // Random words are numbered in 32 bits.
      word = index < 2 ** 32 ? index : index ^ mix32(Math.floor(index / 2 ** 32))
      count = 0
    },
    next: (size) => {
      count += 1
      return drawBelow(key, word, size, count)
    },
  }
}
