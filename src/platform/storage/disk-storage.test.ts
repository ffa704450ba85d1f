import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from '../../../test/harness/temporary-directory.ts'
import { openDiskStorage } from './disk-storage.ts'
import { newUploadKey, resultKey } from './object-key.ts'
import type { Storage } from './storage.ts'

const signingKey = Buffer.alloc(32, 1)
const limits = { maxBytes: 1_000_000 }
const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')
const filesBelow = (directory: string) =>
  fs
    .readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))

let root: string
let directory: string
let storage: Storage

beforeAll(() => {
  root = makeTemporaryDirectory()
})
beforeEach(async () => {
  directory = path.join(fs.mkdtempSync(path.join(root, 'd')), 'files')
  storage = await openDiskStorage({ directory, signingKey })
})
afterAll(() => removeTemporaryDirectory(root))

const readAll = async (key: string, range?: { first: number; last: number }) => {
  const stream = await storage.read(key, range)
  return stream === undefined ? undefined : (await buffer(stream)).toString()
}

test('stores, describes, reads and deletes', async () => {
  const key = newUploadKey()
  expect(await storage.put(key, [Buffer.from('hello '), Buffer.from('world')], limits)).toEqual({
    sizeBytes: 11,
    sha256: sha256('hello world'),
  })
  expect(await storage.head(key)).toMatchObject({ sizeBytes: 11 })
  expect(await readAll(key)).toBe('hello world')
  expect(await readAll(key, { first: 6, last: 8 })).toBe('wor')
  expect(fs.statSync(path.join(directory, key)).mode & 0o077).toBe(0)
  await storage.delete([key])
  await storage.delete([key])
  expect(await storage.head(key)).toBeUndefined()
  expect(await readAll(key)).toBeUndefined()
})

test('never replaces an object, even when several processes put it at once', async () => {
  const key = newUploadKey()
  const puts = ['a', 'b', 'c', 'd'].map(async (text) =>
    (await openDiskStorage({ directory, signingKey })).put(key, [Buffer.from(text)], limits),
  )
  const settled = await Promise.allSettled(puts)
  const stored = settled.flatMap((put) => (put.status === 'fulfilled' ? [put.value.sha256] : []))
  expect(stored).toHaveLength(1)
  const refusals = settled.flatMap((put) => (put.status === 'rejected' ? [put.reason] : []))
  expect(refusals).toMatchObject(Array(3).fill({ status: 409, code: 'OBJECT_EXISTS' }))
  expect(sha256((await readAll(key)) ?? '')).toBe(stored[0])
  expect(filesBelow(directory)).toHaveLength(1)
})

test('an object grows in one draft at a time', async () => {
  const key = newUploadKey()
  const begun = Promise.withResolvers<void>()
  const rest = Promise.withResolvers<Buffer>()
  async function* slow() {
    yield Buffer.from('slow ')
    begun.resolve()
    yield await rest.promise
  }
  const first = storage.put(key, slow(), limits)
  await begun.promise
  const second = storage.put(key, [Buffer.from('second')], limits)
  await expect(second).rejects.toMatchObject({ status: 409, code: 'UPLOAD_IN_PROGRESS' })
  expect(filesBelow(directory)).toHaveLength(1)
  await storage.put(newUploadKey(), [Buffer.from('another')], limits)
  rest.reject(new Error('sender gone'))
  await expect(first).rejects.toThrow('sender gone')
  await storage.put(key, [Buffer.from('again')], limits)
  expect(await readAll(key)).toBe('again')
})

async function* failing() {
  yield Buffer.from('begun')
  throw new Error('sender gone')
}

test.each([
  [
    'too large',
    (key: string) => storage.put(key, [Buffer.alloc(6), Buffer.alloc(5)], { maxBytes: 10 }),
    '10 bytes',
  ],
  ['broken off', (key: string) => storage.put(key, failing(), limits), 'sender gone'],
  [
    'wrong checksum',
    (key: string) => storage.put(key, [Buffer.from('x')], { ...limits, sha256: sha256('y') }),
    'SHA-256',
  ],
  [
    'aborted',
    (key: string) => storage.put(key, [Buffer.from('x')], { ...limits, signal: AbortSignal.abort() }),
    'aborted',
  ],
])('leaves nothing of content that is %s', async (_what, put, message) => {
  const key = newUploadKey()
  await expect(put(key)).rejects.toThrow(message)
  expect(await storage.head(key)).toBeUndefined()
  expect(filesBelow(directory)).toEqual([])
})

test('takes content up to the last byte of the limit', async () => {
  const key = newUploadKey()
  await storage.put(key, [Buffer.alloc(10)], { maxBytes: 10, sha256: sha256(Buffer.alloc(10)) })
  expect(await storage.head(key)).toMatchObject({ sizeBytes: 10 })
})

test.each([
  '../../etc/passwd',
  'uploads/2026/11/../../x',
  '/etc/passwd',
  'uploads/2026/11/a/b',
  'uploads/2026/11/',
  'uploads/2026/11/A',
  'drafts/x',
  'uploads/2026/11/a\0',
  'uploads/2026/11/a\n',
])('%j is no key', async (key) => {
  await expect(storage.head(key)).rejects.toThrow('Not the key')
  await expect(storage.read(key)).rejects.toThrow('Not the key')
  await expect(storage.delete([key])).rejects.toThrow('Not the key')
  await expect(async () => storage.put(key, [], limits)).rejects.toThrow('Not the key')
})

test('keys of results differ by claim', () => {
  const id = '0d3e7d4e-1111-7222-8333-444455556666'
  expect(resultKey({ id, attempt: 1 }, 'image')).not.toBe(resultKey({ id, attempt: 2 }, 'image'))
})

test('sweeps what an upload left, but not while it may be resumed', async () => {
  const ages = { old: 27, resumable: 25, fresh: 0 }
  for (const [name, hours] of Object.entries(ages)) {
    const file = path.join(directory, 'drafts', name)
    const writtenAt = new Date(Date.now() - hours * 60 * 60_000)
    fs.writeFileSync(file, 'x')
    fs.utimesSync(file, writtenAt, writtenAt)
  }
  await storage.put(newUploadKey(), [Buffer.from('kept')], limits)
  expect(await storage.removeLeftovers()).toBe(1)
  expect(filesBelow(directory)).toHaveLength(3)
  expect(fs.existsSync(path.join(directory, 'drafts', 'old'))).toBe(false)
})

const mayMount = process.platform === 'linux' && process.getuid?.() === 0
if (!mayMount) console.warn('SKIPPED: a full disk can be tried only as root on Linux')

describe.runIf(mayMount)('a full disk', () => {
  let mount: string
  beforeAll(() => {
    mount = fs.mkdtempSync(path.join(root, 'small-'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mount])
  })
  afterAll(() => {
    execFileSync('umount', [mount])
  })

  test('refuses with 507, keeps nothing of it, and takes the next that fits', async () => {
    const small = await openDiskStorage({ directory: path.join(mount, 'files'), signingKey })
    const chunk = Buffer.alloc(64 * 1_024)
    const refused = small.put(newUploadKey(), Array<Buffer>(32).fill(chunk), { maxBytes: 4_000_000 })
    await expect(refused).rejects.toMatchObject({ status: 507, code: 'INSUFFICIENT_STORAGE' })
    expect(filesBelow(mount)).toEqual([])
    const key = newUploadKey()
    await small.put(key, [chunk], limits)
    expect(await small.head(key)).toMatchObject({ sizeBytes: chunk.byteLength })
  })
})
