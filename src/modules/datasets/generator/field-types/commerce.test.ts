import { expect, test } from 'vitest'
import { generateValues } from '../../../../../test/harness/generated-values.ts'

const count = 5000

test('ratings go in halves and discounts in steps, bounds included', async () => {
  const ratings = await generateValues({ type: 'rating', options: { min: 3.5, max: 5 }, count })
  expect([...new Set(ratings)].sort()).toEqual(['3.5', '4.0', '4.5', '5.0'])
  const options = { min: 5, max: 22, step: 5 }
  const discounts = await generateValues({ type: 'discount_percentage', options, count })
  expect([...new Set(discounts)].sort()).toEqual(['10', '15', '20', '5'])
})

test('descriptions are whole sentences: nothing is missing where a word belongs', async () => {
  const values = await generateValues({ type: 'product_description', count })
  expect(values.filter((value) => /\s\s|^\s|\s$|\s,|[{}]| -|'s most| GB /.test(value))).toEqual([])
  expect(new Set(values).size).toBeGreaterThan(count / 2)
})

test('names of products are in the order of the language, and all of them are different when asked to be', async () => {
  const english = await generateValues({ type: 'product_name', count, unique: true })
  expect(new Set(english).size).toBe(count)
  expect(english.every((value) => value.split(' ').length >= 3)).toBe(true)
  const french = await generateValues({ type: 'product_name', count: 100, locale: 'fr' })
  expect(french.every((value) => value.includes(' en '))).toBe(true)
})

test('nearly half of the orders are delivered', async () => {
  const values = await generateValues({ type: 'order_status', count })
  const delivered = values.filter((value) => value === 'delivered').length
  expect(Math.abs(delivered / count - 0.45)).toBeLessThan(0.03)
  expect(new Set(values).size).toBe(7)
})
