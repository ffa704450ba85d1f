import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FilesApp, type FilesClient, startFilesApp } from '../../../../test/harness/files-app.ts'
import {
  bytesType,
  codeOf,
  film,
  filmFields,
  metadataOf,
  tusClient,
} from '../../../../test/harness/tus-client.ts'

const mebibyte = 1_024 ** 2
type Failure = { error: { errors: { path: string }[] } }

let app: FilesApp
let user: FilesClient
let tus: ReturnType<typeof tusClient>

beforeAll(async () => {
  app = await startFilesApp({ worker: true })
  user = await app.signIn()
  tus = tusClient(app.origin, user)
})
afterAll(() => app.close())

test('another offset, too much, and a wrong version are refused, and change nothing', async () => {
  const content = film(2_000)
  const path = await tus.opened(2_000)
  expect((await tus.patch(path, 0, content.subarray(0, 500))).headers.get('upload-offset')).toBe('500')
  expect(await codeOf(await tus.patch(path, 0, content))).toEqual([409, 'UPLOAD_OFFSET_MISMATCH'])
  expect(await codeOf(await tus.patch(path, 600, content.subarray(600)))).toEqual([
    409,
    'UPLOAD_OFFSET_MISMATCH',
  ])
  expect(await codeOf(await tus.patch(path, 500, content))).toEqual([413, 'PAYLOAD_TOO_LARGE'])
  const old = await tus.send(
    path,
    'PATCH',
    { ...bytesType, 'upload-offset': '500', 'tus-resumable': '0.2.2' },
    content,
  )
  expect([old.status, old.headers.get('tus-version')]).toEqual([412, '1.0.0'])
  expect(
    (await tus.send(path, 'PATCH', { 'content-type': 'text/plain', 'upload-offset': '500' }, content)).status,
  ).toBe(415)
  const head = await tus.send(path, 'HEAD')
  expect(Object.fromEntries(head.headers)).toMatchObject({
    'upload-offset': '500',
    'upload-length': '2000',
    'upload-metadata': metadataOf(filmFields),
    'tus-resumable': '1.0.0',
    'cache-control': 'no-store',
  })
  const last = await tus.patch(path, 500, content.subarray(500))
  expect(last.status).toBe(204)
  const fileId = last.headers.get('backlot-file-id')
  await tus.expectWhole(fileId, content)
  const nothingMore = await tus.patch(path, 2_000, Buffer.alloc(0))
  expect([nothingMore.status, nothingMore.headers.get('backlot-file-id')]).toEqual([204, fileId])
  expect((await tus.send(path, 'HEAD')).headers.get('backlot-file-id')).toBe(fileId)
})

test('limits are those of other uploads, and said before anything is sent', async () => {
  expect(await codeOf(await tus.open(501 * mebibyte))).toEqual([413, 'PAYLOAD_TOO_LARGE'])
  expect(
    await codeOf(
      await tus.open(6 * mebibyte, { ...filmFields, kind: 'profile-image', filetype: 'image/png' }),
    ),
  ).toEqual([413, 'PAYLOAD_TOO_LARGE'])
  expect(await codeOf(await tus.open(100 * mebibyte))).toEqual([413, 'QUOTA_EXCEEDED'])
  for (const [fields, path] of [
    [{ ...filmFields, filetype: 'text/html' }, 'filetype'],
    [{ ...filmFields, kind: 'generated' }, 'kind'],
    [{ ...filmFields, filename: '' }, 'filename'],
  ] as const) {
    const answer = await tus.open(10, fields)
    expect([answer.status, ((await answer.json()) as Failure).error.errors[0]?.path]).toEqual([422, path])
  }
  expect((await tus.open(0)).status).toBe(422)
  const deferred = await tus.send('/v1/uploads/tus', 'POST', { 'upload-defer-length': '1' })
  expect(await codeOf(deferred)).toEqual([400, 'TUS_EXTENSION_UNSUPPORTED'])
})

test('more bytes than were told are refused, also where their number is not told before', async () => {
  const path = await tus.opened(64)
  expect(await codeOf(await tus.patch(path, 0, film(65)))).toEqual([413, 'PAYLOAD_TOO_LARGE'])
  const untold = await fetch(app.origin + path, {
    method: 'PATCH',
    headers: {
      authorization: `Bearer ${user.token}`,
      'tus-resumable': '1.0.0',
      'upload-offset': '0',
      ...bytesType,
    },
    body: ReadableStream.from([film(65)]),
    duplex: 'half',
  })
  expect(await codeOf(untold)).toEqual([413, 'PAYLOAD_TOO_LARGE'])
  expect(await tus.offsetOf(path)).toBe(0)
})

test('bytes that come with the opening are not taken, and have to be sent again', async () => {
  const headers = { ...bytesType, 'upload-length': '64', 'upload-metadata': metadataOf(filmFields) }
  const opened = await tus.send('/v1/uploads/tus', 'POST', headers, film(64))
  expect([opened.status, opened.headers.get('upload-offset')]).toEqual([201, null])
  const path = opened.headers.get('location') ?? ''
  expect(await tus.offsetOf(path)).toBe(0)
  expect((await tus.patch(path, 0, film(64))).status).toBe(204)
})

test('a query is no part of an id', async () => {
  const path = `${await tus.opened(64)}?id=another/one`
  expect((await tus.send(path, 'HEAD')).status).toBe(200)
  expect((await tus.send(path, 'DELETE')).status).toBe(204)
})

test('what is not what was said goes with all of it', async () => {
  const path = await tus.opened(100)
  expect(await codeOf(await tus.patch(path, 0, Buffer.alloc(100, 'a')))).toEqual([422, 'TYPE_MISMATCH'])
  expect((await tus.send(path, 'HEAD')).status).toBe(404)
})

test("nobody sees, continues or ends another's upload", async () => {
  const path = await tus.opened(1_000)
  const content = film(1_000)
  for (const role of ['user', 'admin'] as const) {
    const other = tusClient(app.origin, await app.signIn(role))
    expect((await other.send(path, 'HEAD')).status).toBe(404)
    expect(await codeOf(await other.patch(path, 0, content))).toEqual([404, 'UPLOAD_NOT_FOUND'])
    expect((await other.send(path, 'DELETE')).status).toBe(404)
  }
  const viewer = tusClient(app.origin, await app.signIn('viewer'))
  expect((await viewer.open(1_000)).status).toBe(403)
  const nobody = { 'tus-resumable': '1.0.0' }
  expect((await fetch(`${app.origin}/v1/uploads/tus`, { method: 'POST', headers: nobody })).status).toBe(401)
  expect((await fetch(app.origin + path, { method: 'HEAD', headers: nobody })).status).toBe(401)
  expect(await tus.offsetOf(path)).toBe(0)
})

test('a user has at most a hundred of them open', async () => {
  const hoarder = tusClient(app.origin, await app.signIn())
  const answers = await Promise.all(Array.from({ length: 103 }, () => hoarder.open(10)))
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
  const created = await tus.open(10)
  expect(new Date(created.headers.get('upload-expires') ?? '').getTime()).toBeGreaterThan(
    Date.now() + 23 * 3_600_000,
  )
})
