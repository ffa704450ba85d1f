import { describe, expect, it } from 'vitest'
import { digitTexts } from './digit-templates.ts'
import { listProducer, numberTexts, oneOf, product, type Texts, union } from './texts.ts'
import { valuesAt } from './values-of-type.ts'

const textsAt = (texts: Texts, places: Iterable<number>) => valuesAt(listProducer(texts), places)
const all = (texts: Texts) => textsAt(texts, Array(texts.size).keys())

describe('texts', () => {
  it('are each of one part with each of the next', () => {
    expect(all(product(oneOf(['a', 'b']), '-', numberTexts(9, 11)))).toEqual([
      'a-9',
      'a-10',
      'a-11',
      'b-9',
      'b-10',
      'b-11',
    ])
  })

  it('are those of one list, then those of the next', () => {
    expect(all(union([oneOf(['x']), numberTexts(1, 2), oneOf(['y', 'z'])]))).toEqual([
      'x',
      '1',
      '2',
      'y',
      'z',
    ])
  })

  it('stay different where a number cannot name each combination', () => {
    const part = numberTexts(100, 999)
    const texts = product(part, part, part, part, part, part)
    expect(texts.size).toBe(2 ** 52)
    // Places that differ in the first part alone.
    const stride = 900 ** 5
    const places = Array.from(
      { length: 3000 },
      (_, index) => (index % 1000) + Math.floor(index / 1000) * stride,
    )
    const values = textsAt(texts, places)
    expect(new Set(values).size).toBe(places.length)
    expect(new Set(values.map((value) => value.slice(0, 3))).size).toBeGreaterThan(500)
  })

  it('say when they hold what COPY escapes', () => {
    expect(product(oneOf(['a']), '\t').plain).toBe(false)
    expect(oneOf(['a\\b']).plain).toBe(false)
    expect(product(oneOf(['a']), ' ').plain).toBe(true)
  })
})

describe('digits in a form', () => {
  it('count from the last place on', () => {
    const texts = digitTexts(['(!#) ##'], true)
    expect(texts.size).toBe(8000)
    expect(textsAt(texts, [0, 1, 12, 7999])).toEqual(['(20) 00', '(20) 01', '(20) 12', '(99) 99'])
  })

  it('count beyond 32 bits', () => {
    const texts = digitTexts(['+##############'], true)
    expect(textsAt(texts, [98_765_432_101_234, 10 ** 14 - 1])).toEqual(['+98765432101234', '+99999999999999'])
  })

  it('begin with no zero where none may lead', () => {
    expect(textsAt(digitTexts(['##b'], false), [0, 89])).toEqual(['10b', '99b'])
  })

  it('leave out forms that a larger one covers', () => {
    const texts = digitTexts(['1#', '##', '2-#', '##'], true)
    expect(texts.size).toBe(110)
    expect(new Set(all(texts)).size).toBe(110)
  })
})
