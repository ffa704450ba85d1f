import { expect, test } from 'vitest'
import { readDownloadUrl, readUploadUrl, signDownloadUrl, signQuery, signUploadUrl } from './signed-url.ts'

const signingKey = Buffer.alloc(32, 7)
const key = 'uploads/2026/11/0d3e7d4e-1111-4222-8333-444455556666'
const soon = () => new Date(Date.now() + 60_000)
const upload = () => ({ key, contentType: 'image/png', maxBytes: 1_000, sha256: 'ab', expiresAt: soon() })
const download = () => ({ key, contentType: 'image/png', fileName: 'süß & "1".png', expiresAt: soon() })

test('what was signed is what is read', () => {
  const grant = upload()
  const read = readUploadUrl(signingKey, key, signUploadUrl(signingKey, grant).url)
  expect(read).toMatchObject({ key, contentType: 'image/png', maxBytes: 1_000, sha256: 'ab' })
  expect(Math.abs(read.expiresAt.getTime() - grant.expiresAt.getTime())).toBeLessThan(1_000)
  expect(readDownloadUrl(signingKey, key, signDownloadUrl(signingKey, download()))).toMatchObject({
    contentType: 'image/png',
    fileName: 'süß & "1".png',
  })
})

test('a URL that was written differently but says the same is genuine', () => {
  const [path, query] = signUploadUrl(signingKey, upload()).url.split('?')
  const reordered = [...new URLSearchParams(query)].reverse().map(([k, v]) => `${k}=${v}`)
  expect(readUploadUrl(signingKey, key, `${path}?${reordered.join('&')}`).maxBytes).toBe(1_000)
})

test.each([
  ['more bytes', (url: string) => url.replace('max=1000', 'max=10000')],
  ['a longer life', (url: string) => url.replace(/expires=\d/, 'expires=9')],
  ['another type', (url: string) => url.replace('image%2Fpng', 'text%2Fhtml')],
  ['no checksum', (url: string) => url.replace('&sha256=ab', '')],
  ['a parameter twice', (url: string) => `${url}&max=99999`],
  ['a parameter more', (url: string) => `${url}&name=x`],
  ['no signature', (url: string) => url.replace(/&signature=[^&]+/, '')],
  ['an empty signature', (url: string) => url.replace(/signature=[^&]+/, 'signature=')],
  ['a cut signature', (url: string) => url.replace(/(signature=[^&]{20})[^&]+/, '$1')],
  ['no query', (url: string) => url.replace(/\?.*/, '')],
])('%s is refused', (_what, change) => {
  const { url } = signUploadUrl(signingKey, upload())
  expect(change(url)).not.toBe(url)
  expect(() => readUploadUrl(signingKey, key, change(url))).toThrow('was not made here')
})

test('a URL is for one key, one method, one server', () => {
  const { url } = signUploadUrl(signingKey, upload())
  expect(() => readUploadUrl(signingKey, key.replace('0d3e', '0d3f'), url)).toThrow('was not made here')
  expect(() => readDownloadUrl(signingKey, key, url)).toThrow('was not made here')
  expect(() => readUploadUrl(Buffer.alloc(32, 8), key, url)).toThrow('was not made here')
})

test('what was signed for another route is for no object, whatever its path looks like', () => {
  const expires = String(Math.ceil(soon().getTime() / 1_000))
  const grant = { expires, max: '1', type: 'image/png', name: 'x.png' }
  for (const subject of ['/v1/files/1/image', '../files/1/image', '']) {
    const put = `/v1/storage/${subject}?${signQuery(signingKey, 'PUT', subject, grant)}`
    expect(() => readUploadUrl(signingKey, subject, put)).toThrow('was not made here')
    const get = `/v1/storage/${subject}?${signQuery(signingKey, 'GET', subject, grant)}`
    expect(() => readDownloadUrl(signingKey, subject, get)).toThrow('was not made here')
  }
})

test('a URL ends when it says', () => {
  const { url } = signUploadUrl(signingKey, { ...upload(), expiresAt: new Date(Date.now() - 1_000) })
  expect(() => readUploadUrl(signingKey, key, url)).toThrow('expired')
})
