import type { Dictionaries, Locale, WordList, WordListName } from '../dictionaries.ts'

/** Their letters have no one way to be written in Latin ones, so addresses of theirs take English words. */
const otherScripts = new Set<Locale>(['ja', 'ko', 'zh_CN', 'uk'])

/** Letters that are no Latin letter with a mark. */
const spellings: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
}

const germanSpellings: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue' }

const marks = /\p{Mark}/gu

/** The words of a list in the letters a to z alone, for addresses and names of the net. */
export const asciiWords = (dictionaries: Dictionaries, name: WordListName): WordList => {
  const { locale, words, englishWords, derive } = dictionaries
  return derive(`ascii ${name}`, () => {
    const list = otherScripts.has(locale) ? englishWords(name) : words(name)
    return list.words.map((word) => asciiOf(word, locale)).filter((word) => word !== '')
  })
}

const asciiOf = (word: string, locale: Locale): string => {
  const lower = word.toLowerCase().normalize('NFC')
  const german =
    locale === 'de' ? lower.replaceAll(/[äöü]/g, (letter) => germanSpellings[letter] ?? '') : lower
  return german
    .replaceAll(/[ßæœøłđðþı]/g, (letter) => spellings[letter] ?? '')
    .normalize('NFD')
    .replaceAll(marks, '')
    .replaceAll(/[^a-z]/g, '')
}

export const capitalAsciiWords = (dictionaries: Dictionaries, name: WordListName): WordList =>
  dictionaries.derive(`capital ascii ${name}`, () =>
    asciiWords(dictionaries, name).words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)),
  )
