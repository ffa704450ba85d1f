import { readFile } from 'node:fs/promises'
import { eq, inArray } from 'drizzle-orm'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  type FilesApp,
  type FilesClient,
  startFilesApp,
  testQuotaBytes,
  type Wish,
} from '../../../../test/harness/files-app.ts'
import { onlyRow } from '../../../platform/database/database.ts'
import { newUploadKey } from '../../../platform/storage/object-key.ts'
import { users } from '../../users/users.table.ts'
import { removeDueObjects, removeUnneededVariants } from '../clean-up.ts'
import { eraseFile } from '../files.service.ts'
import { files, imageVariants, objectRemovals } from '../files.table.ts'
import { signImageUrl } from './image-links.ts'

type Link = { url: string; expiresAt: string; w: number | null; h: number | null; quality: number }

let app: FilesApp
let user: FilesClient
/** 900 x 600 as it is seen: red on the left, blue on the right. It is stored lying on its side. */
let photo: Buffer<ArrayBuffer>
let fileId: string

beforeAll(async () => {
  app = await startFilesApp({ worker: true })
  user = await app.signIn()
  const blue = await sharp({ create: { width: 450, height: 600, channels: 3, background: '#0000ff' } })
    .png()
    .toBuffer()
  const upright = await sharp({ create: { width: 900, height: 600, channels: 3, background: '#ff0000' } })
    .composite([{ input: blue, left: 450, top: 0 }])
    .png()
    .toBuffer()
  const stored = sharp(await sharp(upright).rotate(270).png().toBuffer())
  photo = Buffer.from(
    await stored
      .withMetadata({ orientation: 6 })
      .withExifMerge({ IFD0: { ImageDescription: 'Secret-Place' } })
      .jpeg({ quality: 95 })
      .toBuffer(),
  )
  fileId = await uploaded(photo)
})
afterAll(() => app.close())

const image = (content: Buffer<ArrayBuffer>, contentType = 'image/jpeg'): Wish => ({
  kind: 'image',
  name: 'beach.jpg',
  contentType,
  content,
})
const uploaded = async (content: Buffer<ArrayBuffer>, contentType?: string, who = user) =>
  (await who.processed((await who.upload(image(content, contentType))).id)).id
const linkPath = (id: string, wish: Record<string, string | number>) =>
  `/files/${id}/image-url?${new URLSearchParams(Object.entries(wish).map(([name, value]) => [name, String(value)]))}`
const linkTo = async (id: string, wish: Record<string, string | number>) =>
  (await user.call('GET', linkPath(id, wish))).body.data as Link
const show = async (url: string, headers: Record<string, string> = {}, method = 'GET') => {
  const answer = await fetch(url, { method, headers })
  return { status: answer.status, headers: answer.headers, data: Buffer.from(await answer.arrayBuffer()) }
}
const shown = async (wish: Record<string, string | number>, headers: Record<string, string> = {}) => {
  const answer = await show((await linkTo(fileId, wish)).url, headers)
  expect(answer.status).toBe(200)
  const { format, width, height, exif, hasAlpha } = await sharp(answer.data).metadata()
  return { ...answer, format, width, height, exif, hasAlpha }
}
/** Red, green, blue and, where there is one, alpha. */
const pixel = async (data: Buffer, left: number, top: number) => [
  ...(await sharp(data).extract({ left, top, width: 1, height: 1 }).raw().toBuffer()),
]
const variantsOnDisk = () => app.storedFiles().filter((key) => key.includes('/variant-'))
const codeOf = ({ status, data }: { status: number; data: Buffer }) => [
  status,
  JSON.parse(data.toString()).error?.code,
]
const insertFile = async (content: Buffer, name = 'x.png') => {
  const storageKey = newUploadKey()
  await app.storage.put(storageKey, [content], { maxBytes: content.length })
  const file = { kind: 'image', name, storageKey, contentType: 'image/png', status: 'ready' } as const
  const row = { ...file, ownerId: user.userId, sizeBytes: content.length }
  return onlyRow(await app.db.insert(files).values(row).returning()).id
}

test.each([
  ['cover', { w: 256, h: 256, fit: 'cover', format: 'webp' }, ['webp', 256, 256]],
  ['contain', { w: 256, h: 256, fit: 'contain', format: 'png' }, ['png', 256, 256]],
  ['inside', { w: 256, h: 256, fit: 'inside', format: 'jpeg' }, ['jpeg', 256, 171]],
  ['one side', { h: 64, fit: 'cover', format: 'avif' }, ['heif', 96, 64]],
  ['sides between steps', { w: 250, format: 'jpeg' }, ['jpeg', 256, 171]],
  ['no side', { format: 'webp' }, ['webp', 900, 600]],
  ['more than there is', { w: 4096, format: 'jpeg' }, ['jpeg', 900, 600]],
  ['a square of more than there is', { w: 4096, h: 4096, fit: 'cover', format: 'jpeg' }, ['jpeg', 600, 600]],
  ['a field of more than there is', { w: 4096, h: 4096, fit: 'contain', format: 'jpeg' }, ['jpeg', 900, 900]],
])('%s', async (_what, wish, [format, width, height]) => {
  const answer = await shown(wish)
  expect([answer.format, answer.width, answer.height]).toEqual([format, width, height])
  expect(answer.headers.get('content-type')).toBe(`image/${format === 'heif' ? 'avif' : format}`)
  expect(answer.exif).toBeUndefined()
  expect(answer.data.includes('Secret-Place')).toBe(false)
})

test('it is upright, and filled up with nothing or with white', async () => {
  const inside = await shown({ w: 512, format: 'png' })
  expect(await pixel(inside.data, 20, 100)).toEqual([254, 0, 0].map((value) => expect.closeTo(value, -1)))
  expect((await pixel(inside.data, 490, 100))[2]).toBeGreaterThan(245)
  const box = { w: 256, h: 256, fit: 'contain' }
  expect((await pixel((await shown({ ...box, format: 'png' })).data, 128, 2))[3]).toBe(0)
  expect(await pixel((await shown({ ...box, format: 'jpeg' })).data, 128, 2)).toEqual([255, 255, 255])
})

test('the format follows what the client takes', async () => {
  const accepting = async (accept: string) => (await shown({ w: 96 }, { accept })).headers
  expect((await accepting('image/avif,image/webp,*/*')).get('content-type')).toBe('image/avif')
  expect((await accepting('image/avif;q=0,image/webp')).get('content-type')).toBe('image/webp')
  const headers = await accepting('*/*')
  expect(headers.get('content-type')).toBe('image/jpeg')
  expect(headers.get('vary')).toMatch(/\bAccept\b/)
  expect((await shown({ w: 96, format: 'webp' })).headers.get('vary') ?? '').not.toMatch(/\bAccept\b/)
})

test('a link that was changed, is of another file, or has expired shows nothing', async () => {
  const other = await uploaded(photo)
  const { url } = await linkTo(fileId, { w: 128, h: 64, fit: 'cover', format: 'webp', quality: 65 })
  const changes: [string, string][] = [
    ['w=128', 'w=256'],
    ['h=64', 'h=32'],
    ['fit=cover', 'fit=inside'],
    ['format=webp', 'format=png'],
    ['quality=65', 'quality=90'],
    [/expires=\d+/.exec(url)?.[0] ?? '', 'expires=9999999999'],
    ['&h=64', ''],
    ['?', '?x=1&'],
    [fileId, other],
  ]
  for (const [from, to] of changes) {
    expect(url).toContain(from)
    expect(codeOf(await show(url.replace(from, to))), to).toEqual([403, 'SIGNATURE_INVALID'])
  }
  expect((await show(`${url}&w=128`)).status).not.toBe(200)
  expect(codeOf(await show(url.replace(/\?.*/, '?w=128')))).toEqual([403, 'SIGNATURE_INVALID'])
  const wish = { w: 128, h: undefined, fit: 'inside', format: 'webp', quality: 80 } as const
  const past = signImageUrl(app.signingKey, fileId, wish, -120)
  expect(codeOf(await show(app.origin + past.url))).toEqual([403, 'URL_EXPIRED'])
  expect((await show(url)).status).toBe(200)
})

test('only who may read a picture gets a link, and only to a picture', async () => {
  const stranger = await app.signIn()
  expect((await stranger.call('GET', linkPath(fileId, { w: 64 }))).status).toBe(404)
  const text = { kind: 'document', name: 'a.txt', contentType: 'text/plain', content: Buffer.from('hello') }
  const { id } = await user.upload(text)
  expect((await user.call('GET', linkPath(id, { w: 64 }))).status).toBe(409)
  const wrong: Record<string, string | number>[] = [
    { w: 4097 },
    { w: 0 },
    { h: -1 },
    { w: 1.5 },
    { format: 'svg' },
    { fit: 'fill' },
    { quality: 0 },
  ]
  for (const wish of wrong) expect((await user.call('GET', linkPath(fileId, wish))).status).toBe(422)
  expect(await linkTo(fileId, { w: 100, quality: 70 })).toMatchObject({ w: 128, h: null, quality: 80 })
})

test('a bomb is refused by its header', async () => {
  const bomb = await readFile(`${import.meta.dirname}/../../../../test/fixtures/bomb-65536-wide.png`)
  const { url } = await linkTo(await insertFile(bomb), { w: 64 })
  expect(codeOf(await show(url))).toEqual([422, 'IMAGE_TOO_LARGE'])
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>')
  expect(codeOf(await show((await linkTo(await insertFile(svg), { w: 64 })).url))).toEqual([
    422,
    'IMAGE_TYPE_UNSUPPORTED',
  ])
})

test('twenty at once make one picture, and later ones none', async () => {
  const id = await uploaded(photo)
  const puts = vi.spyOn(app.storage, 'put')
  const { url } = await linkTo(id, { w: 768, format: 'jpeg' })
  const answers = await Promise.all(Array.from({ length: 20 }, () => show(url)))
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
  const again = await show(url)
  expect(again.data.equals(answers[0]?.data ?? Buffer.alloc(0))).toBe(true)
  expect(puts).toHaveBeenCalledTimes(1)
  const etag = again.headers.get('etag') ?? ''
  expect(again.headers.get('cache-control')).toMatch(/^private, max-age=3[56]\d\d, immutable$/)
  expect((await show(url, { 'if-none-match': etag })).status).toBe(304)
  const head = await show(url, {}, 'HEAD')
  expect([head.status, head.headers.get('content-length'), head.data.length]).toEqual([
    200,
    String(again.data.length),
    0,
  ])
  // What is not where the database says, as after a restore, is made again.
  const [row] = await app.db.select().from(imageVariants).where(eq(imageVariants.fileId, id))
  await app.storage.delete([row?.storageKey ?? ''])
  expect((await show(url)).status).toBe(200)
  expect(puts).toHaveBeenCalledTimes(2)
  puts.mockRestore()
})

test('when too many pictures of one user wait to be made, his next come back later, and those of others are made', async () => {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const
  const large = sharp({ create: { width: 1600, height: 1600, channels: 3, background: 'red', noise } })
  const id = await insertFile(await large.png({ compressionLevel: 1 }).toBuffer())
  const links = await Promise.all(
    Array.from({ length: 30 }, (_, n) =>
      linkTo(id, { w: 16 * 2 ** (n % 5), h: 16 * 2 ** Math.floor(n / 5), fit: 'cover' }),
    ),
  )
  const other = await app.signIn()
  const others = await uploaded(photo, 'image/jpeg', other)
  const othersLink = (await other.call('GET', linkPath(others, { w: 32 }))).body.data as Link
  const asked = links.map(({ url }) => show(url))
  // He is refused by now, so that as many as may be are waiting.
  await Promise.race(
    asked.map(async (answer) => (await answer).status === 503 || new Promise(() => undefined)),
  )
  expect((await show(othersLink.url)).status).toBe(200)
  const answers = await Promise.all(asked)
  const refused = answers.filter(({ status }) => status === 503)
  expect(refused.length).toBeGreaterThan(0)
  expect(refused[0]?.headers.get('retry-after')).toBe('5')
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(21)
  expect(await app.db.$count(imageVariants, eq(imageVariants.fileId, id))).toBeLessThanOrEqual(32)
})

test("all that is made of one user's pictures takes a tenth of his quota; what was used longest ago goes", async () => {
  const collector = await app.signIn()
  const ids = [await uploaded(photo, 'image/jpeg', collector), await uploaded(photo, 'image/jpeg', collector)]
  const made = async (id: string, w: number) => {
    const link = (await collector.call('GET', linkPath(id, { w, format: 'png' }))).body.data as Link
    expect((await show(link.url)).status).toBe(200)
  }
  const [first = '', second = ''] = ids
  await made(first, 16)
  await made(first, 32)
  const mine = inArray(imageVariants.fileId, ids)
  // As if each were large: two and a half of a tenth of the quota.
  const sizeBytes = Math.round(testQuotaBytes / 25)
  await app.db.update(imageVariants).set({ sizeBytes }).where(mine)
  await made(second, 16)
  expect(await app.db.$count(imageVariants, mine)).toBe(3)
  await app.db.update(imageVariants).set({ sizeBytes }).where(mine)
  await made(second, 32)
  const left = await app.db.select().from(imageVariants).where(mine).orderBy(imageVariants.usedAt)
  expect(left.map(({ fileId: id }) => id)).toEqual([first, second, second])
  const gone = await app.db.$count(objectRemovals, eq(objectRemovals.sizeBytes, sizeBytes))
  expect(gone).toBe(1)
  expect((await shown({ w: 64 })).status).toBe(200)
})

test('with a file go its links at once, and its pictures', async () => {
  const id = await uploaded(photo)
  const { url } = await linkTo(id, { w: 64 })
  await show(url)
  const [row] = await app.db.select().from(imageVariants).where(eq(imageVariants.fileId, id))
  const key = row?.storageKey ?? ''
  expect(variantsOnDisk()).toContain(key)
  await user.call('DELETE', `/files/${id}`)
  expect(codeOf(await show(url))).toEqual([404, 'FILE_NOT_FOUND'])
  await removeUnneededVariants(app, 500)
  await removeDueObjects(app, 500)
  expect(variantsOnDisk()).not.toContain(key)

  const erased = await uploaded(photo)
  const erasedUrl = (await linkTo(erased, { w: 64 })).url
  expect((await show(erasedUrl)).status).toBe(200)
  const count = variantsOnDisk().length
  await (await app.db.transaction((tx) => eraseFile(tx, erased)))(app)
  expect(variantsOnDisk()).toHaveLength(count - 1)
  expect((await show(erasedUrl)).status).toBe(404)
})

test('with its owner goes all of it; what nobody asks for goes in time', async () => {
  const leaving = await app.signIn()
  const id = await uploaded(photo, 'image/jpeg', leaving)
  const link = (await leaving.call('GET', linkPath(id, { w: 64 }))).body.data as Link
  expect((await show(link.url)).status).toBe(200)
  await app.db.delete(users).where(eq(users.id, leaving.userId))
  expect((await show(link.url)).status).toBe(404)
  expect((await shown({ w: 48 })).status).toBe(200)
  await app.db.update(imageVariants).set({ usedAt: new Date(Date.now() - 31 * 86_400_000) })
  // Whoever asks for one keeps it.
  expect((await shown({ w: 48 })).status).toBe(200)
  await removeUnneededVariants(app, 500)
  await removeDueObjects(app, 500)
  expect(await app.db.$count(imageVariants)).toBe(1)
  expect(variantsOnDisk().length).toBeLessThanOrEqual(33)
})
