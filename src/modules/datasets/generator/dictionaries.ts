import type { LocaleDefinition } from '@faker-js/faker'
import { type ByteSink, writeBytes } from '../../../platform/rows/byte-sink.ts'

/** Languages that have names, addresses and words of their own; what one lacks comes from English. */
export const locales = [
  'en',
  'de',
  'fr',
  'ja',
  'es',
  'it',
  'pt_BR',
  'nl',
  'pl',
  'sv',
  'cs_CZ',
  'tr',
  'uk',
  'ko',
  'zh_CN',
] as const
export type Locale = (typeof locales)[number]

/** Different words, as UTF-8. */
export type WordList = {
  words: readonly string[]
  size: number
  maxBytes: number
  bytes: Buffer
  ends: Uint32Array
}

export const newWordList = (words: Iterable<string>): WordList => {
  const different = [...new Set(words)]
  const encoded = different.map((word) => Buffer.from(word))
  const ends = new Uint32Array(different.length)
  let end = 0
  for (const [index, word] of encoded.entries()) {
    end += word.length
    ends[index] = end
  }
  return {
    words: different,
    size: different.length,
    maxBytes: encoded.reduce((most, word) => Math.max(most, word.length), 0),
    bytes: Buffer.concat(encoded),
    ends,
  }
}

export const writeWord = (sink: ByteSink, list: WordList, index: number): void => {
  writeBytes(sink, list.bytes, index === 0 ? 0 : list.ends[index - 1], list.ends[index])
}

/**
 * Where a list is in faker's definitions, such as `person.last_name` or `date.weekday.wide`. Of a list of objects, a part names
 * one property of each: `finance.currency.code`.
 */
export type WordListName = `${keyof LocaleDefinition & string}.${string}`

export type Dictionaries = {
  locale: Locale
  /** The words of the language, or of English where it has none. Lists by sex become one. */
  words: (name: WordListName) => WordList
  /** The words of the language alone. */
  findWords: (name: WordListName) => WordList | undefined
  englishWords: (name: WordListName) => WordList
  /** A list made of others, once for all fields of the language. Each `name` has one way to make it. */
  derive: (name: string, make: () => Iterable<string>) => WordList
}

const loaded = new Map<Locale, Promise<Dictionaries>>()

/** The dictionaries of a language, read once. They come from faker. */
export const loadDictionaries = (locale: Locale): Promise<Dictionaries> => {
  const known = loaded.get(locale)
  if (known !== undefined) return known
  const loading = readDictionaries(locale)
  loaded.set(locale, loading)
  return loading
}

const readDictionaries = async (locale: Locale): Promise<Dictionaries> => {
  const [own, english] = await Promise.all([readDefinitions(locale), readDefinitions('en')])
  const lists = new Map<string, WordList>()
  const derive = (name: string, make: () => Iterable<string>) => {
    const list = lists.get(name) ?? newWordList(make())
    lists.set(name, list)
    return list
  }
  const findWords = (name: WordListName) => {
    const words = lists.get(name)?.words ?? wordsIn(own, name)
    return words === undefined ? undefined : derive(name, () => words)
  }
  const englishWords = (name: WordListName) =>
    derive(`english ${name}`, () => {
      const words = wordsIn(english, name)
      if (words === undefined) throw new Error(`There is no list of words ${name}`)
      return words
    })
  const words = (name: WordListName) => findWords(name) ?? englishWords(name)
  return { locale, words, findWords, englishWords, derive }
}

const readDefinitions = async (locale: Locale): Promise<LocaleDefinition> => {
  const { faker } = (await import(`@faker-js/faker/locale/${locale}`)) as typeof import('@faker-js/faker')
  return faker.rawDefinitions
}

/** Lists are arrays of words, of weighted words, or of such arrays by sex. */
const wordsIn = (definitions: LocaleDefinition, name: string): string[] | undefined => {
  const words = flatten(name.split('.').reduce(partOf, definitions))
  return words.length === 0 ? undefined : words
}

const partOf = (value: unknown, part: string): unknown =>
  Array.isArray(value) ? value.map((one) => partOf(one, part)) : Reflect.get(Object(value), part)

const flatten = (found: unknown): string[] => {
  if (typeof found === 'string') return [found]
  if (Array.isArray(found)) return found.flatMap(flatten)
  if (typeof found !== 'object' || found === null) return []
  return 'value' in found && 'weight' in found ? flatten(found.value) : Object.values(found).flatMap(flatten)
}
