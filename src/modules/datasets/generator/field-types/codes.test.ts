import { expect, test } from 'vitest'
import { generateValues } from '../../../../../test/harness/generated-values.ts'

const count = 1000
const digitsOf = (text: string) => Array.from(text, Number)

/** Luhn's sum from the right, the check digit included, must be a multiple of 10. */
const passesLuhn = (text: string) =>
  digitsOf(text)
    .reverse()
    .map((digit, index) => (index % 2 === 0 ? digit : Math.floor((digit * 2) / 10) + ((digit * 2) % 10)))
    .reduce((sum, digit) => sum + digit, 0) %
    10 ===
  0

/** Padded to the longest GTIN in front, the places weigh 3, 1, 3, ... from the left. */
const passesGtin = (text: string) =>
  digitsOf(text.padStart(14, '0')).reduce((sum, digit, index) => sum + digit * (index % 2 === 0 ? 3 : 1), 0) %
    10 ===
  0

const passesAba = (text: string) =>
  digitsOf(text).reduce((sum, digit, index) => sum + digit * ([3, 7, 1][index % 3] ?? 0), 0) % 10 === 0

/** With one big number, as ISO 13616 puts it. */
const passesIban = (text: string) => {
  const numeric = `${text.slice(4)}${text.slice(0, 4)}`.replaceAll(/[A-Z]/g, (letter) =>
    String(letter.charCodeAt(0) - 55),
  )
  return BigInt(numeric) % 97n === 1n
}

const codes: [string, RegExp, (text: string) => boolean][] = [
  ['credit_card_number', /^(411111\d{10}|555555\d{10}|378282\d{9}|601111\d{10})$/, passesLuhn],
  ['ean13', /^2\d{12}$/, passesGtin],
  ['barcode_upc', /^4\d{11}$/, passesGtin],
  ['isbn13', /^9780\d{9}$/, passesGtin],
  ['routing_number', /^(0\d|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)\d{7}$/, passesAba],
  ['iban', /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/, passesIban],
  ['bic', /^[A-Z]{4}[A-Z]{2}[A-Z]0$/, () => true],
  ['sku', /^[A-Z]{3}-\d{6}$/, () => true],
]

test.each(codes)('%s is well formed, checks, and can be unique', async (type, form, passes) => {
  const values = await generateValues({ type, count, unique: true })
  expect(values.filter((value) => !form.test(value))).toEqual([])
  expect(values.filter((value) => !passes(value))).toEqual([])
  expect(new Set(values).size).toBe(count)
})

/** As in the registry of IBANs: the whole length, and the form after the check digits. */
const ibans: [string, number, RegExp][] = [
  ['AT', 20, /^\d{16}$/],
  ['BE', 16, /^\d{12}$/],
  ['CH', 21, /^\d{5}[A-Z0-9]{12}$/],
  ['DE', 22, /^\d{18}$/],
  ['DK', 18, /^\d{14}$/],
  ['ES', 24, /^\d{20}$/],
  ['FR', 27, /^\d{10}[A-Z0-9]{11}\d{2}$/],
  ['GB', 22, /^[A-Z]{4}\d{14}$/],
  ['IE', 22, /^[A-Z]{4}\d{14}$/],
  ['IT', 27, /^[A-Z]\d{10}[A-Z0-9]{12}$/],
  ['NL', 18, /^[A-Z]{4}\d{10}$/],
  ['PL', 28, /^\d{24}$/],
  ['PT', 25, /^\d{21}$/],
  ['SE', 24, /^\d{20}$/],
]

test.each(ibans)('an IBAN of %s has %i characters', async (country, length, form) => {
  const values = await generateValues({ type: 'iban', options: { country }, count })
  expect(values.every((value) => value.startsWith(country) && value.length === length)).toBe(true)
  expect(values.every((value) => form.test(value.slice(4)) && passesIban(value))).toBe(true)
})

test('kinds of codes are equally frequent, and so are their digits, however many a kind has', async () => {
  const values = await generateValues({ type: 'credit_card_number', count: 40_000, unique: true })
  expect(new Set(values).size).toBe(40_000)
  for (const start of ['411111', '555555', '378282', '601111']) {
    const own = values.filter((value) => value.startsWith(start))
    expect(Math.abs(own.length - 10_000)).toBeLessThan(400)
    for (let place = 6; place < (own[0]?.length ?? 0) - 1; place += 1) {
      const zeros = own.filter((value) => value[place] === '0').length
      expect(Math.abs(zeros / own.length - 0.1)).toBeLessThan(0.015)
    }
  }
})
