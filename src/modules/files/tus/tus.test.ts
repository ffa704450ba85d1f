import { createHash, randomBytes } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { type DetailedError, Upload, type UploadOptions } from 'tus-js-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mainScript } from '../../../../test/harness/backlot-command.ts'
import { type FilesApp, type FilesClient, startFilesApp } from '../../../../test/harness/files-app.ts'
import { spawnNode } from '../../../../test/harness/spawned-process.ts'
import { TcpProxy } from '../../../../test/harness/tcp-proxy.ts'
import { removeAbandonedUploads, removeDueObjects } from '../clean-up.ts'
import { files, objectRemovals, resumableUploads, uploads } from '../files.table.ts'

const mebibyte = 1_024 ** 2
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')
/** Begins like an MP4 film (ISO/IEC 14496-12, 4.3), and is noise. */
const film = (sizeBytes: number) =>
  Buffer.concat([
    Buffer.from('00000018667479706d70343200000000', 'hex'),
    Buffer.from('mp42isom', 'latin1'),
    randomBytes(sizeBytes - 24),
  ])

type Failure = { error: { code: string; errors: { path: string }[] } }

let app: FilesApp
let user: FilesClient

beforeAll(async () => {
  app = await startFilesApp({ worker: true })
  user = await app.signIn()
})
afterAll(() => app.close())

const base64 = (text: string) => Buffer.from(text).toString('base64')
const metadataOf = (fields: Record<string, string>) =>
  Object.entries(fields)
    .map(([name, value]) => `${name} ${base64(value)}`)
    .join(',')
const filmFields = { filename: 'Fjord ☀.mp4', filetype: 'video/mp4', kind: 'video' }

const tus = (
  path: string,
  method: string,
  headers: Record<string, string> = {},
  body?: Uint8Array,
  who = user,
) =>
  fetch(path.startsWith('http') ? path : app.origin + path, {
    method,
    headers: { authorization: `Bearer ${who.token}`, 'tus-resumable': '1.0.0', ...headers },
    ...(body && { body: Buffer.from(body) }),
  })
const open = (sizeBytes: number, fields: Record<string, string> = filmFields, who = user) =>
  tus(
    '/v1/uploads/tus',
    'POST',
    { 'upload-length': String(sizeBytes), 'upload-metadata': metadataOf(fields) },
    undefined,
    who,
  )
const opened = async (sizeBytes: number, fields = filmFields) =>
  (await open(sizeBytes, fields)).headers.get('location') ?? ''
const bytesType = { 'content-type': 'application/offset+octet-stream' }
const patch = (path: string, offset: number, body: Uint8Array, who = user) =>
  tus(path, 'PATCH', { ...bytesType, 'upload-offset': String(offset) }, body, who)
const offsetOf = async (path: string) => Number((await tus(path, 'HEAD')).headers.get('upload-offset'))
const codeOf = async (answer: Response) => [answer.status, ((await answer.json()) as Failure).error.code]
const idOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)

/** As any app would, with the client as it is. */
const uploadByClient = (content: Buffer, endpoint: string, options: Partial<UploadOptions> = {}) => {
  let fileId: string | undefined
  const done = Promise.withResolvers<string | undefined>()
  const upload = new Upload(content, {
    endpoint,
    headers: { authorization: `Bearer ${user.token}` },
    metadata: filmFields,
    retryDelays: [50, 200, 500, 1_000, 2_000, 3_000],
    onAfterResponse: (_request, response) => {
      fileId = response.getHeader('backlot-file-id') ?? fileId
    },
    onSuccess: () => done.resolve(fileId),
    onError: (error: Error | DetailedError) => done.reject(error),
    ...options,
  })
  upload.start()
  return { done: done.promise, upload }
}

const expectWhole = async (fileId: string | undefined, content: Buffer) => {
  const file = await user.processed(fileId ?? '')
  expect(file).toMatchObject({ status: 'ready', name: 'Fjord ☀.mp4', sizeBytes: content.length })
  expect(file.sha256).toBe(sha256(content))
}

test('the usual client uploads 20 MB in chunks', async () => {
  const content = film(20 * mebibyte)
  const { done } = uploadByClient(content, `${app.origin}/v1/uploads/tus`, { chunkSize: 6 * mebibyte })
  await expectWhole(await done, content)
  expect(app.storedFiles().filter((name) => name.includes('growing-'))).toEqual([])
})

test('a connection that breaks in the middle costs nothing that has arrived', async () => {
  const content = film(8 * mebibyte)
  const proxy = await TcpProxy.start(app.origin)
  proxy.throttle(6 * mebibyte)
  const offsets: number[] = []
  let isCut = false
  const { done } = uploadByClient(content, new URL('/v1/uploads/tus', proxy.url).href, {
    onProgress: (sent) => {
      if (isCut || sent < 3 * mebibyte) return
      isCut = true
      void proxy.cut().then(() => proxy.restore())
    },
    onAfterResponse: (request, response) => {
      if (request.getMethod() === 'HEAD') offsets.push(Number(response.getHeader('upload-offset')))
    },
  })
  await done
  await proxy.close()
  expect(offsets[0]).toBeGreaterThan(0)
  const [row] = await app.db.select().from(files).where(eq(files.sizeBytes, content.length))
  await expectWhole(row?.id, content)
})

test('a process that is killed costs seconds of it, and another one goes on', {
  timeout: 60_000,
}, async () => {
  const content = film(9 * mebibyte)
  const { dataDir, databaseUrl } = app.backlot
  const env = { BACKLOT_DATA_DIR: dataDir, DATABASE_URL: databaseUrl, PORT: '0', WEB_CONCURRENCY: '1' }
  const api = spawnNode([mainScript, 'api'], env)
  const url = (await api.until(/listening at (http:[^"]+)"/))[1] ?? ''
  const proxy = await TcpProxy.start(url)
  proxy.throttle(2 * mebibyte)
  const { done, upload } = uploadByClient(content, new URL('/v1/uploads/tus', proxy.url).href)
  const received = async () =>
    (
      await app.db
        .select()
        .from(resumableUploads)
        .where(eq(resumableUploads.uploadId, idOf(upload.url ?? '')))
    )[0]
  await expect.poll(() => upload.url, { timeout: 10_000 }).toBeTruthy()
  await expect.poll(async () => (await received())?.receivedBytes, { timeout: 15_000 }).toBeGreaterThan(0)
  api.child.kill('SIGKILL')
  await api.exit
  proxy.throttle(Number.POSITIVE_INFINITY)
  proxy.retarget(app.origin)
  await expectWhole(await done, content)
  await proxy.close()
})

test('another offset, too much, and a wrong version are refused, and change nothing', async () => {
  const content = film(2_000)
  const path = await opened(2_000)
  expect((await patch(path, 0, content.subarray(0, 500))).headers.get('upload-offset')).toBe('500')
  expect(await codeOf(await patch(path, 0, content))).toEqual([409, 'UPLOAD_OFFSET_MISMATCH'])
  expect(await codeOf(await patch(path, 600, content.subarray(600)))).toEqual([409, 'UPLOAD_OFFSET_MISMATCH'])
  expect(await codeOf(await patch(path, 500, content))).toEqual([413, 'PAYLOAD_TOO_LARGE'])
  const old = await tus(
    path,
    'PATCH',
    { ...bytesType, 'upload-offset': '500', 'tus-resumable': '0.2.2' },
    content,
  )
  expect([old.status, old.headers.get('tus-version')]).toEqual([412, '1.0.0'])
  expect(
    (await tus(path, 'PATCH', { 'content-type': 'text/plain', 'upload-offset': '500' }, content)).status,
  ).toBe(415)
  const head = await tus(path, 'HEAD')
  expect(Object.fromEntries(head.headers)).toMatchObject({
    'upload-offset': '500',
    'upload-length': '2000',
    'upload-metadata': metadataOf(filmFields),
    'tus-resumable': '1.0.0',
    'cache-control': 'no-store',
  })
  const last = await patch(path, 500, content.subarray(500))
  expect(last.status).toBe(204)
  await expectWhole(last.headers.get('backlot-file-id') ?? '', content)
  expect((await tus(path, 'HEAD')).headers.get('backlot-file-id')).toBe(last.headers.get('backlot-file-id'))
})

test('limits are those of other uploads, and said before anything is sent', async () => {
  expect(await codeOf(await open(501 * mebibyte))).toEqual([413, 'PAYLOAD_TOO_LARGE'])
  expect(
    await codeOf(await open(6 * mebibyte, { ...filmFields, kind: 'profile-image', filetype: 'image/png' })),
  ).toEqual([413, 'PAYLOAD_TOO_LARGE'])
  expect(await codeOf(await open(100 * mebibyte))).toEqual([413, 'QUOTA_EXCEEDED'])
  for (const [fields, path] of [
    [{ ...filmFields, filetype: 'text/html' }, 'filetype'],
    [{ ...filmFields, kind: 'generated' }, 'kind'],
    [{ ...filmFields, filename: '' }, 'filename'],
  ] as const) {
    const answer = await open(10, fields)
    expect([answer.status, ((await answer.json()) as Failure).error.errors[0]?.path]).toEqual([422, path])
  }
  expect((await open(0)).status).toBe(422)
  const deferred = await tus('/v1/uploads/tus', 'POST', { 'upload-defer-length': '1' })
  expect(await codeOf(deferred)).toEqual([501, 'TUS_EXTENSION_UNSUPPORTED'])
})

test('a query is no part of an id', async () => {
  const path = `${await opened(64)}?id=another/one`
  expect((await tus(path, 'HEAD')).status).toBe(200)
  expect((await tus(path, 'DELETE')).status).toBe(204)
})

test('what is not what was said goes with all of it', async () => {
  const path = await opened(100)
  expect(await codeOf(await patch(path, 0, Buffer.alloc(100, 'a')))).toEqual([422, 'TYPE_MISMATCH'])
  expect((await tus(path, 'HEAD')).status).toBe(404)
})

test("nobody sees, continues or ends another's upload", async () => {
  const path = await opened(1_000)
  const content = film(1_000)
  for (const who of [await app.signIn(), await app.signIn('admin')]) {
    expect((await tus(path, 'HEAD', {}, undefined, who)).status).toBe(404)
    expect(await codeOf(await patch(path, 0, content, who))).toEqual([404, 'UPLOAD_NOT_FOUND'])
    expect((await tus(path, 'DELETE', {}, undefined, who)).status).toBe(404)
  }
  const viewer = await app.signIn('viewer')
  expect((await open(1_000, filmFields, viewer)).status).toBe(403)
  const nobody = { 'tus-resumable': '1.0.0' }
  expect((await fetch(`${app.origin}/v1/uploads/tus`, { method: 'POST', headers: nobody })).status).toBe(401)
  expect((await fetch(app.origin + path, { method: 'HEAD', headers: nobody })).status).toBe(401)
  expect(await offsetOf(path)).toBe(0)
})

test('of two that send at once, one goes on, and nothing is mixed', async () => {
  const content = film(3 * mebibyte)
  const path = await opened(content.length)
  const answers = await Promise.all([patch(path, 0, content), patch(path, 0, content)])
  const statuses = answers.map(({ status }) => status).sort()
  expect(statuses.filter((status) => status === 204).length).toBeGreaterThan(0)
  expect(statuses.every((status) => [204, 400, 409, 423].includes(status))).toBe(true)
  const offset = await offsetOf(path)
  const last =
    offset === content.length ? await tus(path, 'HEAD') : await patch(path, offset, content.subarray(offset))
  await expectWhole(last.headers.get('backlot-file-id') ?? '', content)
})

test('an upload that is given up or has expired is gone, with its bytes', async () => {
  const drafts = () => app.storedFiles().filter((name) => name.includes('growing-'))
  const path = await opened(1_000)
  await patch(path, 0, film(1_000).subarray(0, 100))
  expect(drafts().join()).toContain(idOf(path))
  expect((await tus(path, 'DELETE')).status).toBe(204)
  expect(drafts().join()).not.toContain(idOf(path))
  expect((await tus(path, 'HEAD')).status).toBe(404)

  const late = await opened(1_000)
  const expiresAt = new Date(Date.now() - 60_000)
  await app.db
    .update(uploads)
    .set({ expiresAt })
    .where(eq(uploads.id, idOf(late)))
  expect(await codeOf(await patch(late, 0, film(1_000)))).toEqual([410, 'UPLOAD_EXPIRED'])
  await app.db
    .update(uploads)
    .set({ expiresAt: new Date(Date.now() - 3 * 3_600_000) })
    .where(eq(uploads.id, idOf(late)))
  await removeAbandonedUploads(app, 100)
  await app.db.update(objectRemovals).set({ dueAt: new Date(0) })
  await removeDueObjects(app, 100)
  expect((await tus(late, 'HEAD')).status).toBe(404)
  expect(await app.db.$count(resumableUploads, eq(resumableUploads.uploadId, idOf(late)))).toBe(0)
})

test('a user has at most a hundred of them open', async () => {
  const hoarder = await app.signIn()
  const answers = await Promise.all(Array.from({ length: 103 }, () => open(10, filmFields, hoarder)))
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(100)
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(3)
})

test('it says what it can do', async () => {
  const answer = await fetch(`${app.origin}/v1/uploads/tus`, { method: 'OPTIONS' })
  expect(answer.status).toBe(204)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'tus-resumable': '1.0.0',
    'tus-version': '1.0.0',
    'tus-extension': 'creation,expiration,termination',
    'tus-max-size': String(500 * mebibyte),
  })
  const created = await open(10)
  expect(new Date(created.headers.get('upload-expires') ?? '').getTime()).toBeGreaterThan(
    Date.now() + 23 * 3_600_000,
  )
})
