import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import type net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeProject } from '../harness/live-streams.ts'
import { type SignedIn, signInAs } from '../harness/people.ts'
import { publishTo } from '../harness/rtmp-clients.ts'
import { connect, send } from '../harness/send.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'

/*
 * Files that other servers gave away, wrote or left behind.
 *
 * | Class                         | Advisory                                | Test                                    |
 * |-------------------------------|-----------------------------------------|-----------------------------------------|
 * | A path leaves its folder      | @fastify/static CVE-2026-6414           | "no file but those that are served"     |
 * | The name of a stream is a path| Node-Media-Server issue 689             | "a stream is no path"                   |
 * | Uploads leave temporary files | @fastify/multipart CVE-2025-24033       | "an upload that breaks off"             |
 */

let backlot: TestApp
let temporary: string
let user: SignedIn
const usualTemporary = process.env.TMPDIR

beforeAll(async () => {
  temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'backlot-incidents-'))
  process.env.TMPDIR = temporary
  backlot = await startTestApp({ live: true })
  user = await signInAs(backlot, 'user')
})
afterAll(async () => {
  await backlot.close()
  fs.rmSync(temporary, { recursive: true, force: true })
  if (usualTemporary === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = usualTemporary
})

/** All files below the folder for temporary ones, in which Backlot's data directory is too. */
const files = () =>
  fs
    .readdirSync(temporary, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()

test('no file but those that are served comes out of a folder', async () => {
  const { token } = await signInAs(backlot, 'admin')
  const folders = [
    ...['/docs/static/', '/admin/queues/static/', '/v1/storage/', `/v1/live/preview/${randomUUID()}/`],
    ...['/v1/files/', '/v1/projects/'],
  ]
  const detours = ['../', '..%2f', '%2e%2e/', '%2e%2e%2f', '..%5c', '%252e%252e%252f', '....//', '..;/']
  const wanted = ['package.json', 'etc/passwd', '.backlot/secret-key']
  for (const folder of folders)
    for (const detour of detours)
      for (const file of wanted) {
        const target = `${folder}${detour.repeat(8)}${file}`
        const { status, text } = await send(backlot.url, target, {
          headers: { authorization: `Bearer ${token}` },
        })
        expect([400, 403, 404, 422], target).toContain(status)
        expect(text).not.toMatch(/root:|"dependencies"/)
      }
})

const openForm = (target: string, name: string, type: string) =>
  [
    `POST ${target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${user.token}\r\n`,
    'Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: 5000000\r\n\r\n',
    '--edge\r\nContent-Disposition: form-data; name="prompt"\r\n\r\na hill\r\n',
    `--edge\r\nContent-Disposition: form-data; name="${name}"; filename="a"\r\nContent-Type: ${type}\r\n\r\n`,
  ].join('')

test.each([
  ['/v1/upload', 'file', 'text/csv', 'id,name\n'],
  ['/v1/images/edits', 'image', 'image/png', '\x89PNG\r\n\x1a\n'],
  ['/v1/generations', 'image', 'image/png', '\x89PNG\r\n\x1a\n'],
])('an upload that breaks off leaves no file: %s', async (target, name, type, start) => {
  const before = files()
  const bytes = Buffer.from(openForm(target, name, type) + start + 'x,y\n'.repeat(100_000), 'latin1')
  const arrived = Promise.withResolvers<net.Socket>()
  backlot.app.server.once('connection', arrived.resolve)
  const { socket, closed } = connect(backlot.url)
  socket.write(bytes)
  const accepted = await arrived.promise
  await expect.poll(() => accepted.bytesRead).toBe(bytes.length)
  expect(files(), 'while it arrives').not.toEqual(before)
  socket.destroy()
  await closed
  await expect.poll(files, { timeout: 5_000 }).toEqual(before)
})

test.each(['../../../escaped', '..%2f..%2fescaped', '/tmp/escaped', '..\\..\\escaped', 'a\0b'])(
  'a stream is no path: %j',
  async (name) => {
    const before = files()
    const port = Number(new URL(backlot.ingest).port)
    for (const target of [{ streamKey: name }, { app: `live/${name}`, streamKey: 'key' }]) {
      const { told, closed } = publishTo(port, target)
      await closed
      expect(told.accepted).toEqual([])
    }
    const form = new URLSearchParams({ name, app: name }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const hook = await send(backlot.url, '/v1/streams/on_publish', { method: 'POST', headers, body: form })
    expect([403, 422]).toContain(hook.status)
    expect(files()).toEqual(before)
  },
)

test('a right key opens no stream under a path', async () => {
  const { streamKey } = await makeProject(backlot, user)
  const { told, closed } = publishTo(Number(new URL(backlot.ingest).port), { streamKey: `../${streamKey}` })
  await closed
  expect(told.accepted).toEqual([])
})
