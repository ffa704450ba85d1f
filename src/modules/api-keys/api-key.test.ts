import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { isWellFormedKey, newApiKey, newKeyPrefix } from './api-key.ts'

test('a key is its prefix, 43 characters of secret and 6 of checksum', () => {
  const prefix = newKeyPrefix()
  expect(prefix).toMatch(/^bk_[0-9A-Za-z]{12}$/)
  const key = newApiKey(prefix)
  expect(key).toMatch(/^bk_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/)
  expect(key.startsWith(`${prefix}_`)).toBe(true)
  expect(isWellFormedKey(key)).toBe(true)
})

test('the checksum is the CRC-32 of what stands before it, in base 62, as a scanner computes it', () => {
  const key = newApiKey(newKeyPrefix())
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  const value = [...key.slice(-6)].reduce((sum, digit) => sum * 62 + digits.indexOf(digit), 0)
  expect(value).toBe(crc32(key.slice(0, -6)))
})

test('no single wrong, missing, doubled or swapped character passes', () => {
  const key = newApiKey(newKeyPrefix())
  for (let at = 3; at < key.length; at += 1) {
    const wrong = key[at] === 'x' ? 'y' : 'x'
    expect(isWellFormedKey(key.slice(0, at) + wrong + key.slice(at + 1))).toBe(false)
    expect(isWellFormedKey(key.slice(0, at) + key.slice(at + 1))).toBe(false)
    expect(isWellFormedKey(key.slice(0, at) + key[at] + key.slice(at))).toBe(false)
    const swapped = key.slice(0, at - 1) + key[at] + key[at - 1] + key.slice(at + 1)
    expect(isWellFormedKey(swapped)).toBe(swapped === key)
  }
})

test('the secret is 256 random bits: each bit is set about half of the time, and none repeats', () => {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  const secrets = Array.from({ length: 400 }, () => {
    const secret = newApiKey('bk_000000000000').slice(16, 59)
    return [...secret].reduce((sum, digit) => sum * 62n + BigInt(digits.indexOf(digit)), 0n)
  })
  expect(new Set(secrets).size).toBe(secrets.length)
  for (let bit = 0n; bit < 256n; bit += 1n) {
    const set = secrets.filter((secret) => (secret >> bit) & 1n).length
    expect(set).toBeGreaterThan(130)
    expect(set).toBeLessThan(270)
  }
  expect(secrets.every((secret) => secret < 2n ** 256n)).toBe(true)
})
