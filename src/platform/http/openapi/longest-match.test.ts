import { expect, test } from 'vitest'
import { longestMatch } from './longest-match.ts'

test.each([
  ['^[\\x21-\\x7e]{1,255}$', 255],
  ['^\\d{1,9}$', 9],
  ['^[\\w-]{43}$', 43],
  ['^\\d{2,4}x\\d{2,4}$', 9],
  ['^(auto|\\d{2,4}x\\d{2,4})$', 9],
  ['^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$', 100],
  ['^(?:ab?c){2}\\.$', 7],
  ['^[\\]}]{3}$', 3],
  ['^a{0}$', 0],
  ['^(a|b(c|de){2})?f$', 6],
])('%s takes %i characters at most', (pattern, length) => {
  expect(longestMatch(pattern)).toBe(length)
})

test.each([
  'a{3}',
  '^a+$',
  '^a{2,}$',
  '^(?:a|b*)$',
  '^a|b$',
  '^(a)b|c$',
  '^(a)\\1$',
  '^(?=a).$',
  '^(?<name>a)$',
  '^a$b$',
])('%s has no bound that is known', (pattern) => {
  expect(longestMatch(pattern)).toBeUndefined()
})
