import { randomUUID } from 'node:crypto'
import { PassThrough, Readable } from 'node:stream'
import { eq } from 'drizzle-orm'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type FilesApp,
  type FilesClient,
  startFilesApp,
  testQuotaBytes,
} from '../../../test/harness/files-app.ts'
import type { Actor } from '../auth/permissions.ts'
import { removeDueObjects } from './clean-up.ts'
import {
  checkStagedFile,
  deleteFile,
  discardStagedFile,
  type FilesDeps,
  findFiles,
  readFileBytes,
  receiveFile,
  registerFile,
  signedFileUrl,
} from './files.service.ts'
import { files, objectRemovals } from './files.table.ts'
import { registerResult, storeResult } from './job-results.ts'

let app: FilesApp
let deps: FilesDeps
let user: FilesClient
let actor: Actor
let png: Buffer
const never = new AbortController().signal

beforeAll(async () => {
  app = await startFilesApp({ worker: true })
  deps = { db: app.db, storage: app.storage, quotaBytes: testQuotaBytes }
  user = await app.signIn()
  actor = { userId: user.userId, role: 'user', sessionId: user.userId }
  png = await sharp({ create: { width: 700, height: 10, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
})
afterAll(() => app.close())

const receive = (body: Buffer) =>
  receiveFile(deps, actor, Readable.from([body], { objectMode: false }), { kind: 'image', name: 'part.png' })

test('a received body becomes a file in the transaction of whoever needs it', async () => {
  const staged = await receive(png)
  const file = await app.db.transaction((tx) => registerFile(tx, staged, testQuotaBytes))
  expect(file).toMatchObject({
    ownerId: user.userId,
    kind: 'image',
    contentType: 'image/png',
    status: 'pending',
  })
  expect((await readFileBytes(deps, file.id, png.length)).equals(png)).toBe(true)
  expect((await user.processed(file.id)).status).toBe('ready')
  expect((await sharp(await readFileBytes(deps, file.id, 1_000_000)).metadata()).width).toBe(700)
  await expect(readFileBytes(deps, file.id, 10)).rejects.toMatchObject({ status: 413 })
})

test.each([
  ['of a wrong type', () => receive(Buffer.from('<svg/>')), 'TYPE_MISMATCH'],
  ['that is empty', () => receive(Buffer.alloc(0)), 'TYPE_MISMATCH'],
  ['above the limit of its kind', () => receive(Buffer.alloc(26 * 1_024 ** 2)), 'PAYLOAD_TOO_LARGE'],
])('a body %s leaves nothing', async (_what, receiving, code) => {
  const before = app.storedFiles()
  const listed = () => app.db.$count(objectRemovals, eq(objectRemovals.ownerId, user.userId))
  const listedBefore = await listed()
  await expect(receiving()).rejects.toSatisfy((error) => (error as { code?: string }).code === code)
  expect(app.storedFiles()).toEqual(before)
  expect(await listed()).toBe(listedBefore)
})

test('one received body is in memory for its check at a time, and too many are refused', async () => {
  const staged = await receive(png)
  let [running, most] = [0, 0]
  const check = async (data: Buffer) => {
    running += 1
    most = Math.max(most, running)
    expect(data.equals(png)).toBe(true)
    await new Promise((resolve) => setImmediate(resolve))
    running -= 1
  }
  const checks = await Promise.allSettled(
    Array.from({ length: 24 }, () => checkStagedFile(deps, staged, check)),
  )
  expect(most).toBe(1)
  const refused = checks.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  expect(refused).toMatchObject(Array(3).fill({ status: 503, retryAfterSeconds: 5 }))
  await expect(checkStagedFile(deps, staged, () => Promise.reject(new Error('refused')))).rejects.toThrow(
    'refused',
  )
  await discardStagedFile(deps, staged)
})

test('a body that breaks off leaves nothing', async () => {
  const before = app.storedFiles()
  const body = new PassThrough()
  body.write(png)
  const receiving = receiveFile(deps, actor, body, { kind: 'image', name: 'a.png' })
  setTimeout(() => body.destroy(new Error('gone')), 50)
  await expect(receiving).rejects.toMatchObject({ code: 'UPLOAD_ABORTED' })
  expect(app.storedFiles()).toEqual(before)
})

test('what does not fit in the quota is refused, as it streams and when it is registered', async () => {
  const full = { ...deps, quotaBytes: png.length - 1 }
  const stranger = await app.signIn()
  const poor: Actor = { userId: stranger.userId, role: 'user', sessionId: stranger.userId }
  const body = () => Readable.from([png], { objectMode: false })
  await expect(receiveFile(full, poor, body(), { kind: 'image', name: 'a.png' })).rejects.toMatchObject({
    code: 'QUOTA_EXCEEDED',
  })
  const staged = await receiveFile(deps, poor, body(), { kind: 'image', name: 'a.png' })
  const registering = app.db.transaction((tx) => registerFile(tx, staged, png.length - 1))
  await expect(registering).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' })
  await discardStagedFile(deps, staged)
  expect(await app.storage.head(staged.storageKey)).toBeUndefined()
})

const result = (over: { id?: string; attempt?: number } = {}) => {
  const { attempt = 1, id = randomUUID() } = over
  const job = { id, attempt, signal: never }
  return storeResult(deps, {
    id,
    ownerId: user.userId,
    name: 'noir-7',
    contentType: 'image/png',
    data: png,
    metadata: { width: 700, height: 10 },
    job,
  })
}

test("a job's result is a file with a thumbnail at once, and counts for the quota", async () => {
  const staged = await result()
  const file = await app.db.transaction((tx) => registerResult(tx, staged))
  expect(file).toMatchObject({
    id: staged.id,
    name: 'noir-7.png',
    kind: 'generated',
    status: 'ready',
    sizeBytes: png.length,
  })
  const [found] = await findFiles(app.readDb, [file.id, randomUUID()])
  expect(found).toEqual(file)
  const url = await signedFileUrl(deps, file, app.origin)
  expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(png)).toBe(true)
  const { thumbnailUrl } = await user.file(file.id)
  expect(
    (await sharp(Buffer.from(await (await fetch(thumbnailUrl ?? '')).arrayBuffer())).metadata()).width,
  ).toBe(512)
  await app.db.transaction((tx) => deleteFile(tx, file.id))
  expect((await user.call('GET', `/files/${file.id}`)).status).toBe(404)
})

test('the result of a claim that was lost is swept, that of the next one stays', async () => {
  const id = randomUUID()
  const lost = await result({ id, attempt: 1 })
  const won = await result({ id, attempt: 2 })
  await app.db.transaction((tx) => registerResult(tx, won))
  await app.db.update(objectRemovals).set({ dueAt: new Date(0) })
  await removeDueObjects(deps, 100)
  expect(await app.storage.head(lost.storageKey)).toBeUndefined()
  expect(await app.storage.head(won.storageKey)).toMatchObject({ sizeBytes: png.length })
  await expect(app.db.transaction((tx) => registerResult(tx, lost))).rejects.toThrow('given up')
  expect(await app.db.$count(files, eq(files.id, id))).toBe(1)
})

test('no file can have an object whose removal has begun', async () => {
  const staged = await result()
  await app.db
    .update(objectRemovals)
    .set({ begun: true })
    .where(eq(objectRemovals.storageKey, staged.storageKey))
  await expect(app.db.transaction((tx) => registerResult(tx, staged))).rejects.toThrow('given up')
})
