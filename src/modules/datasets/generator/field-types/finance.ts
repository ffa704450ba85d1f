import { z } from 'zod'
import { appendLuhnDigit, appendRoutingDigit, setIbanDigits } from '../check-digits.ts'
import { codeList, placesOf } from '../codes.ts'
import { defineField } from '../field-type.ts'
import { boundedDecimals, distributionShape } from './bounded-numbers.ts'
import { wordField } from './word-field.ts'

const group = 'finance'

/** How the part of an IBAN after its check digits is made up. Source: SWIFT, IBAN Registry, as `placesOf` reads it. */
const accountsByCountry = {
  AT: 'n'.repeat(16),
  BE: 'n'.repeat(12),
  CH: `${'n'.repeat(5)}${'c'.repeat(12)}`,
  DE: 'n'.repeat(18),
  DK: 'n'.repeat(14),
  ES: 'n'.repeat(20),
  FR: `${'n'.repeat(10)}${'c'.repeat(11)}nn`,
  GB: `aaaa${'n'.repeat(14)}`,
  IE: `aaaa${'n'.repeat(14)}`,
  IT: `a${'n'.repeat(10)}${'c'.repeat(12)}`,
  NL: `aaaa${'n'.repeat(10)}`,
  PL: 'n'.repeat(24),
  PT: 'n'.repeat(21),
  SE: 'n'.repeat(20),
}
type Country = keyof typeof accountsByCountry
const countries = Object.keys(accountsByCountry) as [Country, ...Country[]]
const longestIban = 34
const countrySchema = z.enum(countries)

/** The first digits of the numbers that the card networks' processors publish for tests, and how many follow before the check digit. */
const cardPatterns = {
  visa: `411111${'n'.repeat(9)}`,
  mastercard: `555555${'n'.repeat(9)}`,
  amex: `378282${'n'.repeat(8)}`,
  discover: `601111${'n'.repeat(9)}`,
}
type Brand = keyof typeof cardPatterns
const brands = Object.keys(cardPatterns) as [Brand, ...Brand[]]

const moneyFields = [
  wordField({
    name: 'currency_code',
    group,
    description: 'The code of a currency (ISO 4217).',
    list: 'finance.currency.code',
  }),
  wordField({
    name: 'currency_name',
    group,
    description: 'The name of a currency.',
    list: 'finance.currency.name',
  }),
  wordField({
    name: 'transaction_type',
    group,
    description: 'What kind of payment was made.',
    list: 'finance.transaction_type',
  }),
  defineField({
    name: 'amount',
    group,
    description: 'An amount of money between two bounds, which are included.',
    options: z.strictObject({
      min: z.number().min(-1e12).max(1e12).default(0),
      max: z.number().min(-1e12).max(1e12).default(10_000),
      decimals: z.int().min(0).max(4).default(2),
      ...distributionShape,
    }),
    example: { min: -500, max: 2000 },
    compile: boundedDecimals,
  }),
]

const bankFields = [
  defineField({
    name: 'iban',
    group,
    description: 'An IBAN of the right length and make-up, with valid check digits (ISO 13616).',
    options: z.strictObject({
      country: countrySchema.optional().describe('Default: all of them.'),
    }),
    example: { country: 'DE' },
    compile: ({ country }, { key }) =>
      codeList(
        (country === undefined ? countries : [country]).map((code) => ({
          places: placesOf(`${code}00${accountsByCountry[code]}`),
          finish: setIbanDigits,
        })),
        key,
        longestIban,
      ),
  }),
  defineField({
    name: 'bic',
    group,
    description: 'A BIC (ISO 9362) of the range for tests, which belongs to no bank.',
    options: z.strictObject({
      country: countrySchema.optional().describe('Default: all of them.'),
      branch: z.boolean().default(false).describe('With the three characters of a branch.'),
    }),
    example: {},
    compile: ({ country, branch }, { key }) =>
      codeList(
        // A 0 at the eighth place marks a BIC of the test network.
        (country === undefined ? countries : [country]).map((code) => ({
          places: placesOf(`aaaa${code}a0${branch ? 'ccc' : ''}`),
        })),
        key,
        11,
      ),
  }),
  defineField({
    name: 'account_number',
    group,
    description: 'The digits of a bank account.',
    options: z.strictObject({ length: z.int().min(6).max(17).default(10) }),
    example: { length: 10 },
    compile: ({ length }, { key }) => codeList([{ places: placesOf('n'.repeat(length)) }], key, length),
  }),
  defineField({
    name: 'routing_number',
    group,
    description: 'A routing number of a bank in the USA, with a valid check digit.',
    options: z.strictObject({}),
    example: {},
    compile: (_, { dictionaries, key }) =>
      codeList(
        dictionaries.words('finance.federal_reserve_routing_symbol').words.map((symbol) => ({
          places: placesOf(`${symbol}nnnn`),
          finish: appendRoutingDigit,
        })),
        key,
        9,
      ),
  }),
]

const cardFields = [
  defineField({
    name: 'credit_card_number',
    group,
    description: 'A card number with a valid check digit that begins as the published test numbers do.',
    options: z.strictObject({ brand: z.enum(brands).optional().describe('Default: all of them.') }),
    example: { brand: 'visa' },
    compile: ({ brand }, { key }) =>
      codeList(
        (brand === undefined ? brands : [brand]).map((name) => ({
          places: placesOf(cardPatterns[name]),
          finish: appendLuhnDigit,
        })),
        key,
        16,
      ),
  }),
  defineField({
    name: 'credit_card_cvv',
    group,
    description: 'The security code of a card.',
    options: z.strictObject({ length: z.int().min(3).max(4).default(3) }),
    example: {},
    compile: ({ length }, { key }) => codeList([{ places: placesOf('n'.repeat(length)) }], key, length),
  }),
]

export const financeFields = [...moneyFields, ...bankFields, ...cardFields]
