import { describe, expect, it } from 'vitest'
import { locales } from '../dictionaries.ts'
import { compileType, languageTypes, someValues, valuesAt, valuesOfType } from './values-of-type.ts'

const hasNoDigitSigns = /phone|postal|building|secondary|street|full_address/

describe.each(locales)('in %s', (locale) => {
  it('every field writes clean values within its bounds', async () => {
    for (const type of languageTypes) {
      for (const options of [{}, type.example]) {
        const producer = await compileType(type, options, locale)
        const unclean = someValues(producer).filter(
          (value) =>
            value.trim() === '' ||
            /\{\{|undefined|NaN|\ufffd/.test(value) ||
            (type.name !== 'markdown' && value !== value.trim()) ||
            (producer.plain && /[\t\n\r\\]/.test(value)) ||
            (hasNoDigitSigns.test(type.name) && /[#!]/.test(value)),
        )
        expect(unclean, type.name).toEqual([])
      }
    }
  })

  it('every list has different values, 2^52 at most', async () => {
    for (const type of languageTypes) {
      const producer = await compileType(type, {}, locale)
      if (producer.kind !== 'list') continue
      const { size } = producer
      expect(Number.isInteger(size) && size >= 1 && size <= 2 ** 52, `${type.name}: ${size}`).toBe(true)
      // Places beside each other, and others far apart.
      const count = Math.min(size, 1500)
      const places = new Set(
        Array.from({ length: count }, (_, index) => [index, Math.floor((index * size) / count)]).flat(),
      )
      expect(new Set(valuesAt(producer, places)).size, type.name).toBe(places.size)
    }
  })

  it('addresses of mail are ASCII, in domains that receive none', async () => {
    const form = /^[a-z]+\.[a-z]+[0-9]{1,4}@example\.(com|net|org)$/
    const values = await valuesOfType('email', {}, locale)
    expect(values.filter((value) => !form.test(value))).toEqual([])
  })
})
