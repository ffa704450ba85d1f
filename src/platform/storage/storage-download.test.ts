import { randomBytes } from 'node:crypto'
import http from 'node:http'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorOf, type StorageApp, startStorageApp, until } from '../../../test/harness/storage-app.ts'
import {
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from '../../../test/harness/temporary-directory.ts'
import { newUploadKey } from './object-key.ts'

const content = randomBytes(200_000)

let directory: string
let app: StorageApp

beforeAll(async () => {
  directory = makeTemporaryDirectory()
  app = await startStorageApp(path.join(directory, 'files'))
})
afterAll(async () => {
  await app.close()
  removeTemporaryDirectory(directory)
})

const stored = async (contentType = 'image/png', fileName = 'a.png') => {
  const key = newUploadKey()
  await app.storage.put(key, [content], { maxBytes: content.length })
  return { key, url: await app.link(key, contentType, fileName) }
}

test('a signed GET answers with the object, safe to open', async () => {
  const { url } = await stored()
  const answer = await fetch(url)
  expect(Buffer.from(await answer.arrayBuffer()).equals(content)).toBe(true)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'image/png',
    'content-length': String(content.length),
    'content-disposition': `inline; filename="a.png"; filename*=UTF-8''a.png`,
    'accept-ranges': 'bytes',
    'x-content-type-options': 'nosniff',
    etag: expect.stringMatching(/^".+"$/),
    'last-modified': expect.stringMatching(/GMT$/),
    'cache-control': expect.stringMatching(/^private, max-age=(59|60), immutable$/),
    'content-security-policy': expect.stringContaining('sandbox'),
  })
})

test('names cannot break out of the header', async () => {
  const { url } = await stored('text/csv', 'süß "a"\r\nSet-Cookie: x=1')
  const answer = await fetch(url, { headers: { 'accept-encoding': 'gzip, br' } })
  expect(answer.headers.get('set-cookie')).toBeNull()
  expect(answer.headers.get('content-encoding')).toBeNull()
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(answer.headers.get('content-disposition')).toBe(
    `attachment; filename="s__ _a___Set-Cookie: x=1"; filename*=UTF-8''s%C3%BC%C3%9F%20%22a%22%0D%0ASet-Cookie%3A%20x%3D1`,
  )
  expect((await answer.arrayBuffer()).byteLength).toBe(content.length)
})

test('HEAD says the same without the body', async () => {
  const { url } = await stored()
  const answer = await fetch(url, { method: 'HEAD', headers: { range: 'bytes=0-9' } })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-length')).toBe(String(content.length))
  expect(app.openFiles()).toEqual([])
})

test('ranges: 206, 416, and all of it when If-Range does not hold', async () => {
  const { url } = await stored()
  const etag = (await fetch(url, { method: 'HEAD' })).headers.get('etag') ?? ''
  const part = await fetch(url, { headers: { range: 'bytes=100-199', 'if-range': etag } })
  expect(part.status).toBe(206)
  expect(part.headers.get('content-range')).toBe(`bytes 100-199/${content.length}`)
  expect(part.headers.get('content-length')).toBe('100')
  expect(Buffer.from(await part.arrayBuffer()).equals(content.subarray(100, 200))).toBe(true)
  const whole = await fetch(url, { headers: { range: 'bytes=100-199', 'if-range': '"old"' } })
  expect(whole.status).toBe(200)
  await whole.arrayBuffer()
  const outside = await fetch(url, { headers: { range: 'bytes=200000-' } })
  expect(outside.headers.get('content-range')).toBe(`bytes */${content.length}`)
  expect(await errorOf(outside)).toEqual([416, 'RANGE_NOT_SATISFIABLE'])
})

test('304 for who has it already', async () => {
  const { url } = await stored()
  const etag = (await fetch(url, { method: 'HEAD' })).headers.get('etag') ?? ''
  const answer = await fetch(url, { headers: { 'if-none-match': etag } })
  expect(answer.status).toBe(304)
  expect(answer.headers.get('etag')).toBe(etag)
  expect(await answer.text()).toBe('')
})

test('404 for what is gone, 403 for a signature of another method', async () => {
  const { key, url } = await stored()
  await app.storage.delete([key])
  expect(await errorOf(await fetch(url))).toEqual([404, 'FILE_NOT_FOUND'])
  const upload = await app.grant()
  expect(await errorOf(await fetch(upload.url))).toEqual([403, 'SIGNATURE_INVALID'])
})

test('a reader that stops reading is cut off, one that goes away frees the file', async () => {
  const key = newUploadKey()
  const chunk = randomBytes(1_000_000)
  await app.storage.put(key, Array<Buffer>(30).fill(chunk), { maxBytes: 30_000_000 })
  const url = await app.link(key, 'video/mp4', 'v.mp4')
  const stalled = http.get(url)
  const answer = await new Promise<http.IncomingMessage>((resolve) => stalled.once('response', resolve))
  answer.pause()
  expect(app.openFiles()).toHaveLength(1)
  await until(() => app.openFiles().length === 0)
  stalled.destroy()

  const gone = http.get(url)
  await new Promise((resolve) => gone.once('response', resolve))
  expect(app.openFiles()).toHaveLength(1)
  gone.destroy()
  await until(() => app.openFiles().length === 0)
})
