import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasNul, hideNuls, showNuls } from './nul-text.ts'

const mark = '\uf8ff'

test('any text comes back as it was, and what is stored has no U+0000', () => {
  const piece = fc.oneof(fc.constantFrom('\0', mark, '0', '1', `${mark}0`, '\\', '😀'), fc.string())
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join('')
      const hidden = hideNuls(text)
      expect(hidden.includes('\0')).toBe(false)
      expect(showNuls(hidden)).toBe(text)
    }),
    { numRuns: 2_000 },
  )
})

test('only U+0000 and the mark are changed', () => {
  expect(hideNuls('a0b1😀')).toBe('a0b1😀')
  expect(hideNuls('\0')).toBe(`${mark}0`)
  expect(hideNuls(`${mark}0`)).toBe(`${mark}10`)
  expect([hasNul('a\0'), hasNul(`${mark}0`), hasNul('')]).toEqual([true, false, false])
})
