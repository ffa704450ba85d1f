import { expect, test } from 'vitest'
import { cleanFileName } from './file-name.ts'

test.each([
  ['photo.JPG', 'image/jpeg', 'photo.JPG'],
  ['photo.jpeg', 'image/jpeg', 'photo.jpeg'],
  ['photo', 'image/png', 'photo.png'],
  ['evil.html', 'image/png', 'evil.html.png'],
  ['../../etc/passwd', 'text/plain', 'passwd.txt'],
  ['C:\\Users\\me\\a.csv', 'text/csv', 'a.csv'],
  ['..', 'text/plain', 'file.txt'],
  ['.htaccess', 'text/plain', 'htaccess.txt'],
  ['\r\n\0\u202egpj.exe', 'image/jpeg', 'gpj.exe.jpg'],
  ['  a \t b  .txt', 'text/plain', 'a b .txt'],
  ['Müller 日本語 🎬.mp4', 'video/mp4', 'Müller 日本語 🎬.mp4'],
  ['u\u0308.txt', 'text/plain', 'ü.txt'],
  ['x'.repeat(300), 'image/png', `${'x'.repeat(196)}.png`],
  [`${'🎬'.repeat(300)}.png`, 'image/png', `${'🎬'.repeat(196)}.png`],
  ['a\ud800b.txt', 'text/plain', 'a\ufffdb.txt'],
])('%j of %s is called %j', (name, type, expected) => {
  expect(cleanFileName(name, type)).toBe(expected)
})

test('long rows of dots cost no time', () => {
  const startedAt = performance.now()
  expect(cleanFileName(`a${'.'.repeat(50_000)}x`, 'image/png')).toHaveLength(200)
  expect(performance.now() - startedAt).toBeLessThan(300)
})
