import { type ByteSink, writeBytes } from '../../../../platform/rows/byte-sink.ts'
import { drawBelow, type Key } from '../counter-hash.ts'
import { type Dictionaries, type WordList, writeWord } from '../dictionaries.ts'

/** How many words or sentences, both ends included. */
export type Range = { min: number; max: number }

/** Words of a language, and the same as they begin a sentence. */
export type Vocabulary = { words: WordList; capitals: WordList; space: Buffer; fullStop: Buffer }

export const vocabularyOf = ({ words, derive }: Dictionaries): Vocabulary => {
  const list = words('lorem.word')
  // Japanese has neither spaces nor capitals.
  const spaced = !list.words.some((word) => /[\p{Script=Hiragana}\p{Script=Han}]/u.test(word))
  return {
    words: list,
    capitals: derive('capital lorem.word', () => list.words.map(capitalized)),
    space: Buffer.from(spaced ? ' ' : ''),
    fullStop: Buffer.from(spaced ? '.' : '。'),
  }
}

const capitalized = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1)

/**
 * Random words, one after the other: each takes the next number `n` of the row's draws, so that no two choices of a value depend
 * on each other.
 */
export type WordDraws = { key: Key; row: number; n: number }

export const nextBelow = (draws: WordDraws, size: number): number => {
  const value = drawBelow(draws.key, draws.row, size, draws.n)
  draws.n += 1
  return value
}

export const nextInRange = (draws: WordDraws, { min, max }: Range): number =>
  min + nextBelow(draws, max - min + 1)

export const longestWords = ({ words, capitals, space }: Vocabulary, count: number): number =>
  count * (Math.max(words.maxBytes, capitals.maxBytes) + space.length)

export const writeWords = (
  sink: ByteSink,
  { words, capitals, space }: Vocabulary,
  draws: WordDraws,
  { count, capital }: { count: number; capital: 'none' | 'first' | 'each' },
): void => {
  for (let word = 0; word < count; word += 1) {
    if (word > 0) writeBytes(sink, space)
    const list = capital === 'each' || (capital === 'first' && word === 0) ? capitals : words
    writeWord(sink, list, nextBelow(draws, list.size))
  }
}

export const longestSentence = (vocabulary: Vocabulary, words: Range): number =>
  longestWords(vocabulary, words.max) + vocabulary.fullStop.length

export const writeSentence = (
  sink: ByteSink,
  vocabulary: Vocabulary,
  draws: WordDraws,
  words: Range,
): void => {
  writeWords(sink, vocabulary, draws, { count: nextInRange(draws, words), capital: 'first' })
  writeBytes(sink, vocabulary.fullStop)
}

export const longestParagraph = (vocabulary: Vocabulary, sentences: number, words: Range): number =>
  sentences * (longestSentence(vocabulary, words) + vocabulary.space.length)

export const writeParagraph = (
  sink: ByteSink,
  vocabulary: Vocabulary,
  draws: WordDraws,
  { sentences, words }: { sentences: Range; words: Range },
): void => {
  const count = nextInRange(draws, sentences)
  for (let sentence = 0; sentence < count; sentence += 1) {
    if (sentence > 0) writeBytes(sink, vocabulary.space)
    writeSentence(sink, vocabulary, draws, words)
  }
}

const nothing = Buffer.alloc(0)

/** Sentences up to a number of UTF-16 units. The last one ends where no other word fits. */
export const writeUpTo = (
  sink: ByteSink,
  { words, capitals, space, fullStop }: Vocabulary,
  draws: WordDraws,
  { maxLength, sentence }: { maxLength: number; sentence: Range },
): void => {
  // A full stop is one unit in every language.
  let room = maxLength - 1
  let wordsLeft = 0
  for (let before: Buffer = nothing; ; before = space) {
    const isFirst = wordsLeft === 0
    const list = isFirst ? capitals : words
    const index = nextBelow(draws, list.size)
    const stop = isFirst && before !== nothing ? 1 : 0
    const length = stop + before.length + (list.words[index] ?? '').length
    if (length > room) break
    if (stop > 0) writeBytes(sink, fullStop)
    writeBytes(sink, before)
    writeWord(sink, list, index)
    room -= length
    wordsLeft = (isFirst ? nextInRange(draws, sentence) : wordsLeft) - 1
  }
  writeBytes(sink, fullStop)
}
