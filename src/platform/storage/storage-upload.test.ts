import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorOf, type StorageApp, startStorageApp, until } from '../../../test/harness/storage-app.ts'
import {
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from '../../../test/harness/temporary-directory.ts'

const content = randomBytes(200_000)
const mayMount = process.platform === 'linux' && process.getuid?.() === 0
if (!mayMount) console.warn('SKIPPED: a full disk can be tried only as root on Linux')

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

test('a signed PUT stores the body, once', async () => {
  const { key, url } = await app.grant()
  const answer = await put(url, content)
  expect(answer.status).toBe(200)
  expect(await answer.json()).toEqual({
    success: true,
    data: { sizeBytes: content.length, sha256: createHash('sha256').update(content).digest('hex') },
  })
  expect(await errorOf(await put(url, content))).toEqual([409, 'OBJECT_EXISTS'])
  expect(await app.storage.head(key)).toMatchObject({ sizeBytes: content.length })
})

test('takes a body of unknown length', async () => {
  const { key, url } = await app.grant()
  const answer = await put(url, new Blob([content]).stream())
  expect(answer.status).toBe(200)
  expect(await app.storage.head(key)).toMatchObject({ sizeBytes: content.length })
})

test('the path without a version leads to the same', async () => {
  const { url } = await app.grant()
  expect((await put(url.replace('/v1/', '/'), content)).status).toBe(200)
})

test('JSON and compressed bodies are bytes like any other', async () => {
  const { key, url } = await app.grant({ contentType: 'application/json' })
  const answer = await put(url, Buffer.from('{"a":1}'), {
    'content-type': 'application/json',
    'content-encoding': 'gzip',
  })
  expect(answer.status).toBe(200)
  expect(await app.storage.head(key)).toMatchObject({ sizeBytes: 7 })
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
  const { url } = await app.grant()
  expect(await errorOf(await put(change(url), content))).toEqual([403, code])
})

test('refuses what has expired', async () => {
  const { url } = await app.grant({ expiresAt: new Date(Date.now() - 1_000) })
  expect(await errorOf(await put(url, content))).toEqual([403, 'URL_EXPIRED'])
})

test('refuses another content type', async () => {
  const { url } = await app.grant()
  expect(await errorOf(await put(url, content, { 'content-type': 'text/html' }))).toEqual([
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ])
})

test('refuses a wrong checksum', async () => {
  const { key, url } = await app.grant({ sha256: '0'.repeat(64) })
  expect(await errorOf(await put(url, content))).toEqual([422, 'CHECKSUM_MISMATCH'])
  expect(await app.storage.head(key)).toBeUndefined()
  expect(app.drafts()).toEqual([])
})

test('too much is refused by its length, or as soon as it is too much, and the client reads why', async () => {
  const declared = await app.grant({ maxBytes: 1_000 })
  expect(await errorOf(await put(declared.url, content))).toEqual([413, 'PAYLOAD_TOO_LARGE'])
  const chunked = await app.grant({ maxBytes: 1_000 })
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(Buffer.alloc(10_000)),
  })
  expect(await errorOf(await put(chunked.url, endless))).toEqual([413, 'PAYLOAD_TOO_LARGE'])
  expect(await app.storage.head(chunked.key)).toBeUndefined()
  expect(app.drafts()).toEqual([])
})

test.runIf(mayMount)('a full disk is a 507, and the next that fits is taken', async () => {
  const mount = path.join(directory, 'small')
  fs.mkdirSync(mount)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mount])
  const small = await startStorageApp(path.join(mount, 'files'))
  try {
    const refused = await small.grant({ maxBytes: 5_000_000 })
    expect(await errorOf(await put(refused.url, randomBytes(3_000_000)))).toEqual([
      507,
      'INSUFFICIENT_STORAGE',
    ])
    expect(small.drafts()).toEqual([])
    expect((await put((await small.grant()).url, content)).status).toBe(200)
  } finally {
    await small.close()
    execFileSync('umount', [mount])
  }
})

const rawPut = async (url: string) => {
  const { host, hostname, port, pathname, search } = new URL(url)
  const socket = net.connect(Number(port), hostname)
  socket.write(
    `PUT ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: image/png\r\nContent-Length: 1000\r\n\r\nbegun`,
  )
  return socket
}

test('a URL fills one draft, however many use it at once', async () => {
  const { url } = await app.grant()
  const socket = await rawPut(url)
  await until(() => app.drafts().length === 1)
  const second = await put(url, content)
  expect(second.headers.get('retry-after')).toBe('30')
  expect(await errorOf(second)).toEqual([409, 'UPLOAD_IN_PROGRESS'])
  socket.destroy()
  await until(() => app.drafts().length === 0)
  expect((await put(url, content)).status).toBe(200)
})

test('a client that goes away leaves nothing', async () => {
  const { key, url } = await app.grant()
  const socket = await rawPut(url)
  await until(() => app.drafts().length === 1)
  socket.destroy()
  await until(() => app.drafts().length === 0)
  expect(await app.storage.head(key)).toBeUndefined()
  expect(app.openFiles()).toEqual([])
})

test('a client that stalls is told so, and leaves nothing', async () => {
  const { url } = await app.grant()
  const socket = await rawPut(url)
  const answer = await new Promise<string>((resolve) =>
    socket.once('data', (data) => resolve(data.toString())),
  )
  expect(answer).toMatch(/^HTTP\/1.1 408 /)
  expect(answer).toContain('UPLOAD_TOO_SLOW')
  expect(app.drafts()).toEqual([])
  socket.destroy()
})
