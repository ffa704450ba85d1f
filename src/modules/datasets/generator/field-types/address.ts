import { z } from 'zod'
import { drawBelow } from '../counter-hash.ts'
import type { Dictionaries, Locale } from '../dictionaries.ts'
import { defineField } from '../field-type.ts'
import { digitTexts } from './digit-templates.ts'
import { geoFields } from './geo.ts'
import { cityNames, patternTexts, streetNames } from './name-lists.ts'
import { listProducer, oneOf, product, type Texts, wordTexts } from './texts.ts'
import { textsField, wordField } from './word-field.ts'

const buildingNumbers = ({ words }: Dictionaries): Texts =>
  digitTexts(words('location.building_number').words, false)

const streets = (dictionaries: Dictionaries): Texts => wordTexts(streetNames(dictionaries))

/** In the form of the language, such as `{{location.street}} {{location.buildingNumber}}`. */
const streetAddresses = (dictionaries: Dictionaries): Texts => {
  const [form = ''] = dictionaries.words('location.street_address.normal').words
  return product(
    ...form.split(/({{[^{}]*}})/).map((part) => {
      if (part === '{{location.street}}') return streets(dictionaries)
      return part === '{{location.buildingNumber}}' ? buildingNumbers(dictionaries) : part
    }),
  )
}

/** The shortest forms: those with more digits are so many more that hardly any other would come. */
const postalCodes = ({ words }: Dictionaries): Texts => {
  const forms = words('location.postcode').words
  const digits = (form: string) => form.split('#').length
  const fewest = Math.min(...forms.map(digits))
  return digitTexts(
    forms.filter((form) => digits(form) === fewest),
    true,
  )
}

const secondaryAddresses = (dictionaries: Dictionaries): Texts => {
  const { words, derive } = dictionaries
  const forms = words('location.secondary_address').words
  if (forms.some((form) => form.includes('{{'))) {
    return wordTexts(
      derive('secondary addresses', () =>
        patternTexts(dictionaries, 'location.secondary_address').words.flatMap((form) =>
          Array.from({ length: 100 }, (_, room) => form.replace('###', String(101 + 9 * room))),
        ),
      ),
    )
  }
  return digitTexts(forms, false)
}

const orders: Partial<Record<Locale, string>> = {
  en: 'street, city, region postcode',
  uk: 'street, city, postcode',
  pt_BR: 'street, city - region, postcode',
  ja: '〒postcode regioncitystreet',
  ko: '(postcode) region city street',
  zh_CN: 'regioncitystreet',
}

/** As on the continent of Europe. */
const usualOrder = 'street, postcode city'

const fullAddressParts = (dictionaries: Dictionaries): Texts[] => {
  const { locale, words } = dictionaries
  return (orders[locale] ?? usualOrder)
    .split(/(street|postcode|city|region)/)
    .filter((part) => part !== '')
    .map((part) => {
      if (part === 'street') return streetAddresses(dictionaries)
      if (part === 'postcode') return postalCodes(dictionaries)
      if (part === 'city') return wordTexts(cityNames(dictionaries))
      if (part === 'region')
        return wordTexts(words(locale === 'en' ? 'location.state_abbr' : 'location.state'))
      return oneOf([part])
    })
}

export const addressFields = [
  textsField({ name: 'street_name', group: 'address', description: 'The name of a street.' }, streets),
  textsField(
    {
      name: 'street_address',
      group: 'address',
      description: 'A street and a number, in the order of the language.',
    },
    streetAddresses,
  ),
  textsField(
    { name: 'building_number', group: 'address', description: 'The number of a house.' },
    // Some forms begin with what parts them from the street.
    ({ words }) =>
      digitTexts(
        words('location.building_number').words.map((form) => form.replace(/^[ ,]+/, '')),
        false,
      ),
  ),
  textsField(
    { name: 'secondary_address', group: 'address', description: 'A flat or a floor of a house.' },
    secondaryAddresses,
  ),
  textsField({ name: 'city', group: 'address', description: 'A city or a town.' }, (dictionaries) =>
    wordTexts(cityNames(dictionaries)),
  ),
  wordField({
    name: 'state',
    group: 'address',
    description: 'A state, province or region.',
    list: 'location.state',
  }),
  wordField({
    name: 'state_code',
    group: 'address',
    description: 'The short form of a state, province or region.',
    list: 'location.state_abbr',
  }),
  wordField({
    name: 'county',
    group: 'address',
    description: 'A county or district.',
    list: 'location.county',
  }),
  textsField(
    { name: 'postal_code', group: 'address', description: 'A postal code in the form of the country.' },
    postalCodes,
  ),
  wordField({
    name: 'country',
    group: 'address',
    description: 'A country by its name in the language.',
    list: 'location.country',
  }),
  defineField({
    name: 'country_code',
    group: 'address',
    description: 'A country by its code of two or three letters (ISO 3166-1).',
    options: z.strictObject({ form: z.enum(['alpha-2', 'alpha-3']).default('alpha-2') }),
    example: { form: 'alpha-2' },
    compile: ({ form }, { dictionaries }) =>
      listProducer(
        wordTexts(dictionaries.words(`location.country_code.${form === 'alpha-2' ? 'alpha2' : 'alpha3'}`)),
      ),
  }),
  wordField({ name: 'continent', group: 'address', description: 'A continent.', list: 'location.continent' }),
  wordField({
    name: 'time_zone',
    group: 'address',
    description: 'A time zone by its name in the IANA database.',
    list: 'location.time_zone',
  }),
  textsField({ name: 'direction', group: 'address', description: 'A point of the compass.' }, ({ words }) =>
    oneOf([...words('location.direction.cardinal').words, ...words('location.direction.ordinal').words]),
  ),
  wordField({
    name: 'language',
    group: 'address',
    description: 'The name of a language.',
    list: 'location.language.name',
  }),
  ...geoFields,
  defineField({
    name: 'full_address',
    group: 'address',
    description:
      'Street, city, region and postal code on one line, in the order of the country. Each is drawn on its own.',
    options: z.strictObject({}),
    example: {},
    compile: (_, { dictionaries, key }) => {
      const parts = fullAddressParts(dictionaries)
      return {
        kind: 'computed',
        columnType: 'text',
        maxBytes: parts.reduce((sum, { maxBytes }) => sum + maxBytes, 0),
        plain: parts.every(({ plain }) => plain),
        unique: false,
        write: (row, sink) => {
          for (let part = 0; part < parts.length; part += 1) {
            const { size, write } = parts[part] as Texts
            write(drawBelow(key, row, size, part), sink)
          }
        },
      }
    },
  }),
]
