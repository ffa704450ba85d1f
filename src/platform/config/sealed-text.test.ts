import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { openText, sealText } from './sealed-text.ts'

const key = randomBytes(32)

test.each(['', 'a stream key', 'ключ 🔑', 'x'.repeat(100_000)])(
  'a text opens as it was sealed (%#)',
  (text) => {
    expect(openText(key, sealText(key, text, 'row 1'), 'row 1')).toBe(text)
  },
)

test('the same text never looks the same, nor shows', () => {
  const [first, second] = [sealText(key, 'a stream key', 'row 1'), sealText(key, 'a stream key', 'row 1')]
  expect(first.equals(second)).toBe(false)
  expect(first.includes('stream')).toBe(false)
})

test('a changed byte, another key, another context or a cut does not open', () => {
  const sealed = sealText(key, 'a stream key', 'row 1')
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(() => openText(key, changed, 'row 1'), `byte ${at}`).toThrow()
  }
  for (let length = 0; length < sealed.length; length += 1) {
    expect(() => openText(key, sealed.subarray(0, length), 'row 1'), `${length} bytes`).toThrow()
  }
  expect(() => openText(key, sealed, 'row 2')).toThrow()
  expect(() => openText(randomBytes(32), sealed, 'row 1')).toThrow()
})
