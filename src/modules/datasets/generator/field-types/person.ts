import { z } from 'zod'
import type { Dictionaries, Locale } from '../dictionaries.ts'
import { defineField } from '../field-type.ts'
import { asciiWords } from './ascii-words.ts'
import { digitTexts } from './digit-templates.ts'
import { namesOfSex, patternTexts, type Sex, sexes } from './name-lists.ts'
import { listProducer, numberTexts, oneOf, product, type Texts, union, wordTexts } from './texts.ts'
import { textsField, wordField } from './word-field.ts'

const sexOption = z.strictObject({ sex: z.enum(sexes).default('any') })

/** What is between a family name and the first name after it, in languages that put them so. */
const familyNameFirst: Partial<Record<Locale, string>> = { ja: ' ', ko: '', zh_CN: '' }

const fullNames = (dictionaries: Dictionaries, sex: Sex): Texts => {
  const gendered = dictionaries.findWords('person.last_name.female') !== undefined
  if (!gendered || sex !== 'any') {
    return namePairs(
      dictionaries,
      wordTexts(namesOfSex(dictionaries, 'person.first_name', sex)),
      wordTexts(namesOfSex(dictionaries, 'person.last_name', sex)),
    )
  }
  const female = namesOfSex(dictionaries, 'person.first_name', 'female')
  const borne = new Set(female.words)
  const male = namesOfSex(dictionaries, 'person.first_name', 'male').words.filter((name) => !borne.has(name))
  return union([
    fullNames(dictionaries, 'female'),
    product(oneOf(male), ' ', wordTexts(namesOfSex(dictionaries, 'person.last_name', 'male'))),
  ])
}

const namePairs = ({ locale, derive }: Dictionaries, first: Texts, last: Texts): Texts => {
  const between = familyNameFirst[locale]
  if (between === undefined) return product(first, ' ', last)
  if (between !== '') return product(last, between, first)
  // Without a space two pairs can read the same, so these are spelled out.
  const key = `full names ${first.size} ${last.size}`
  return wordTexts(derive(key, () => spelled(product(last, first))))
}

function* spelled(texts: Texts): Generator<string> {
  const sink = { bytes: Buffer.alloc(texts.maxBytes), at: 0 }
  for (let index = 0; index < texts.size; index += 1) {
    sink.at = 0
    texts.write(index, sink)
    yield sink.bytes.toString('utf8', 0, sink.at)
  }
}

export const personFields = [
  defineField({
    name: 'first_name',
    group: 'person',
    description: 'A first name of the language.',
    options: sexOption,
    example: { sex: 'any' },
    compile: ({ sex }, { dictionaries }) =>
      listProducer(wordTexts(namesOfSex(dictionaries, 'person.first_name', sex))),
  }),
  defineField({
    name: 'last_name',
    group: 'person',
    description: 'A family name of the language.',
    options: sexOption,
    example: { sex: 'any' },
    compile: ({ sex }, { dictionaries }) =>
      listProducer(wordTexts(namesOfSex(dictionaries, 'person.last_name', sex))),
  }),
  defineField({
    name: 'full_name',
    group: 'person',
    description: 'A first and a family name, in the order of the language.',
    options: sexOption,
    example: { sex: 'any' },
    compile: ({ sex }, { dictionaries }) => listProducer(fullNames(dictionaries, sex)),
  }),
  defineField({
    name: 'middle_name',
    group: 'person',
    description: 'A second first name.',
    options: sexOption,
    example: { sex: 'any' },
    compile: ({ sex }, { dictionaries }) =>
      listProducer(wordTexts(namesOfSex(dictionaries, 'person.middle_name', sex))),
  }),
  defineField({
    name: 'name_prefix',
    group: 'person',
    description: 'A form of address or a title before a name.',
    options: sexOption,
    example: { sex: 'any' },
    compile: ({ sex }, { dictionaries }) =>
      listProducer(wordTexts(namesOfSex(dictionaries, 'person.prefix', sex))),
  }),
  wordField({ name: 'gender', group: 'person', description: 'A gender identity.', list: 'person.gender' }),
  wordField({
    name: 'sex',
    group: 'person',
    description: 'Female or male, in the language.',
    list: 'person.sex',
  }),
  wordField({ name: 'job_area', group: 'person', description: 'A field of work.', list: 'person.job_area' }),
  wordField({
    name: 'job_type',
    group: 'person',
    description: 'A kind of position.',
    list: 'person.job_type',
  }),
  wordField({
    name: 'zodiac_sign',
    group: 'person',
    description: 'A sign of the western zodiac.',
    list: 'person.western_zodiac_sign',
  }),
  textsField(
    { name: 'job_title', group: 'person', description: 'A position with its field of work.' },
    (dictionaries) => wordTexts(patternTexts(dictionaries, 'person.job_title_pattern')),
  ),
  textsField(
    { name: 'bio', group: 'person', description: 'A line about a person, as in a profile.' },
    (dictionaries) =>
      // The pattern that is a single word would leave the others out.
      wordTexts(
        patternTexts(
          dictionaries,
          'person.bio_pattern',
          dictionaries
            .words('person.bio_pattern')
            .words.slice(1)
            .map((pattern) => pattern.replaceAll('  ', ' ')),
        ),
      ),
  ),
  defineField({
    name: 'username',
    group: 'person',
    description: 'A name for a login, of the letters a to z, digits, point and underscore.',
    options: z.strictObject({ withNumber: z.boolean().default(true) }),
    example: { withNumber: true },
    compile: ({ withNumber }, { dictionaries }) => {
      const first = wordTexts(asciiWords(dictionaries, 'person.first_name'))
      const last = wordTexts(asciiWords(dictionaries, 'person.last_name'))
      const name = product(first, oneOf(['.', '_']), last)
      return listProducer(withNumber ? product(name, numberTexts(1, 9999)) : name)
    },
  }),
  defineField({
    name: 'phone',
    group: 'person',
    description: 'A telephone number in a form of the country.',
    options: z.strictObject({ style: z.enum(['national', 'international', 'human']).default('national') }),
    example: { style: 'international' },
    compile: ({ style }, { dictionaries }) =>
      listProducer(digitTexts(dictionaries.words(`phone_number.format.${style}`).words, true)),
  }),
  defineField({
    name: 'age',
    group: 'person',
    description: 'Whole years.',
    options: z
      .strictObject({ min: z.int().min(0).max(120).default(18), max: z.int().min(0).max(120).default(90) })
      .refine(({ min, max }) => min <= max, { path: ['max'], message: 'max is less than min' }),
    example: { min: 18, max: 65 },
    compile: ({ min, max }) => listProducer(numberTexts(min, max), 'integer'),
  }),
]
