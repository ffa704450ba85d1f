import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import path from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from '../../../test/harness/temporary-directory.ts'
import { type App, createHttpServer } from '../http/http-server.ts'
import { registerPipeline } from '../http/pipeline.ts'
import { openDiskStorage } from './disk-storage.ts'
import { newUploadKey } from './object-key.ts'
import { storageRoutes } from './storage.routes.ts'
import type { Storage } from './storage.ts'

const signingKey = randomBytes(32)
const content = randomBytes(200_000)
const paces = { upload: { windowMs: 300, minBytes: 1_000 }, download: { windowMs: 300, minBytes: 1_000 } }

let directory: string
let storage: Storage
let app: App
let origin: string

beforeAll(async () => {
  directory = makeTemporaryDirectory()
  storage = await openDiskStorage({ directory: path.join(directory, 'files'), signingKey })
  app = createHttpServer({ log: pino({ level: 'silent' }), trustProxy: false, development: false })
  await registerPipeline(app, { corsOrigins: [], requestsPerAddressPerMinute: 100_000 })
  await app.register(storageRoutes({ storage, signingKey }, paces), { prefix: '/v1' })
  origin = await app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(async () => {
  await app.close()
  removeTemporaryDirectory(directory)
})

const soon = () => new Date(Date.now() + 60_000)
const grant = async (
  over: { maxBytes?: number; contentType?: string; sha256?: string; expiresAt?: Date } = {},
) => {
  const key = newUploadKey()
  const { url } = await storage.signUpload({
    key,
    contentType: 'image/png',
    maxBytes: 500_000,
    expiresAt: soon(),
    ...over,
  })
  return { key, url: origin + url }
}
const put = (
  url: string,
  body: Uint8Array<ArrayBuffer> | ReadableStream,
  headers: Record<string, string> = {},
) =>
  fetch(url, {
    method: 'PUT',
    body,
    headers: { 'content-type': 'image/png', ...headers },
    ...{ duplex: 'half' },
  })
const stored = async (contentType = 'image/png', fileName = 'a.png') => {
  const key = newUploadKey()
  await storage.put(key, [content], { maxBytes: content.length })
  return {
    key,
    url: origin + (await storage.signDownload({ key, contentType, fileName, expiresAt: soon() })),
  }
}
const codeOf = async (answer: Response) => {
  const body = (await answer.json()) as { error: { code: string } }
  return [answer.status, body.error.code]
}
const drafts = () => fs.readdirSync(path.join(directory, 'files', 'drafts'))
const openFiles = () =>
  fs.readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${fd}`).startsWith(directory)
    } catch {
      return false
    }
  })
const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

test('a signed PUT stores the body, once', async () => {
  const { key, url } = await grant()
  const answer = await put(url, content)
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({
    success: true,
    data: { sizeBytes: content.length, sha256: createHash('sha256').update(content).digest('hex') },
  })
  expect(await codeOf(await put(url, content))).toEqual([409, 'OBJECT_EXISTS'])
  expect(await storage.head(key)).toMatchObject({ sizeBytes: content.length })
})

test('takes a body of unknown length', async () => {
  const { key, url } = await grant()
  const answer = await put(url, new Blob([content]).stream())
  expect(answer.status).toBe(200)
  expect(await storage.head(key)).toMatchObject({ sizeBytes: content.length })
})

test('the path without a version leads to the same', async () => {
  const { url } = await grant()
  expect((await put(url.replace('/v1/', '/'), content)).status).toBe(200)
})

test('JSON and compressed bodies are bytes like any other', async () => {
  const { key, url } = await grant({ contentType: 'application/json' })
  const answer = await put(url, Buffer.from('{"a":1}'), {
    'content-type': 'application/json',
    'content-encoding': 'gzip',
  })
  expect(answer.status).toBe(200)
  expect(await storage.head(key)).toMatchObject({ sizeBytes: 7 })
})

test.each([
  ['a changed limit', (url: string) => url.replace('max=500000', 'max=600000'), 'SIGNATURE_INVALID'],
  [
    'another key',
    (url: string) => url.replace(/[0-9a-f]\?/, (end) => (end === '0?' ? '1?' : '0?')),
    'SIGNATURE_INVALID',
  ],
  [
    'traversal',
    (url: string) => url.replace(/uploads\/.*\?/, '..%2f..%2fetc%2fpasswd?'),
    'SIGNATURE_INVALID',
  ],
  ['no signature', (url: string) => url.replace(/\?.*/, ''), 'SIGNATURE_INVALID'],
])('refuses %s', async (_what, change, code) => {
  const { url } = await grant()
  expect(await codeOf(await put(change(url), content))).toEqual([403, code])
})

test('refuses what has expired', async () => {
  const { url } = await grant({ expiresAt: new Date(Date.now() - 1_000) })
  expect(await codeOf(await put(url, content))).toEqual([403, 'URL_EXPIRED'])
})

test('refuses another content type', async () => {
  const { url } = await grant()
  expect(await codeOf(await put(url, content, { 'content-type': 'text/html' }))).toEqual([
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ])
})

test('refuses a wrong checksum', async () => {
  const { key, url } = await grant({ sha256: '0'.repeat(64) })
  expect(await codeOf(await put(url, content))).toEqual([422, 'CHECKSUM_MISMATCH'])
  expect(await storage.head(key)).toBeUndefined()
  expect(drafts()).toEqual([])
})

test('too much is refused by its length, or as soon as it is too much, and the client reads why', async () => {
  const declared = await grant({ maxBytes: 1_000 })
  expect(await codeOf(await put(declared.url, content))).toEqual([413, 'PAYLOAD_TOO_LARGE'])
  const chunked = await grant({ maxBytes: 1_000 })
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(Buffer.alloc(10_000)),
  })
  expect(await codeOf(await put(chunked.url, endless))).toEqual([413, 'PAYLOAD_TOO_LARGE'])
  expect(await storage.head(chunked.key)).toBeUndefined()
  expect(drafts()).toEqual([])
})

const rawPut = async (url: string) => {
  const { host, hostname, port, pathname, search } = new URL(url)
  const socket = net.connect(Number(port), hostname)
  socket.write(
    `PUT ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: image/png\r\nContent-Length: 1000\r\n\r\nbegun`,
  )
  return socket
}

test('a client that goes away leaves nothing', async () => {
  const { key, url } = await grant()
  const socket = await rawPut(url)
  await until(() => drafts().length === 1)
  socket.destroy()
  await until(() => drafts().length === 0)
  expect(await storage.head(key)).toBeUndefined()
  expect(openFiles()).toEqual([])
})

test('a client that stalls is told so, and leaves nothing', async () => {
  const { url } = await grant()
  const socket = await rawPut(url)
  const answer = await new Promise<string>((resolve) =>
    socket.once('data', (data) => resolve(data.toString())),
  )
  expect(answer).toMatch(/^HTTP\/1.1 408 /)
  expect(answer).toContain('UPLOAD_TOO_SLOW')
  expect(drafts()).toEqual([])
  socket.destroy()
})

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
  expect(openFiles()).toEqual([])
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
  expect(await codeOf(outside)).toEqual([416, 'RANGE_NOT_SATISFIABLE'])
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
  await storage.delete(key)
  expect(await codeOf(await fetch(url))).toEqual([404, 'FILE_NOT_FOUND'])
  const upload = await grant()
  expect(await codeOf(await fetch(upload.url))).toEqual([403, 'SIGNATURE_INVALID'])
})

test('a reader that stops reading is cut off, one that goes away frees the file', async () => {
  const key = newUploadKey()
  const chunk = randomBytes(1_000_000)
  await storage.put(key, Array<Buffer>(30).fill(chunk), { maxBytes: 30_000_000 })
  const url =
    origin +
    (await storage.signDownload({ key, contentType: 'video/mp4', fileName: 'v.mp4', expiresAt: soon() }))
  const stalled = http.get(url)
  const answer = await new Promise<http.IncomingMessage>((resolve) => stalled.once('response', resolve))
  answer.pause()
  expect(openFiles()).toHaveLength(1)
  await until(() => openFiles().length === 0)
  stalled.destroy()

  const gone = http.get(url)
  await new Promise((resolve) => gone.once('response', resolve))
  expect(openFiles()).toHaveLength(1)
  gone.destroy()
  await until(() => openFiles().length === 0)
})
