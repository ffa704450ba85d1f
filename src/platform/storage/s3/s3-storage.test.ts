import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeBucket, type S3Server, type TestBucket } from '../../../../test/harness/s3-account.ts'
import { startS3rver } from '../../../../test/harness/s3rver-server.ts'
import { soon } from '../../../../test/harness/storage-app.ts'
import { provideSwift, startSwift } from '../../../../test/harness/swift-s3-server.ts'
import { TcpProxy } from '../../../../test/harness/tcp-proxy.ts'
import {
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from '../../../../test/harness/temporary-directory.ts'
import { newUploadKey } from '../object-key.ts'
import type { Storage } from '../storage.ts'
import { guardedBody } from './guarded-body.ts'
import { openS3Client } from './s3-client.ts'
import { openS3Storage, type S3StorageOptions } from './s3-storage.ts'

const mebibyte = 1_024 ** 2
const limits = { maxBytes: 1_024 * mebibyte }
const away = { status: 503, code: 'DEPENDENCY_UNAVAILABLE' }
const log = pino({ level: 'silent' })

describe.skipIf(!(await provideSwift()))('S3 as Swift speaks it', () => {
  let directory: string
  let server: S3Server
  let bucket: TestBucket
  let proxy: TcpProxy
  const opened: Storage[] = []

  const open = async (over: Partial<S3StorageOptions> = {}) => {
    const storage = await openS3Storage({
      ...{ ...bucket.options, endpoint: proxy.url, publicEndpoint: server.endpoint },
      ...{ directory, signingKey: randomBytes(32), log, ...over },
    })
    opened.push(storage)
    return storage
  }

  beforeAll(async () => {
    directory = makeTemporaryDirectory()
    server = await startSwift()
    bucket = await makeBucket(server)
    proxy = await TcpProxy.start(server.endpoint)
  })
  afterAll(async () => {
    for (const storage of opened) storage.close()
    bucket.close()
    await proxy.close()
    await server.stop()
    removeTemporaryDirectory(directory)
  })

  test.each([
    [{ bucket: 'nobodys-bucket' }, /^S3_BUCKET: there is no bucket nobodys-bucket at http.*Make it first\.$/],
    [{ secretAccessKey: 'hunter2' }, /^S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY: http\S+ does not take these/],
    [{ accessKeyId: 'who:ever' }, /^S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY: /],
    [{ region: 'eu-north-1' }, /^S3_REGION: the bucket backlot-test-\S+ is not in eu-north-1\.$/],
  ])('it does not start with %o', async (wrong, message) => {
    const error: unknown = await open(wrong).catch((fault: unknown) => fault)
    expect(error).toMatchObject({ name: 'StartFault', message: expect.stringMatching(message) })
    expect(String(error)).not.toMatch(/hunter2|\n/)
  })

  test('it does not start with something else than S3', async () => {
    const website = http.createServer((_request, response) => response.writeHead(404).end('<h1>No</h1>'))
    await once(website.listen(0, '127.0.0.1'), 'listening')
    const address = website.address()
    const port = typeof address === 'object' ? address?.port : 0
    await expect(open({ endpoint: `http://127.0.0.1:${port}` })).rejects.toMatchObject({
      name: 'StartFault',
      message: expect.stringMatching(/^S3_ENDPOINT: .* does not answer as S3 does/),
    })
    website.close()
  })

  test('a signed URL takes what was agreed on, and nothing else', async () => {
    const storage = await open()
    const grant = { key: newUploadKey(), contentType: 'image/png', maxBytes: 5, expiresAt: soon() }
    const { url, headers } = await storage.signUpload(grant)
    expect(headers).toEqual({ 'content-type': 'image/png' })
    const send = async (to: string, type: string, body: string) => {
      const answer = await fetch(to, { method: 'PUT', headers: { 'content-type': type }, body })
      return [answer.status, /<Code>(\w+)/.exec(await answer.text())?.[1]]
    }
    const refused = [403, 'SignatureDoesNotMatch']
    expect(await send(url, 'text/html', 'bytes')).toEqual(refused)
    expect(await send(url, 'image/png', 'bytes!')).toEqual(refused)
    expect(await send(url, 'image/png', 'byte')).toEqual(refused)
    expect(await send(url.replace(grant.key, newUploadKey()), 'image/png', 'bytes')).toEqual(refused)
    expect(await send(url.replace(/Expires=\d+/, 'Expires=9999'), 'image/png', 'bytes')).toEqual(refused)
    const expired = await storage.signUpload({ ...grant, expiresAt: new Date(Date.now() - 310_000) })
    expect((await send(expired.url, 'image/png', 'bytes'))[0]).toBe(403)
    expect(await storage.head(grant.key)).toBeUndefined()
    expect(await send(url, 'image/png', 'bytes')).toEqual([200, undefined])
    const download = { ...grant, fileName: 'a.png' }
    const link = await storage.signDownload(download)
    expect((await fetch(link.replace('image%2Fpng', 'text%2Fhtml'))).status).toBe(403)
    expect((await fetch(link)).headers.get('content-type')).toBe('image/png')
    expect((await fetch(link, { method: 'DELETE' })).status).toBe(403)
  })

  test('URLs that clients get are of the public endpoint, and kept ones of this server', async () => {
    const storage = await open({ publicEndpoint: 'https://files.example.com' })
    const grant = { key: newUploadKey(), contentType: 'image/png', maxBytes: 5, expiresAt: soon() }
    const { url } = await storage.signUpload(grant)
    expect(url).toMatch(/^https:\/\/files\.example\.com\/backlot-test-/)
    const link = { ...grant, fileName: 'a.png' }
    expect(await storage.signDownload(link)).toMatch(/^https:\/\/files\.example\.com\/backlot-test-/)
    const inAWeek = new Date(Date.now() + 30 * 24 * 60 * 60_000)
    expect(await storage.signDownload({ ...link, expiresAt: inAWeek })).toMatch(/^\/v1\/storage\/uploads\//)
  })

  test('an object of any size leaves through little memory', async () => {
    const storage = await open({ endpoint: server.endpoint })
    const [key, size] = [newUploadKey(), 96 * mebibyte]
    const chunk = randomBytes(mebibyte)
    const before = process.memoryUsage().arrayBuffers
    let most = 0
    const content = async function* () {
      for (let sent = 0; sent < size; sent += chunk.length) {
        most = Math.max(most, process.memoryUsage().arrayBuffers - before)
        yield chunk
      }
    }
    const { sha256 } = await storage.put(key, content(), limits)
    const hash = createHash('sha256')
    for await (const bytes of (await storage.read(key)) ?? []) hash.update(bytes)
    expect(hash.digest('hex')).toBe(sha256)
    expect(most / mebibyte).toBeLessThan(40)
    expect(most / mebibyte).toBeGreaterThan(8)
    await storage.delete([key])
  })

  test('an upload that fails takes its parts back, and one that died is swept', async () => {
    const storage = await open({ leftoversAfterMs: -5_000 })
    const content = async function* (then: () => Promise<void>) {
      yield Buffer.alloc(20 * mebibyte)
      expect(await bucket.uploadsInParts()).toHaveLength(1)
      await then()
      yield Buffer.alloc(mebibyte)
    }
    const fail = () => Promise.reject(new Error('the source broke'))
    await expect(storage.put(newUploadKey(), content(fail), limits)).rejects.toThrow('the source broke')
    expect(await bucket.uploadsInParts()).toEqual([])

    await expect(
      storage.put(
        newUploadKey(),
        content(() => proxy.cut()),
        limits,
      ),
    ).rejects.toMatchObject(away)
    await proxy.restore()
    expect(await bucket.uploadsInParts()).toHaveLength(1)
    const client = openS3Client(bucket.options)
    const ofOthers = { Bucket: bucket.options.bucket, Key: 'of/somebody/else' }
    await client.send(new CreateMultipartUploadCommand(ofOthers))
    client.destroy()
    const young = await open()
    expect(await young.removeLeftovers()).toBe(0)
    expect(await storage.removeLeftovers()).toBe(1)
    expect(await bucket.uploadsInParts()).toEqual([ofOthers.Key])
  })

  test('while S3 is away everything says so at once, and then works again', async () => {
    const storage = await open()
    const key = newUploadKey()
    await storage.put(key, [Buffer.alloc(4 * mebibyte)], limits)
    await proxy.cut()
    for (let call = 0; call < 5; call += 1) await expect(storage.head(key)).rejects.toMatchObject(away)
    const startedAt = performance.now()
    const calls = [
      () => storage.head(key),
      () => storage.read(key),
      () => storage.put(newUploadKey(), [Buffer.from('x')], limits),
      () => storage.take({ key }, newUploadKey()),
      () => storage.delete([key]),
      () => storage.openLocally(key),
    ]
    for (const call of calls) await expect(call()).rejects.toMatchObject(away)
    expect(performance.now() - startedAt).toBeLessThan(100)
    await expect(storage.check()).rejects.toThrow()
    const starting = await open()
    await expect(starting.head(key)).rejects.toMatchObject(away)
    // Signing asks nobody.
    await storage.signDownload({ key, contentType: 'text/plain', fileName: 'a', expiresAt: soon() })

    await proxy.restore()
    const works = () => storage.head(key).catch(() => undefined)
    await expect.poll(works, { timeout: 5_000 }).toMatchObject({ sizeBytes: 4 * mebibyte })
    await expect.poll(() => starting.head(key).catch(() => undefined)).toBeDefined()
    await storage.check()
  })

  test('a reader is told when S3 breaks off', async () => {
    const storage = await open()
    const key = newUploadKey()
    await storage.put(key, [randomBytes(32 * mebibyte)], limits)
    const stream = await storage.read(key)
    if (stream === undefined) throw new Error('Nothing to read')
    await once(stream, 'readable')
    await proxy.cut()
    await expect(buffer(stream)).rejects.toMatchObject(away)
    await proxy.restore()
    await storage.delete([key])
  })

  test('silence is not waited for without end', async () => {
    const storage = await open()
    proxy.silence()
    const startedAt = performance.now()
    await expect(storage.check()).rejects.toThrow('No answer of S3 in 2000 ms')
    expect(performance.now() - startedAt).toBeLessThan(3_000)
    await proxy.restore()
  })
})

test('more objects than one request takes are deleted', async () => {
  const server = await startS3rver()
  const bucket = await makeBucket(server)
  const directory = makeTemporaryDirectory()
  const storage = await openS3Storage({ ...bucket.options, directory, signingKey: randomBytes(32), log })
  const [first, last] = [newUploadKey(), newUploadKey()]
  for (const key of [first, last]) await storage.put(key, [Buffer.from('x')], limits)
  expect(await bucket.keys()).toHaveLength(2)
  await storage.delete([first, ...Array.from({ length: 500 }, newUploadKey), last])
  expect(await bucket.keys()).toEqual([])
  storage.close()
  bucket.close()
  await server.stop()
  removeTemporaryDirectory(directory)
})

test('a body that falls silent is given up, but not one that nobody reads', async () => {
  const body = new PassThrough()
  body.write('begin')
  const guarded = guardedBody(body, 50)
  const chunks = guarded[Symbol.asyncIterator]()
  expect(String((await chunks.next()).value)).toBe('begin')
  body.write('later')
  expect(String((await chunks.next()).value)).toBe('later')
  await expect(chunks.next()).rejects.toMatchObject(away)
  expect(body.destroyed).toBe(true)
})
