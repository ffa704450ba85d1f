import type { ByteSink } from '../../../platform/rows/byte-sink.ts'
import {
  type Dictionaries,
  newWordList,
  type WordList,
  type WordListName,
  writeWord,
} from './dictionaries.ts'

/** A sentence of fixed texts, as lists of one word, and of lists of which any word may stand there. */
export type Phrase = { parts: readonly WordList[]; maxBytes: number; size: number }

const placeholder = /\{\{(.*?)\}\}/

/** What faker's patterns call the lists. */
const listNames: ReadonlyMap<string, WordListName> = new Map([
  ['commerce.product', 'commerce.product_name.product'],
  ['commerce.productAdjective', 'commerce.product_name.adjective'],
  ['commerce.productMaterial', 'commerce.product_name.material'],
  ['word.adjective', 'word.adjective'],
  ['food.adjective', 'food.adjective'],
  ['animal.type', 'animal.type'],
  ['color.human', 'color.human'],
])

/** The phrases of those patterns of faker's that hold nothing but words of lists. */
export const phrasesOf = (patterns: readonly string[], dictionaries: Dictionaries): Phrase[] =>
  patterns.flatMap((pattern) => {
    const pieces = pattern.split(placeholder)
    const parts = pieces.flatMap((piece, index) => {
      if (index % 2 === 0) return piece === '' ? [] : [newWordList([piece])]
      const name = listNames.get(piece)
      return name === undefined ? [undefined] : [dictionaries.words(name)]
    })
    const known = parts.filter((part) => part !== undefined)
    if (known.length < parts.length) return []
    return [
      {
        parts: known,
        maxBytes: known.reduce((sum, { maxBytes }) => sum + maxBytes, 0),
        size: known.reduce((product, { size }) => product * size, 1),
      },
    ]
  })

/** The phrase number `index` of `phrase.size`. */
export const writePhrase = (sink: ByteSink, { parts }: Phrase, index: number): void => {
  let rest = index
  for (const part of parts) {
    const quotient = Math.floor(rest / part.size)
    writeWord(sink, part, rest - quotient * part.size)
    rest = quotient
  }
}
