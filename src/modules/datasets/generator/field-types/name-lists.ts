import { keyOf } from '../counter-hash.ts'
import type { Dictionaries, WordList, WordListName } from '../dictionaries.ts'
import { permutation } from '../permutation.ts'

export const sexes = ['any', 'female', 'male'] as const
export type Sex = (typeof sexes)[number]

/** First or family names that people of the sex bear. */
export const namesOfSex = (
  { words, findWords, derive }: Dictionaries,
  name: 'person.first_name' | 'person.last_name' | 'person.middle_name' | 'person.prefix',
  sex: Sex,
): WordList => {
  if (sex === 'any') return words(name)
  const names = [`${name}.${sex}` as const, `${name}.generic` as const].flatMap(
    (list) => findWords(list)?.words ?? [],
  )
  return names.length === 0 ? words(name) : derive(`${name} ${sex}`, () => names)
}

/** How many texts are made of patterns at most: enough to vary, few enough to be kept. */
const mostTexts = 2 ** 16

/**
 * The texts of faker's patterns, such as `{{person.lastName}} {{company.legal_entity_type}}`, all of them or as many of each
 * pattern. A pattern that is nothing but one list has the real names, and then the others, which make names up, are left out.
 */
export const patternTexts = (
  dictionaries: Dictionaries,
  name: WordListName,
  patterns = dictionaries.words(name).words,
): WordList =>
  dictionaries.derive(`texts of ${name}`, () => {
    const real = patterns.filter((pattern) => /^{{[^{}]*}}$/.test(pattern))
    const used = real.length > 0 ? real : patterns
    return used.flatMap((pattern) =>
      combinations(pattern, partsOf(dictionaries, pattern), Math.floor(mostTexts / used.length)),
    )
  })

export const cityNames = (dictionaries: Dictionaries) => patternTexts(dictionaries, 'location.city_pattern')

export const streetNames = (dictionaries: Dictionaries) =>
  patternTexts(dictionaries, 'location.street_pattern')

const partsOf = (dictionaries: Dictionaries, pattern: string): (readonly string[])[] =>
  pattern
    .split(/({{[^{}]*(?:{[^{}]*}[^{}]*)?}})/)
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('{{') ? wordsOf(dictionaries, part.slice(2, -2)) : [part]))

const wordsOf = (dictionaries: Dictionaries, name: string): readonly string[] => {
  const range = /^number\.int\({"max": (\d), "min": (\d)}\)$/.exec(name)
  if (range !== null) return [...'0123456789'].slice(Number(range[2]), Number(range[1]) + 1)
  if (name === 'location.city') return cityNames(dictionaries).words
  const [category, ...steps] = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).split('.')
  switch (category) {
    case 'company':
    case 'internet':
    case 'location':
    case 'person':
    case 'word':
      return dictionaries.words(`${category}.${steps.join('.')}`).words
    default:
      throw new Error(`A pattern names ${name}, which is unknown`)
  }
}

/** As many combinations as there are, or `most` of them that are spread over all. */
const combinations = (name: string, parts: (readonly string[])[], most: number): string[] => {
  const all = Math.min(
    parts.reduce((product, { length }) => product * length, 1),
    2 ** 52,
  )
  const place = all <= most ? (index: number) => index : permutation(keyOf(name), all)
  return Array.from({ length: Math.min(all, most) }, (_, index) => {
    let rest = place(index)
    return parts
      .map((words) => {
        const word = words[rest % words.length]
        rest = Math.floor(rest / words.length)
        return word
      })
      .join('')
  })
}
