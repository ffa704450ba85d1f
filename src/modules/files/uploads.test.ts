import { createHash } from 'node:crypto'
import { eq } from 'drizzle-orm'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Answer,
  type FilesApp,
  type FilesClient,
  type FileView,
  startFilesApp,
  testQuotaBytes,
  type Upload,
  type Wish,
} from '../../../test/harness/files-app.ts'
import { idempotencyKeys } from '../../platform/http/idempotency.table.ts'
import { jobs } from '../../platform/jobs/jobs.table.ts'
import type { Storage } from '../../platform/storage/storage.ts'
import type { Actor } from '../auth/permissions.ts'
import { confirmUpload } from './confirm-upload.ts'
import { files, objectRemovals, uploads } from './files.table.ts'

const mebibyte = 1_024 ** 2
let app: FilesApp
let user: FilesClient
let png: Buffer<ArrayBuffer>

beforeAll(async () => {
  app = await startFilesApp()
  png = Buffer.from(
    await sharp({ create: { width: 20, height: 10, channels: 3, background: 'red' } })
      .png()
      .toBuffer(),
  )
})
beforeAll(async () => {
  user = await app.signIn()
})
afterAll(() => app.close())

const text = (content = 'a,b\n1,2\n'): Wish => ({
  kind: 'document',
  name: 'table.csv',
  contentType: 'text/csv',
  content: Buffer.from(content),
})
const image = (): Wish => ({ kind: 'image', name: 'red.png', contentType: 'image/png', content: png })
const declared = (sizeBytes: number): Wish => ({
  kind: 'video',
  name: 'v.mp4',
  contentType: 'video/mp4',
  content: Buffer.alloc(0),
  sizeBytes,
})
const codeOf = ({ status, body }: Answer) => [status, body.error?.code]
const uploadOf = (answer: Answer) => answer.body.data as Upload
const confirmedOf = (answer: Answer) => answer.body.data as { file: FileView; jobId: string }
const putBytes = (upload: Upload, body: Uint8Array<ArrayBuffer>) =>
  fetch(upload.url, { method: 'PUT', headers: upload.headers, body })

test('presign, PUT, confirm: a file and its job', async () => {
  const presigned = await user.presign(text())
  expect(presigned.status).toBe(201)
  const upload = uploadOf(presigned)
  expect(upload).toMatchObject({ method: 'PUT', headers: { 'content-type': 'text/csv' }, maxBytes: 8 })
  expect(upload.url).toMatch(new RegExp(`^${app.origin}/v1/storage/uploads/`))
  expect((await putBytes(upload, text().content)).status).toBe(200)
  const confirmed = await user.confirm(upload.uploadId)
  expect(confirmed.status).toBe(202)
  const { file, jobId } = confirmedOf(confirmed)
  expect(confirmed.headers.get('location')).toBe(`/v1/jobs/${jobId}`)
  expect(confirmed.body.data).toMatchObject({
    status: 'pending',
    statusUrl: `/v1/jobs/${jobId}`,
    eventsUrl: `/v1/jobs/${jobId}/events`,
    cancelUrl: `/v1/jobs/${jobId}/cancel`,
  })
  expect(file).toMatchObject({
    ownerId: user.userId,
    kind: 'document',
    name: 'table.csv',
    status: 'pending',
    contentType: 'text/csv',
    sizeBytes: 8,
    url: null,
    jobId,
  })
  expect(await app.db.select().from(jobs).where(eq(jobs.id, jobId))).toMatchObject([
    { type: 'file.process', queue: 'uploads', ownerId: user.userId, params: { fileId: file.id } },
  ])
})

test('links lead to the host that was asked, and what is stored knows no host', async () => {
  const key = { 'idempotency-key': 'host-test-1' }
  const first = uploadOf(await user.presign(text(), key))
  expect(new URL(first.url).origin).toBe(app.origin)
  const [stored] = await app.db.select().from(idempotencyKeys).where(eq(idempotencyKeys.ownerId, user.userId))
  expect(JSON.stringify(stored?.body)).not.toMatch(/http|storage|127/)
  const again = uploadOf(await user.presign(text(), key))
  expect(again).toEqual(first)
  expect(codeOf(await user.presign(image(), key))).toEqual([422, 'IDEMPOTENCY_KEY_REUSED'])
})

test.each([
  ['an SVG', () => ({ ...image(), contentType: 'image/svg+xml' }), 'contentType'],
  ['HTML', () => ({ ...text(), contentType: 'text/html' }), 'contentType'],
  ['a film as a document', () => ({ ...text(), contentType: 'video/mp4' }), 'contentType'],
  [
    '6 MB of profile image',
    () => ({ ...image(), kind: 'profile-image', sizeBytes: 6 * mebibyte }),
    'sizeBytes',
  ],
  ['26 MB of document', () => ({ ...text(), sizeBytes: 26 * mebibyte }), 'sizeBytes'],
  ['501 MB of film', () => declared(501 * mebibyte), 'sizeBytes'],
  ['nothing', () => ({ ...text(), content: Buffer.alloc(0) }), 'sizeBytes'],
  ['a kind of ours', () => ({ ...image(), kind: 'generated' }), 'kind'],
  ['no name', () => ({ ...image(), name: '' }), 'name'],
  ['a wrong hash', () => ({ ...image(), sha256: 'abc' }), 'sha256'],
])('%s is refused before anything is sent', async (_what, wish, path) => {
  const answer = await user.presign(wish())
  expect(codeOf(answer)).toEqual([422, 'VALIDATION_FAILED'])
  expect(answer.body.error.errors.map((fault) => fault.path)).toEqual([path])
})

test('too much is refused while it arrives, declared or not', async () => {
  const declaredTooMuch = uploadOf(await user.presign(text('12345678')))
  expect((await putBytes(declaredTooMuch, Buffer.alloc(9, 'a'))).status).toBe(413)
  const chunked = await fetch(declaredTooMuch.url, {
    method: 'PUT',
    headers: declaredTooMuch.headers,
    body: new Blob(['123456789']).stream(),
    ...{ duplex: 'half' },
  })
  expect(chunked.status).toBe(413)
  expect(codeOf(await user.confirm(declaredTooMuch.uploadId))).toEqual([409, 'UPLOAD_MISSING'])
})

test('less than was declared is removed', async () => {
  const upload = uploadOf(await user.presign(text('12345678')))
  await putBytes(upload, Buffer.from('1234'))
  expect(codeOf(await user.confirm(upload.uploadId))).toEqual([422, 'SIZE_MISMATCH'])
  expect(codeOf(await user.confirm(upload.uploadId))).toEqual([404, 'UPLOAD_NOT_FOUND'])
})

test.each([
  ['a picture that is text', () => ({ ...image(), content: Buffer.from('no picture') })],
  [
    'a PNG that is an SVG',
    () => ({ ...image(), content: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>') }),
  ],
  [
    'a text that is HTML',
    () => ({ ...text(), content: Buffer.from('<!doctype html><script>alert(1)</script>') }),
  ],
])('%s is refused by its bytes, and removed', async (_what, wish) => {
  const upload = await user.put(wish())
  const key = new URL(upload.url).pathname.replace('/v1/storage/', '')
  expect(app.storedFiles()).toContain(key)
  const refused = await user.confirm(upload.uploadId)
  expect(codeOf(refused)).toEqual([422, 'TYPE_MISMATCH'])
  expect(refused.body.error.errors).toMatchObject([{ path: 'contentType', code: 'type_mismatch' }])
  expect(app.storedFiles()).not.toContain(key)
  // What is PUT there again is swept.
  expect(await app.db.select().from(objectRemovals).where(eq(objectRemovals.storageKey, key))).toHaveLength(1)
})

test('a JPEG declared as PNG is refused', async () => {
  const jpeg = Buffer.from(await sharp(png).jpeg().toBuffer())
  const upload = await user.put({ ...image(), content: jpeg })
  expect(codeOf(await user.confirm(upload.uploadId))).toEqual([422, 'TYPE_MISMATCH'])
})

test('content with another checksum never arrives', async () => {
  const sha256 = createHash('sha256').update(png).digest('hex')
  const wrong = uploadOf(
    await user.presign({ ...image(), sha256: sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) }),
  )
  expect((await putBytes(wrong, png)).status).toBe(422)
  expect(codeOf(await user.confirm(wrong.uploadId))).toEqual([409, 'UPLOAD_MISSING'])
  const right = await user.put({ ...image(), sha256: sha256.toUpperCase() })
  expect((await user.confirm(right.uploadId)).status).toBe(202)
})

test('ten confirmations at once make one file and one job', async () => {
  const upload = await user.put({ ...text('once\n'), name: 'once-for-all.txt' })
  const answers = await Promise.all(Array.from({ length: 10 }, () => user.confirm(upload.uploadId)))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
  const { file } = confirmedOf(answers[0] as Answer)
  expect(new Set(answers.map((answer) => confirmedOf(answer).file.id))).toEqual(new Set([file.id]))
  expect(new Set(answers.map((answer) => confirmedOf(answer).jobId)).size).toBe(1)
  expect(await app.db.$count(files, eq(files.name, file.name))).toBe(1)
})

test('confirmations at once verify the content once', async () => {
  const upload = await user.put(text('once\n'))
  const asked = Promise.withResolvers<void>()
  let looks = 0
  const storage: Storage = {
    ...app.storage,
    take: async (grant, key) => {
      looks += 1
      await asked.promise
      return app.storage.take(grant, key)
    },
  }
  const actor: Actor = { userId: user.userId, role: 'user', sessionId: user.userId }
  const confirming = Array.from({ length: 6 }, () =>
    confirmUpload({ db: app.db, storage }, actor, upload.uploadId),
  )
  await Promise.all(Array.from({ length: 50 }, () => app.db.$count(uploads)))
  asked.resolve()
  expect(new Set((await Promise.all(confirming)).map(({ id }) => id)).size).toBe(1)
  expect(looks).toBe(1)
})

test('what is verified is what was taken, whatever becomes of the rest', async () => {
  const upload = await user.put(text('first\n'))
  const storage: Storage = {
    ...app.storage,
    take: async (grant, key) => {
      const head = await app.storage.take(grant, key)
      await app.storage.delete([grant.key])
      await app.storage.put(grant.key, [png], { maxBytes: png.length })
      return head
    },
  }
  const actor: Actor = { userId: user.userId, role: 'user', sessionId: user.userId }
  const { storageKey } = await confirmUpload({ db: app.db, storage }, actor, upload.uploadId)
  expect(await app.storage.head(storageKey)).toMatchObject({ sizeBytes: 6 })
})

test('content that was verified cannot be replaced', async () => {
  const upload = await user.put(text('first\n'))
  expect((await user.confirm(upload.uploadId)).status).toBe(202)
  expect((await putBytes(upload, Buffer.from('other\n'))).status).toBe(409)
})

test("others' uploads do not exist", async () => {
  const upload = await user.put(text())
  const other = await app.signIn()
  expect(codeOf(await other.confirm(upload.uploadId))).toEqual([404, 'UPLOAD_NOT_FOUND'])
  expect(codeOf(await user.confirm(user.userId))).toEqual([404, 'UPLOAD_NOT_FOUND'])
  const viewer = await app.signIn('viewer')
  expect((await viewer.presign(text())).status).toBe(403)
  expect((await viewer.confirm(upload.uploadId)).status).toBe(403)
})

test('an upload that is confirmed too late is gone', async () => {
  const upload = await user.put(text())
  await app.db
    .update(uploads)
    .set({ expiresAt: new Date(Date.now() - 61 * 60_000) })
    .where(eq(uploads.id, upload.uploadId))
  expect(codeOf(await user.confirm(upload.uploadId))).toEqual([409, 'UPLOAD_EXPIRED'])
})

test('a quota holds against twenty wishes at once', async () => {
  const greedy = await app.signIn()
  const each = 10 * mebibyte
  const answers = await Promise.all(Array.from({ length: 20 }, () => greedy.presign(declared(each))))
  const granted = answers.filter(({ status }) => status === 201)
  expect(granted).toHaveLength(testQuotaBytes / each)
  const refused = answers.filter(({ status }) => status !== 201)
  expect(new Set(refused.map((answer) => JSON.stringify(codeOf(answer))))).toEqual(
    new Set(['[413,"QUOTA_EXCEEDED"]']),
  )
  expect((await user.presign(declared(each))).status).toBe(201)
})

test('deleting makes room, but not without end', async () => {
  const busy = await app.signIn()
  const file = await busy.upload(text())
  await app.db.update(files).set({ sizeBytes: testQuotaBytes }).where(eq(files.id, file.id))
  expect(codeOf(await busy.presign(text()))).toEqual([413, 'QUOTA_EXCEEDED'])
  expect((await busy.call('DELETE', `/files/${file.id}`)).status).toBe(204)
  expect((await busy.presign(declared(testQuotaBytes))).status).toBe(201)
  await app.db
    .update(uploads)
    .set({ expiresAt: new Date(0) })
    .where(eq(uploads.ownerId, busy.userId))
  expect(codeOf(await busy.presign(text()))).toEqual([413, 'QUOTA_EXCEEDED'])
})

test('names are stored harmless', async () => {
  const file = await user.upload({ ...text(), name: '../..\\evil\r\nSet-Cookie: a=b\u202e.html' })
  expect(file.name).toBe('evilSet-Cookie: a=b.html.csv')
})
