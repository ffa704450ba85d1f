import { expect, test } from 'vitest'
import { hashRecoveryCode, newRecoveryCodes } from './recovery-codes.ts'
import { base32, hotp, matchingStep, newTotpSecret, otpauthUri, totpStep } from './totp.ts'

const rfcSecret = Buffer.from('12345678901234567890')

test('counters give the codes of RFC 4226, appendix D', () => {
  const expected = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ')
  expect(expected.map((_, counter) => hotp(rfcSecret, counter))).toEqual(expected)
})

test.each([
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
])('second %d gives the code of RFC 6238, appendix B', (second, code) => {
  expect(hotp(rfcSecret, totpStep(new Date(second * 1_000)), 8)).toBe(code)
})

test.each([
  ['', ''],
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
])('"%s" is %s in base 32 (RFC 4648, 10, without padding)', (text, encoded) => {
  expect(base32(Buffer.from(text))).toBe(encoded)
})

test('a code is good in its step and in those beside it, and in no other', () => {
  const now = new Date(1_111_111_111_000)
  const step = totpStep(now)
  const found = [-2, -1, 0, 1, 2].map((offset) =>
    matchingStep(rfcSecret, hotp(rfcSecret, step + offset), now),
  )
  expect(found).toEqual([undefined, step - 1, step, step + 1, undefined])
  for (const wrong of ['', '0', '00000000', 'abcdef', '１２３４５６']) {
    expect(matchingStep(rfcSecret, wrong, now)).toBeUndefined()
  }
})

test('a secret has 160 random bits, and its address is one that apps read', () => {
  expect(newTotpSecret()).toHaveLength(20)
  expect(newTotpSecret()).not.toEqual(newTotpSecret())
  const uri = new URL(otpauthUri(rfcSecret, 'ada+1@example.com'))
  expect([uri.protocol, uri.host, decodeURIComponent(uri.pathname)]).toEqual([
    'otpauth:',
    'totp',
    '/Backlot:ada+1@example.com',
  ])
  expect(Object.fromEntries(uri.searchParams)).toEqual({
    secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
    issuer: 'Backlot',
    algorithm: 'SHA1',
    digits: '6',
    period: '30',
  })
})

test('ten recovery codes of 80 bits, the same however they are typed', () => {
  const codes = newRecoveryCodes()
  expect(new Set(codes).size).toBe(10)
  for (const code of codes) expect(code).toMatch(/^([a-z2-7]{4}-){3}[a-z2-7]{4}$/)
  const [first = '', second = ''] = codes
  expect(hashRecoveryCode(` ${first.toUpperCase().replaceAll('-', ' ')} `)).toBe(hashRecoveryCode(first))
  expect(hashRecoveryCode(first)).not.toBe(hashRecoveryCode(second))
})
