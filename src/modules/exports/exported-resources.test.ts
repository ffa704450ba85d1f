import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, formOf, type Person, signUp } from '../../../test/harness/client.ts'
import { type DataApp, startDataApp } from '../../../test/harness/data-app.ts'
import { exportsClient } from '../../../test/harness/exports-client.ts'
import { signInAs } from '../../../test/harness/people.ts'

let data: DataApp
let ben: Person
let admin: Person
let manager: Person

beforeAll(async () => {
  data = await startDataApp()
  ben = await signUp(data.backlot)
  admin = await signInAs(data.backlot, 'admin')
  manager = await signInAs(data.backlot, 'manager')
  for (const who of [data.ada, ben]) {
    const body = { prompt: `a hill of ${who.id}`, style: 'noir', size: '64x64' }
    const headers = { prefer: 'wait=20' }
    const { data: drawn } = await call(data.backlot, who, 'POST', '/v1/generations', { body, headers })
    expect(drawn.status).toBe('completed')
    const post = { title: `Of ${who.id}`, body: 'Words.', tags: ['a', 'b'] }
    expect((await call(data.backlot, who, 'POST', '/v1/posts', { body: post })).status).toBe(201)
  }
})
afterAll(() => data.backlot.close())

type Exported = { id: string; ownerId?: string }
const exported = async (who: Person, resource: string): Promise<Exported[]> => {
  const { download, result } = await exportsClient(data.backlot, who).write({ resource, format: 'ndjson' })
  const lines = download.bytes.toString().trimEnd().split('\n')
  expect(result.rows).toBe(lines.length)
  return lines.map((line: string) => JSON.parse(line))
}
const ownersOf = (rows: Exported[]) => new Set(rows.map(({ ownerId }) => ownerId))

test.each(['generations', 'files', 'jobs'])(
  '%s: own rows for a user, all for a manager and an admin',
  async (resource) => {
    expect(ownersOf(await exported(data.ada, resource))).toEqual(new Set([data.ada.id]))
    expect(ownersOf(await exported(ben, resource))).toEqual(new Set([ben.id]))
    for (const who of [manager, admin]) {
      const owners = ownersOf(await exported(who, resource))
      expect([...owners]).toEqual(expect.arrayContaining([data.ada.id, ben.id]))
    }
  },
)

test('posts: own ones, drafts too, for a user; all for a manager', async () => {
  const own = await exported(data.ada, 'posts')
  expect(own).toMatchObject([
    { authorId: data.ada.id, body: 'Words.', tags: 'a,b', status: 'draft', version: 1 },
  ])
  expect(await exported(manager, 'posts')).toHaveLength(2)
})

test('users: oneself for a user, all for a manager and an admin, never a password', async () => {
  expect((await exported(data.ada, 'users')).map(({ id }) => id)).toEqual([data.ada.id])
  for (const who of [manager, admin]) {
    const rows = await exported(who, 'users')
    expect(rows.map(({ id }) => id).sort()).toEqual([data.ada.id, ben.id, manager.id, admin.id].sort())
    expect(Object.keys(rows[0] ?? {})).toEqual([
      'id',
      'email',
      'name',
      'role',
      'emailVerified',
      'disabled',
      'signInProviders',
      'createdAt',
      'updatedAt',
    ])
  }
})

test('generations have what the API shows of them', async () => {
  const [row] = await exported(data.ada, 'generations')
  const { data: shown } = await data.get(`generations/${row?.id}`)
  const { prompt, style, seed, status } = shown
  expect(row).toMatchObject({ prompt, style, status })
  expect(String((row as { seed?: unknown } | undefined)?.seed)).toBe(String(seed))
})

test('a filter and columns of a resource', async () => {
  const { download } = await exportsClient(data.backlot, admin).write({
    resource: 'users',
    format: 'csv',
    columns: ['email'],
    where: { id: ben.id },
  })
  expect(download.bytes.toString()).toBe(`email\r\n${ben.email}\r\n`)
})

test('a filter cannot reach beyond what is one’s own', async () => {
  const { result } = await exportsClient(data.backlot, ben).write({
    resource: 'jobs',
    format: 'csv',
    where: { ownerId: data.ada.id },
  })
  expect(result.rows).toBe(0)
})

test('a viewer exports nothing', async () => {
  const viewer = await signInAs(data.backlot, 'viewer')
  const refused = await exportsClient(data.backlot, viewer).ask({ resource: 'users', format: 'csv' })
  expect([refused.status, refused.error.code]).toEqual([403, 'FORBIDDEN'])
})

test("another's dataset, file and export do not exist; a manager reads them and deletes nothing", async () => {
  const { datasetId } = await data.make({ count: 3, fields: [{ name: 'id', type: 'sequence' }] })
  const written = await exportsClient(data.backlot, data.ada).write({ datasetId, format: 'csv' })
  const { fileId } = written.result
  const bens = exportsClient(data.backlot, ben)
  for (const source of [{ datasetId }, { fileId }]) {
    expect((await bens.ask({ ...source, format: 'csv' })).status).toBe(404)
  }
  expect((await data.get(`exports/${written.id}`, ben)).status).toBe(404)
  expect((await call(data.backlot, ben, 'DELETE', `/v1/exports/${written.id}`)).status).toBe(404)
  expect((await data.get('exports', ben)).text).not.toContain(written.id)
  expect((await data.get(`exports/${written.id}`, manager)).data.result.sha256).toBe(written.result.sha256)
  expect((await call(data.backlot, manager, 'DELETE', `/v1/exports/${written.id}`)).status).toBe(403)
  const ofManager = await exportsClient(data.backlot, manager).write({ datasetId, format: 'csv' })
  expect(ofManager).toMatchObject({ ownerId: manager.id, result: { sha256: written.result.sha256 } })
  expect((await data.get(`exports/${written.id}`)).status).toBe(200)
})

test('an uploaded table is exported by its file; another file is refused by its path', async () => {
  const table = { file: { name: 'a.csv', data: Buffer.from('id,name\n1,Ada\n2,Grace\n') } }
  const text = { file: { name: 'notes.txt', data: Buffer.from('Some notes.\n'), type: 'text/plain' } }
  const upload = async (parts: Parameters<typeof formOf>[0]) => {
    const { data: taken } = await call(data.backlot, data.ada, 'POST', '/v1/upload', await formOf(parts))
    await expect.poll(async () => (await data.get(`status/${taken.jobId}`)).data.status).toBe('completed')
    return taken.fileId
  }
  const exports = exportsClient(data.backlot, data.ada)
  const { download, result } = await exports.write({ fileId: await upload(table), format: 'csv' })
  expect(download.bytes.toString()).toBe('id,name\r\n1,Ada\r\n2,Grace\r\n')
  expect(result.rows).toBe(2)
  const refused = await exports.ask({ fileId: await upload(text), format: 'csv' })
  expect(refused.status).toBe(422)
  expect(refused.error.errors).toEqual([
    { path: 'fileId', code: 'not_tabular', message: expect.stringContaining('POST /v1/upload') },
  ])
})
