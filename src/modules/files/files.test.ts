import { createHash } from 'node:crypto'
import { eq, inArray } from 'drizzle-orm'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Answer,
  type FilesApp,
  type FilesClient,
  type FileView,
  startFilesApp,
  type Wish,
} from '../../../test/harness/files-app.ts'
import { users } from '../users/users.table.ts'
import { removeAbandonedUploads, removeDeletedFiles, removeDueObjects } from './clean-up.ts'
import { files, objectRemovals, uploads } from './files.table.ts'

let app: FilesApp
let user: FilesClient
let photo: Buffer<ArrayBuffer>

beforeAll(async () => {
  app = await startFilesApp({ worker: true })
  user = await app.signIn()
  const picture = sharp({ create: { width: 1_200, height: 600, channels: 3, background: 'teal' } })
    .withMetadata({ orientation: 6 })
    .withExifMerge({
      IFD0: { Make: 'Acme', ImageDescription: 'Secret-Place' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' },
    })
  photo = Buffer.from(await picture.jpeg().toBuffer())
})
afterAll(() => app.close())

const image = (content = photo): Wish => ({
  kind: 'image',
  name: 'Fjord ☀.jpg',
  contentType: 'image/jpeg',
  content,
})
const text = (content: string): Wish => ({
  kind: 'document',
  name: 'a.txt',
  contentType: 'text/plain',
  content: Buffer.from(content),
})
const codeOf = ({ status, body }: Answer) => [status, body.error?.code]
const bytesOf = async (answer: Response) => Buffer.from(await answer.arrayBuffer())
const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 60 * 60_000)
const sha256 = (data: Buffer) => createHash('sha256').update(data).digest('hex')
const cleanUp = async () => {
  await removeAbandonedUploads(app, 100)
  await removeDeletedFiles(app, 100)
  return removeDueObjects(app, 100)
}
const makeDue = () => app.db.update(objectRemovals).set({ dueAt: new Date(0) })

test('a picture becomes ready, upright, with a thumbnail, and does not tell where it was taken', async () => {
  expect(photo.includes('Secret-Place')).toBe(true)
  const file = await user.processed((await user.upload(image())).id)
  expect(file).toMatchObject({
    status: 'ready',
    metadata: { width: 600, height: 1_200, camera: 'Acme' },
    error: null,
  })
  const served = await fetch(file.url ?? '')
  expect(served.headers.get('content-type')).toBe('image/jpeg')
  expect(served.headers.get('content-disposition')).toContain("filename*=UTF-8''Fjord%20%E2%98%80.jpg")
  const content = await bytesOf(served)
  expect(content.length).toBe(file.sizeBytes)
  expect(sha256(content)).toBe(file.sha256)
  expect(content.includes('Secret-Place')).toBe(false)
  const found = await sharp(content).metadata()
  expect(found.orientation).toBe(6)
  // The GPS directory's tag, in either byte order.
  expect([
    found.exif?.includes(Buffer.from([0x88, 0x25])),
    found.exif?.includes(Buffer.from([0x25, 0x88])),
  ]).toEqual([false, false])
  const thumbnail = await sharp(await bytesOf(await fetch(file.thumbnailUrl ?? ''))).metadata()
  expect(thumbnail).toMatchObject({ format: 'webp', width: 256, height: 512 })
  const stored = await app.db.select().from(files).where(eq(files.id, file.id))
  expect(JSON.stringify(stored)).not.toMatch(/gps|latitude|secret/i)
})

test('the picture as it was sent goes, but not before its URL does', async () => {
  const file = await user.upload(image())
  const [before] = await app.db.select().from(files).where(eq(files.id, file.id))
  await user.processed(file.id)
  const [after] = await app.db.select().from(files).where(eq(files.id, file.id))
  const original = before?.storageKey ?? ''
  expect(after?.storageKey).not.toBe(original)
  await cleanUp()
  expect(app.storedFiles()).toContain(original)
  await makeDue()
  await cleanUp()
  expect(app.storedFiles()).not.toContain(original)
  expect(app.storedFiles()).toEqual(expect.arrayContaining([after?.storageKey, after?.thumbnailKey]))
})

test('a document is checked and served as it is', async () => {
  const file = await user.processed((await user.upload(text('héllo'))).id)
  expect(file).toMatchObject({ status: 'ready', sha256: sha256(Buffer.from('héllo')), thumbnailUrl: null })
  const served = await fetch(file.url ?? '')
  expect(served.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(served.headers.get('content-disposition')).toMatch(/^attachment/)
  expect(await served.text()).toBe('héllo')
})

test('a damaged picture fails with a reason, and is not served', async () => {
  const file = await user.processed((await user.upload(image(photo.subarray(0, photo.length - 300)))).id)
  expect(file).toMatchObject({ status: 'failed', url: null, error: { code: 'IMAGE_DAMAGED' } })
  expect(codeOf(await user.call('GET', `/files/${file.id}/content`))).toEqual([409, 'FILE_NOT_READY'])
})

test('content with authorization: whole, in ranges, not again', async () => {
  const { id } = await user.processed((await user.upload(text('0123456789'))).id)
  const whole = await user.fetch(`/files/${id}/content`)
  expect(whole.status).toBe(200)
  expect(whole.headers.get('cache-control')).toBe('private, no-cache')
  expect(await whole.text()).toBe('0123456789')
  const etag = whole.headers.get('etag') ?? ''
  const part = await user.fetch(`/files/${id}/content`, { headers: { range: 'bytes=-3' } })
  expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
    206,
    'bytes 7-9/10',
    '789',
  ])
  expect((await user.fetch(`/files/${id}/content`, { headers: { 'if-none-match': etag } })).status).toBe(304)
  const head = await user.fetch(`/files/${id}/content`, { method: 'HEAD' })
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '10'])
})

test("others' files do not exist, but for who may see all", async () => {
  const { id } = await user.processed((await user.upload(text('mine'))).id)
  const [other, manager, admin] = [await app.signIn(), await app.signIn('manager'), await app.signIn('admin')]
  for (const [method, url] of [
    ['GET', `/files/${id}`],
    ['GET', `/files/${id}/content`],
    ['DELETE', `/files/${id}`],
  ] as const) {
    expect(codeOf(await other.call(method, url)), `${method} ${url}`).toEqual([404, 'FILE_NOT_FOUND'])
  }
  expect((await manager.file(id)).id).toBe(id)
  expect(codeOf(await manager.call('DELETE', `/files/${id}`))).toEqual([403, 'FORBIDDEN'])
  expect((await fetch(`${app.origin}/v1/files/${id}`)).status).toBe(401)
  expect((await admin.call('DELETE', `/files/${id}`)).status).toBe(204)
  expect((await user.call('GET', `/files/${id}`)).status).toBe(404)
})

test('lists newest first, in pages, by kind and status', async () => {
  const lister = await app.signIn()
  const made: FileView[] = []
  for (const content of ['a', 'b', 'c']) made.push(await lister.upload(text(content)))
  made.push(await lister.upload(image()))
  for (const { id } of made) await lister.processed(id)
  const idsOf = ({ body }: Answer) => (body.data as FileView[]).map(({ id }) => id)
  const newest = made.map(({ id }) => id).reverse()
  expect(idsOf(await lister.call('GET', '/files'))).toEqual(newest)
  const first = await lister.call('GET', '/files?limit=3&total=true')
  expect([idsOf(first), first.body.page.total]).toEqual([newest.slice(0, 3), 4])
  const second = await lister.call('GET', `/files?limit=3&cursor=${first.body.page.nextCursor}`)
  expect([idsOf(second), second.body.page.nextCursor]).toEqual([newest.slice(3), null])
  expect(idsOf(await lister.call('GET', '/files?kind=image'))).toEqual(newest.slice(0, 1))
  expect(idsOf(await lister.call('GET', '/files?status=failed'))).toEqual([])
  expect((await user.call('GET', `/files?ownerId=${lister.userId}`)).status).toBe(403)
  const manager = await app.signIn('manager')
  expect(idsOf(await manager.call('GET', `/files?ownerId=${lister.userId}`))).toEqual(newest)
})

test('a deleted file disappears at once, and its bytes after a day', async () => {
  const { id } = await user.processed((await user.upload(image())).id)
  const [row] = await app.db.select().from(files).where(eq(files.id, id))
  const keys = [row?.storageKey ?? '', row?.thumbnailKey ?? '']
  expect((await user.call('DELETE', `/files/${id}`)).status).toBe(204)
  expect(codeOf(await user.call('DELETE', `/files/${id}`))).toEqual([404, 'FILE_NOT_FOUND'])
  await makeDue()
  await cleanUp()
  expect(app.storedFiles()).toEqual(expect.arrayContaining(keys))
  await app.db
    .update(files)
    .set({ deletedAt: daysAgo(1.1) })
    .where(eq(files.id, id))
  await cleanUp()
  await makeDue()
  await cleanUp()
  expect(app.storedFiles().filter((key) => keys.includes(key))).toEqual([])
  expect(await app.db.$count(objectRemovals, inArray(objectRemovals.storageKey, keys))).toBe(0)
})

test('uploads that nobody confirms go with their bytes', async () => {
  const upload = await user.put(text('forgotten'))
  const key = new URL(upload.url).pathname.replace('/v1/storage/', '')
  await cleanUp()
  expect(app.storedFiles()).toContain(key)
  await app.db
    .update(uploads)
    .set({ expiresAt: daysAgo(0.1) })
    .where(eq(uploads.id, upload.uploadId))
  await cleanUp()
  expect(app.storedFiles()).not.toContain(key)
  expect(codeOf(await user.confirm(upload.uploadId))).toEqual([404, 'UPLOAD_NOT_FOUND'])
})

test('with a user go his files, confirmed or not', async () => {
  const leaving = await app.signIn()
  const file = await leaving.processed((await leaving.upload(image())).id)
  const upload = await leaving.put(text('pending'))
  const [row] = await app.db.select().from(files).where(eq(files.id, file.id))
  const keys = [row?.storageKey, row?.thumbnailKey, new URL(upload.url).pathname.replace('/v1/storage/', '')]
  expect(app.storedFiles()).toEqual(expect.arrayContaining(keys))
  await app.db.delete(users).where(eq(users.id, leaving.userId))
  const admin = await app.signIn('admin')
  expect((await admin.call('GET', `/files/${file.id}`)).status).toBe(404)
  await cleanUp()
  await makeDue()
  await cleanUp()
  expect(app.storedFiles().filter((key) => keys.includes(key))).toEqual([])
})

test('several processes clean up together, each object once', async () => {
  const keys = await Promise.all(
    Array.from({ length: 30 }, async (_, n) => {
      const { uploadId, url } = await user.put(text(`n${n}`))
      await app.db
        .update(uploads)
        .set({ expiresAt: daysAgo(0.1) })
        .where(eq(uploads.id, uploadId))
      return new URL(url).pathname.replace('/v1/storage/', '')
    }),
  )
  await makeDue()
  await removeDueObjects(app, 1_000)
  const listed = await Promise.all(Array.from({ length: 4 }, () => removeAbandonedUploads(app, 10)))
  expect(listed.reduce((sum, count) => sum + count)).toBe(30)
  const removed = await Promise.all(Array.from({ length: 4 }, () => removeDueObjects(app, 10)))
  expect(removed.reduce((sum, count) => sum + count)).toBe(30)
  expect(app.storedFiles().filter((key) => keys.includes(key))).toEqual([])
})
