import { describe, expect, it } from 'vitest'
import { loadDictionaries, locales } from '../dictionaries.ts'
import { SchemaFault } from '../field-type.ts'
import { asciiWords } from './ascii-words.ts'
import { compileType, typeNamed, valuesAt, valuesOfType } from './values-of-type.ts'

describe.each(['de', 'ja', 'fr', 'en'] as const)('names of %s', (locale) => {
  it('are those of the language', async () => {
    const { faker } = (await import(`@faker-js/faker/locale/${locale}`)) as typeof import('@faker-js/faker')
    const { person, location } = faker.rawDefinitions
    const listed = (list: object | null | undefined) => new Set(Object.values(list ?? {}).flat())
    const firstNames = listed(person?.first_name)
    const lastNames = listed(person?.last_name)
    const cities = new Set(location?.city_name)
    for (const name of await valuesOfType('first_name', {}, locale)) expect(firstNames).toContain(name)
    for (const name of await valuesOfType('last_name', {}, locale)) expect(lastNames).toContain(name)
    for (const city of await valuesOfType('city', {}, locale)) {
      if (locale === 'ja') expect(city).toMatch(/[市区町村]$/)
      else expect(cities).toContain(city)
    }
    const streets = new Set(location?.street_name)
    const prefixes = new Set(location?.street_prefix)
    for (const street of await valuesOfType('street_name', {}, locale)) {
      if (locale === 'ja') expect(street).toMatch(/^\d丁目\d番\d号$/)
      else if (locale === 'fr') expect(prefixes).toContain(street.split(' ')[0])
      else expect(streets).toContain(street)
    }
    const lorem = new Set(faker.rawDefinitions.lorem?.word)
    for (const word of await valuesOfType('word', {}, locale)) expect(lorem).toContain(word)
  })
})

describe('people', () => {
  it('have the sex that is asked for', async () => {
    const { faker } = await import('@faker-js/faker/locale/cs_CZ')
    const lists = faker.rawDefinitions.person?.last_name
    const women = new Set([...(lists?.female ?? []), ...(lists?.generic ?? [])])
    for (const name of await valuesOfType('last_name', { sex: 'female' }, 'cs_CZ'))
      expect(women).toContain(name)
  })

  it('have both names of one sex where the language tells them apart', async () => {
    const { faker } = await import('@faker-js/faker/locale/cs_CZ')
    const { first_name: first, last_name: last } = faker.rawDefinitions.person ?? {}
    const onlyFemale = new Set(first?.female?.filter((name) => !first.male?.includes(name)))
    const onlyMale = new Set(
      last?.male?.filter((name) => !last.female?.includes(name) && !last.generic?.includes(name)),
    )
    for (const name of await valuesOfType('full_name', {}, 'cs_CZ')) {
      const [given = '', ...family] = name.split(' ')
      expect(onlyFemale.has(given) && onlyMale.has(family.join(' ')), name).toBe(false)
    }
  })

  it('have the family name first in Japan', async () => {
    const { words } = await loadDictionaries('ja')
    const families = new Set(words('person.last_name').words)
    for (const name of await valuesOfType('full_name', {}, 'ja'))
      expect(families).toContain(name.split(' ')[0])
  })

  it.each(['national', 'international', 'human'])(
    'have %s telephone numbers without holes',
    async (style) => {
      for (const locale of locales) {
        for (const number of await valuesOfType('phone', { style }, locale))
          expect(number).toMatch(/^[-+()0-9 .x]+$/)
      }
    },
  )

  it('have first and family names that do not depend on each other', async () => {
    const names = await valuesOfType('full_name')
    const pairs = names.map((name) => name.split(' ').map((part) => part.charCodeAt(0) % 2))
    const equal = pairs.filter(([first, last]) => first === last).length
    // Four standard deviations of a fair coin around the half; the letters are near even.
    expect(Math.abs(equal / pairs.length - 0.5)).toBeLessThan(0.12)
  })
})

describe('positions', () => {
  it('lie within the radius', async () => {
    const near = { latitude: 52.52, longitude: 13.405 }
    const distances = (await valuesOfType('geo_point', { near, radiusKm: 25 })).map((value) => {
      const { type, coordinates } = JSON.parse(value)
      expect(type).toBe('Point')
      return haversineKm(near, { longitude: coordinates[0], latitude: coordinates[1] })
    })
    expect(Math.max(...distances)).toBeLessThanOrEqual(25.001)
    // Even over the disc, half of them are beyond 0.707 of the radius.
    const far = distances.filter((distance) => distance > 25 * Math.SQRT1_2).length
    expect(Math.abs(far / distances.length - 0.5)).toBeLessThan(0.1)
  })

  it('lie within bounds, also over the meridian of 180 degrees', async () => {
    const bounds = { west: 170, south: -20, east: -170, north: 10 }
    for (const value of await valuesOfType('geo_point', { bounds })) {
      const [longitude, latitude] = JSON.parse(value).coordinates
      expect(Math.abs(longitude)).toBeGreaterThanOrEqual(170)
      expect(latitude).toBeGreaterThanOrEqual(-20)
      expect(latitude).toBeLessThanOrEqual(10)
    }
  })

  it.each([0, 1, 6, 10])('are printed as doubles are, with up to %i decimals', async (decimals) => {
    for (const value of await valuesOfType('latitude', { min: -90, max: 90, decimals })) {
      expect(String(Number(value))).toBe(value)
    }
  })

  it('are refused where no number has so few decimals', async () => {
    const options = { min: 0.2, max: 0.3, decimals: 0 }
    await expect(compileType(typeNamed('latitude'), options, 'en')).rejects.toThrow(SchemaFault)
  })
})

const haversineKm = (
  from: { latitude: number; longitude: number },
  to: { latitude: number; longitude: number },
): number => {
  const radians = Math.PI / 180
  const latitude = Math.sin(((to.latitude - from.latitude) * radians) / 2) ** 2
  const longitude = Math.sin(((to.longitude - from.longitude) * radians) / 2) ** 2
  const cosines = Math.cos(from.latitude * radians) * Math.cos(to.latitude * radians)
  return 2 * 6371.0088 * Math.asin(Math.sqrt(latitude + cosines * longitude))
}

describe('the net', () => {
  it.each([
    ['private', /^(10|172\.(1[6-9]|2\d|3[01])|192\.168)\./],
    ['documentation', /^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$/],
    ['public', /^(?!0\.|10\.|127\.|192\.|172\.|169\.|2[3-5]\d\.|22[4-9]\.)\d+\.\d+\.\d+\.\d+$/],
    ['any', /^\d+\.\d+\.\d+\.\d+$/],
  ])('has addresses of the range %s', async (range, form) => {
    for (const value of await valuesOfType('ipv4', { range })) {
      expect(value).toMatch(form)
      for (const octet of value.split('.')) expect(Number(octet)).toBeLessThanOrEqual(255)
    }
  })

  it('has IPv6 addresses in their only form', async () => {
    for (const value of await valuesOfType('ipv6'))
      expect(new URL(`http://[${value}]/`).hostname).toBe(`[${value}]`)
  })

  it('mails only to the domains that are asked for', async () => {
    const values = await valuesOfType('email', { domains: ['mail.test', 'b.test'] })
    expect(new Set(values.map((value) => value.split('@')[1]))).toEqual(new Set(['mail.test', 'b.test']))
  })

  it('writes the letters of a language as its people do without them', async () => {
    const german = asciiWords(await loadDictionaries('de'), 'person.last_name').words
    expect(german).toContain('mueller')
    const polish = asciiWords(await loadDictionaries('pl'), 'person.first_name').words
    expect(polish).toContain('stanislaw')
  })
})

describe('text', () => {
  it.each(['en', 'ja'] as const)('keeps to its length in %s', async (locale) => {
    const lengths = (await valuesOfType('text', { maxLength: 120 }, locale)).map((value) => value.length)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(120)
    expect(Math.min(...lengths)).toBeGreaterThan(90)
  })

  it('has as many words in a sentence as asked for', async () => {
    const counts = (await valuesOfType('sentence', { words: { min: 3, max: 5 } })).map(
      (value) => value.split(' ').length,
    )
    expect(new Set(counts)).toEqual(new Set([3, 4, 5]))
  })

  it('stays different where there are more combinations than numbers', async () => {
    const producer = await compileType(typeNamed('words'), { count: 8 }, 'en')
    if (producer.kind !== 'list') throw new Error('words is a list')
    expect(producer.size).toBe(2 ** 52)
    const values = valuesAt(producer, Array(5000).keys())
    expect(new Set(values).size).toBe(values.length)
    expect(new Set(values.map((value) => value.split(' ')[0])).size).toBeGreaterThan(300)
  })
})
