import { expect, test } from 'vitest'
import { contentDisposition } from './content-disposition.ts'

test.each([
  ['image/png', 'a.png', `inline; filename="a.png"; filename*=UTF-8''a.png`],
  ['image/svg+xml', 'a.svg', `attachment; filename="a.svg"; filename*=UTF-8''a.svg`],
  ['text/html', 'a.html', `attachment; filename="a.html"; filename*=UTF-8''a.html`],
  ['application/pdf', 'ü.pdf', `attachment; filename="_.pdf"; filename*=UTF-8''%C3%BC.pdf`],
  [
    'text/csv',
    `a"b\\'(1)*.csv`,
    `attachment; filename="a_b_'(1)*.csv"; filename*=UTF-8''a%22b%5C%27%281%29%2A.csv`,
  ],
  [
    'text/csv',
    'a\r\nSet-Cookie: x=1',
    `attachment; filename="a__Set-Cookie: x=1"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x%3D1`,
  ],
  ['text/csv', '100%25', `attachment; filename="100_25"; filename*=UTF-8''100%2525`],
])('%s named %j', (type, name, expected) => {
  expect(contentDisposition(type, name)).toBe(expected)
})

test('half of a surrogate pair is no reason to fail', () => {
  expect(contentDisposition('text/csv', 'a\ud800.csv')).toContain("UTF-8''a%EF%BF%BD.csv")
})
