import { createHash, randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { AbortMultipartUploadCommand } from '@aws-sdk/client-s3'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startMoodyS3 } from '../../../../test/harness/moody-s3.ts'
import { makeBucket, type S3Server, type TestBucket } from '../../../../test/harness/s3-account.ts'
import { provideSwift, startSwift } from '../../../../test/harness/swift-s3-server.ts'
import {
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from '../../../../test/harness/temporary-directory.ts'
import { newUploadKey } from '../object-key.ts'
import type { Draft, DraftWriter, Storage } from '../storage.ts'
import { openS3Storage, type S3StorageOptions } from './s3-storage.ts'

const mebibyte = 1_024 ** 2
const away = { status: 503, code: 'DEPENDENCY_UNAVAILABLE' }
const lost = { status: 409, code: 'UPLOAD_LOST' }
const part = /partNumber=/
const completion = /uploadId=[^&]*$/
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')

describe.skipIf(!(await provideSwift()))('drafts while S3, or another writer, misbehaves', () => {
  let directory: string
  let server: S3Server
  let bucket: TestBucket
  let moody: Awaited<ReturnType<typeof startMoodyS3>>
  let storage: Storage

  const open = (over: Partial<S3StorageOptions> = {}) =>
    openS3Storage({
      ...{ ...bucket.options, endpoint: moody.url, directory, signingKey: randomBytes(32) },
      ...{ log: pino({ level: 'silent' }), ...over },
    })

  beforeAll(async () => {
    directory = makeTemporaryDirectory()
    server = await startSwift()
    bucket = await makeBucket(server)
    moody = await startMoodyS3(server.endpoint)
    storage = await open()
  })
  afterAll(async () => {
    storage.close()
    bucket.close()
    await moody.close()
    await server.stop()
    removeTemporaryDirectory(directory)
  })

  const newDraft = (totalBytes: number): Draft => ({
    ...{ key: newUploadKey(), totalBytes, receivedBytes: 0, parts: null },
  })
  const commit = async (writer: DraftWriter, draft: Draft): Promise<Draft> => {
    let noted = draft
    await writer.commit(async (progress) => {
      noted = { ...draft, ...progress }
    })
    return noted
  }
  const append = async (draft: Draft, bytes: Uint8Array): Promise<Draft> => {
    await using writer = await storage.drafts.open(draft)
    await writer.write(bytes)
    return await commit(writer, draft)
  }
  const expectObject = async (key: string, content: Uint8Array) => {
    const stream = await storage.read(key)
    expect(stream && sha256(await buffer(stream))).toBe(sha256(content))
  }

  test.each([
    ['fails', 'PUT', part],
    ['fails', 'PUT', /\/tails\//],
    ['breaks', 'PUT', part],
  ] as const)('one that %s at each %s of %s tells so, and goes on later', async (mood, method, pattern) => {
    const content = randomBytes(6 * mebibyte)
    const noted = await append(newDraft(content.length), content.subarray(0, 300_001))
    // As often as the client tries.
    moody.upset([mood, mood, mood], method, pattern)
    const failing = async () => append({ ...noted, totalBytes: 9 * mebibyte }, content.subarray(300_001))
    await expect(failing()).rejects.toMatchObject(away)
    moody.upset([mood], method, pattern)
    const whole = await append(noted, content.subarray(300_001))
    await storage.drafts.finish(whole)
    await expectObject(whole.key, content)
  })

  test('an end whose answer is lost is an end, and so is one that two bring about', async () => {
    const content = randomBytes(100_000)
    const whole = await append(newDraft(content.length), content)
    moody.upset(['loses its answer', 'forgets'], 'POST', completion)
    await storage.drafts.finish(whole)
    await expectObject(whole.key, content)

    const other = await append(newDraft(content.length), content)
    await Promise.all([storage.drafts.finish(other), storage.drafts.finish(other)])
    await expectObject(other.key, content)
    expect(await bucket.unfinished()).toEqual([])
  })

  test('a writer that comes too late mixes nothing into what another one wrote', async () => {
    const content = randomBytes(6 * mebibyte)
    const begun = await append(newDraft(content.length), content.subarray(0, 1_000))
    await using late = await storage.drafts.open(begun)
    const halfway = await append(begun, content.subarray(1_000, 2_000_000))
    await late.write(Buffer.alloc(70_000))
    const refuses = () => Promise.reject(new Error('locked'))
    await expect(late.commit(refuses)).rejects.toThrow('locked')
    const whole = await append(halfway, content.subarray(2_000_000))
    await storage.drafts.finish(whole)
    await expectObject(whole.key, content)
  })

  test('an upload of which a writer that came too late replaced a part becomes no object', async () => {
    const content = randomBytes(6 * mebibyte)
    const begun = await append(newDraft(content.length), content.subarray(0, 1_000))
    await using late = await storage.drafts.open(begun)
    const whole = await append(begun, content.subarray(1_000))
    await late.write(Buffer.alloc(5 * mebibyte))
    await expect(storage.drafts.finish(whole)).rejects.toMatchObject(lost)
    expect(await storage.head(whole.key)).toBeUndefined()
    await storage.drafts.delete(whole)
  })

  test('an upload that a rule of the bucket ended is lost, and it is told', async () => {
    const half = await append(newDraft(6 * mebibyte), randomBytes(mebibyte))
    const whole = await append(newDraft(1_000), randomBytes(1_000))
    for (const { key, parts } of [half, whole]) {
      const upload = { Bucket: bucket.options.bucket, Key: key, UploadId: parts?.uploadId }
      await bucket.client.send(new AbortMultipartUploadCommand(upload))
    }
    await expect(append(half, randomBytes(5 * mebibyte))).rejects.toMatchObject(lost)
    await expect(storage.drafts.finish(whole)).rejects.toMatchObject(lost)
    await storage.drafts.delete(half)
    await storage.drafts.delete(whole)
  })

  test('many that are sent slowly hold no memory, and no files that stay', async () => {
    const chunk = randomBytes(mebibyte)
    const unfinished = await bucket.unfinished()
    const before = process.memoryUsage().arrayBuffers
    await using writers = new AsyncDisposableStack()
    for (let open = 0; open < 16; open += 1) {
      const writer = writers.use(await storage.drafts.open(newDraft(20 * mebibyte)))
      for (let written = 0; written < 4; written += 1) await writer.write(chunk)
    }
    expect((process.memoryUsage().arrayBuffers - before) / mebibyte).toBeLessThan(16)
    expect(readdirSync(directory)).toEqual([])
    // Nothing was kept, so nothing has begun.
    expect(await bucket.unfinished()).toEqual(unfinished)
  })

  test('what is larger than its parts may be is refused at once', async () => {
    await expect(storage.drafts.open(newDraft(50_000 * mebibyte + 1))).rejects.toMatchObject({ status: 413 })
  })

  test('what nobody came back for is removed, but not while somebody may', async () => {
    await append(newDraft(6 * mebibyte), randomBytes(2_000))
    expect((await bucket.unfinished()).length).toBeGreaterThan(1)
    expect(await storage.removeLeftovers()).toBe(0)
    const later = await open({ leftoversAfterMs: -5_000 })
    expect(await later.removeLeftovers()).toBeGreaterThan(1)
    later.close()
    expect(await bucket.unfinished()).toEqual([])
  })
})
