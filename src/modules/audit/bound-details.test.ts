import { expect, test } from 'vitest'
import { boundDetails } from './bound-details.ts'

test('details stay small, hold no secret by name, and nothing that the database refuses', () => {
  const secrets = {
    password: 'a',
    newPassword: 'b',
    token: 'c',
    apiKey: 'd',
    streamKey: 'e',
    code: 'f',
    deep: { secret: 'g' },
  }
  const kept = boundDetails({
    ...secrets,
    text: `\0\ud800${'x'.repeat(9_000)}`,
    scopes: ['posts:read'],
    n: undefined,
  })
  expect(JSON.stringify(kept)).not.toMatch(/"[a-g]"/)
  expect(kept).toMatchObject({ scopes: ['posts:read'], deep: { secret: '[left out]' } })
  expect(JSON.stringify(kept).length).toBeLessThan(1_000)
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`field${n}`, 'x'.repeat(400)]))
  expect(JSON.stringify(boundDetails(many)).length).toBeLessThan(4_100)
})
