import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newKeyOf } from '../../../test/harness/api-keys.ts'
import { call } from '../../../test/harness/client.ts'
import { download, storedObjects } from '../../../test/harness/exports-client.ts'
import { type SignedIn, signInAs } from '../../../test/harness/people.ts'
import { provideProgram } from '../../../test/harness/provide-program.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { usageHistory } from '../../../test/harness/usage-history.ts'
import { users } from '../users/users.table.ts'
import { removeExpiredReports } from './reports.service.ts'

const canReadPdf = await provideProgram('pdftotext', 'poppler-utils')

let backlot: TestApp
let ada: SignedIn
let eve: SignedIn
let projectId: string
const june = { from: '2025-06-01', to: '2025-06-30' }

beforeAll(async () => {
  backlot = await startTestApp({ worker: true })
  ada = await signInAs(backlot, 'user')
  eve = await signInAs(backlot, 'user')
  await backlot.platform.db.update(users).set({ name: 'Żaneta 東 Ω' }).where(sql`id = ${ada.id}`)
  projectId = await fillJune()
})
afterAll(() => backlot.close())

const fillJune = async () => {
  const of = usageHistory(backlot, ada.id)
  await of.generation('2025-05-31T23:59:59.999Z', 'completed')
  await of.generation('2025-06-01T00:00:00.000Z', 'completed')
  for (let n = 0; n < 6; n += 1) await of.generation('2025-06-10T12:00:00Z', 'completed', 'sketch')
  await of.generation('2025-06-30T23:59:59.999Z', 'failed', 'sketch')
  await of.generation('2025-07-01T00:00:00.000Z', 'completed')
  await of.dataset('2025-06-02T00:00:00Z', 1_234_567)
  await of.exported('2025-06-03T00:00:00Z', 'csv', 4_321)
  await of.exported('2025-06-04T00:00:00Z', 'xlsx', 79)
  await of.file('2025-06-05T00:00:00Z', 'document', 1_536)
  await of.file('2025-06-05T00:00:00Z', 'video', 5 * 1_024 ** 2)
  await of.file('2025-06-05T00:00:00Z', 'video', 1_024 ** 3, new Date())
  await of.file('2025-05-05T00:00:00Z', 'document', 512)
  await of.post('2025-06-06T00:00:00Z')
  await of.job('2025-06-07T00:00:00Z', 'generation.render', 'PROVIDER_REFUSED')
  await of.job('2025-06-08T00:00:00Z', 'generation.render', 'PROVIDER_REFUSED', true)
  const show = await of.project('Die Öffnung')
  const destinationId = '00000000-0000-7000-8000-00000000aaaa'
  // Over midnight of the first day, and past the end of the period.
  await of.stream(show, ['2025-05-31T23:30:00Z', '2025-06-01T00:45:00Z'], {
    ...{ name: 'Kick', destinationId },
    events: [
      ['2025-05-31T23:30:05Z', 'connecting'],
      ['2025-05-31T23:50:00Z', 'broadcasting'],
      ['2025-06-01T00:10:00Z', 'reconnecting'],
      ['2025-06-01T00:20:00Z', 'broadcasting'],
    ],
  })
  const other = await of.project('Another')
  await of.stream(other, ['2025-06-20T10:00:00Z', '2025-06-20T12:00:00Z'], {
    ...{ name: 'Twitch', destinationId: '00000000-0000-7000-8000-00000000bbbb' },
    events: [
      ['2025-06-20T10:00:00Z', 'broadcasting'],
      ['2025-06-20T11:30:00Z', 'errored'],
    ],
  })
  // Nothing of another's may be seen in hers.
  await usageHistory(backlot, eve.id).generation('2025-06-10T12:00:00Z', 'completed', 'anime')
  return show
}

const ask = (who: SignedIn, body: object, headers: Record<string, string> = {}) =>
  call(backlot, who, 'POST', '/v1/reports', { body, headers })
const show = async (who: SignedIn, id: string) => (await call(backlot, who, 'GET', `/v1/reports/${id}`)).data

const keyOf = async (scopes: Parameters<typeof newKeyOf>[2]) =>
  (await newKeyOf(backlot.platform.db, ada.id, scopes)).text

/** A report that is complete, with its bytes as whoever has the link gets them. */
const write = async (who: SignedIn, body: object) => {
  const { data, text } = await ask(who, body, { prefer: 'wait=30' })
  if (data?.status !== 'completed') throw new Error(`Not written: ${text}`)
  const report = await show(who, data.reportId)
  return { ...report, file: await download(backlot, report.result.resultUri) }
}

/** What somebody reads in a PDF: its lines, with the blanks between words as one. */
const linesOf = async (pdf: Buffer): Promise<string[]> => {
  const reading = promisify(execFile)('pdftotext', ['-layout', '-enc', 'UTF-8', '-', '-'])
  reading.child.stdin?.end(pdf)
  const { stdout } = await reading
  return stdout.split('\n').map((line) => line.trim().replaceAll(/\s+/g, ' '))
}

describe('what a report says', { skip: !canReadPdf }, () => {
  test('its numbers are those of the tables, within the days of the period', async () => {
    const { file, result, ...report } = await write(ada, june)
    expect(report).toMatchObject({ status: 'completed', ...june, installation: false, projectId: null })
    expect(file.headers.get('content-type')).toBe('application/pdf')
    expect(file.sha256).toBe(result.sha256)
    expect(file.bytes.length).toBeLessThan(200_000)
    const lines = await linesOf(file.bytes)
    expect(lines).toEqual(
      expect.arrayContaining([
        'Account Żaneta [U+6771] Ω',
        'Generations by day and status 8',
        'completed 7 failed 1',
        'sketch 7',
        'noir 1',
        'Rows made by day and origin 1,234,567',
        'Exports by day and status 2',
        'Rows exported by format 4,400',
        'csv 4,321',
        'xlsx 79',
        'Bytes stored by day and kind 5.0 MiB',
        'video 5.0 MiB document 1.5 KiB',
        'Storage in use at the end of the period, by kind 5.0 MiB',
        'document 2.0 KiB',
        'Streams begun by day 1',
        'Minutes live by day 165.0 min',
        'Minutes broadcast by destination 125.0 min',
        'Kick 35.0 min',
        'Twitch 90.0 min',
        'Posts by day and status 1',
        'Failed jobs by kind and reason 2',
        'generation.render 2',
        'PROVIDER_REFUSED 2',
      ]),
    )
    expect(lines.join('\n')).not.toContain('anime')
  })

  test('a project is told alone, and only what is known of one', async () => {
    const { file } = await write(ada, { ...june, projectId })
    const lines = await linesOf(file.bytes)
    expect(lines).toEqual(
      expect.arrayContaining(['Project Die Öffnung', 'Minutes live by day 45.0 min', 'Kick 35.0 min']),
    )
    expect(lines.join('\n')).not.toMatch(/Twitch|Images|Jobs/)
    const wrong = await ask(ada, { ...june, projectId, sections: ['live', 'jobs'] })
    expect([wrong.status, wrong.error.errors[0].path]).toEqual([422, 'sections.1'])
  })

  test('an admin has the whole installation, and the account of somebody', async () => {
    const admin = await signInAs(backlot, 'admin')
    const sections = ['generations']
    const all = await write(admin, { ...june, installation: true, sections })
    expect(await linesOf(all.file.bytes)).toEqual(
      expect.arrayContaining(['The whole installation', 'Generations by day and status 9', 'anime 1']),
    )
    const hers = await write(admin, { ...june, userId: ada.id, sections })
    expect(await linesOf(hers.file.bytes)).toContain('Generations by day and status 8')
  })

  test('a period in which nothing was says so', async () => {
    const { file } = await write(ada, { from: '2024-02-29', to: '2024-02-29' })
    const lines = await linesOf(file.bytes)
    expect(lines.filter((line) => line === 'Nothing in this period.').length).toBeGreaterThan(8)
  })
})

test('the same data makes the same bytes', async () => {
  const [one, two] = [await write(ada, june), await write(ada, june)]
  expect(one.file.bytes.equals(two.file.bytes)).toBe(true)
  expect(one.id).not.toBe(two.id)
})

describe('who may have which report', () => {
  test("another's project and account are not known, and everybody's is for admins", async () => {
    expect((await ask(eve, { ...june, projectId })).error.code).toBe('PROJECT_NOT_FOUND')
    expect((await ask(eve, { ...june, userId: ada.id })).error.code).toBe('USER_NOT_FOUND')
    expect((await ask(eve, { ...june, installation: true })).status).toBe(403)
    const manager = await signInAs(backlot, 'manager')
    expect((await ask(manager, { ...june, installation: true })).status).toBe(403)
    const viewer = await signInAs(backlot, 'viewer')
    expect((await ask(viewer, june)).status).toBe(403)
  })

  test('a key has of a report what it may read itself, then and when it is written again', async () => {
    const token = await keyOf(['reports:create', 'reports:read', 'posts:read', 'jobs:update', 'jobs:read'])
    const key = { ...ada, token }
    expect((await ask(key, { ...june, sections: ['generations'] })).error.code).toBe('INSUFFICIENT_SCOPE')
    const { data } = await ask(key, june, { prefer: 'wait=30' })
    const { rows } = await backlot.platform.db.execute(
      sql`select params -> 'sections' as sections from jobs where id = ${data.jobId}`,
    )
    expect(rows).toEqual([{ sections: ['posts', 'jobs'] }])

    const hers = await ask(ada, { ...june, sections: ['generations'] }, { prefer: 'wait=30' })
    await backlot.platform.db.execute(sql`update jobs set status = 'failed' where id = ${hers.data.jobId}`)
    const again = await call(backlot, key, 'POST', `/v1/jobs/${hers.data.jobId}/retry`)
    expect(again.error.code).toBe('INSUFFICIENT_SCOPE')
  })

  test('who may see the job but not the report is not given its link', async () => {
    const { jobId } = await write(ada, june)
    const seen = async (scopes: Parameters<typeof newKeyOf>[2]) => {
      const key = { ...ada, token: await keyOf(scopes) }
      return (await call(backlot, key, 'GET', `/v1/jobs/${jobId}`)).data.resultUri
    }
    expect(await seen(['jobs:read'])).toBeNull()
    expect(await seen(['jobs:read', 'reports:read'])).toContain('/v1/storage/')
  })

  test('a report whose maker was made a viewer since is not written', async () => {
    const bob = await signInAs(backlot, 'user')
    const admin = await signInAs(backlot, 'admin')
    const { db } = backlot.platform
    const { data } = await ask(bob, june, { prefer: 'wait=30' })
    await db.update(users).set({ role: 'viewer' }).where(sql`id = ${bob.id}`)
    await db.execute(sql`update jobs set status = 'failed' where id = ${data.jobId}`)
    expect((await call(backlot, admin, 'POST', `/v1/jobs/${data.jobId}/retry`)).status).toBe(202)
    const status = async () => (await show(bob, data.reportId)).status
    await expect.poll(status, { timeout: 20_000 }).toBe('failed')
    expect((await show(bob, data.reportId)).errorCode).toBe('FORBIDDEN')
  })
})

describe('bounds', () => {
  test.each([
    [{ from: '2025-06-02', to: '2025-06-01' }, 'to'],
    [{ from: '2024-01-01', to: '2025-01-01' }, 'to'],
    [{ from: '1999-12-31', to: '2000-01-01' }, 'from'],
    [{ from: '2025-02-29', to: '2025-03-01' }, 'from'],
    [{ ...june, sections: ['nonsense'] }, 'sections.0'],
    [{ ...june, installation: true, userId: '00000000-0000-7000-8000-000000000000' }, 'projectId'],
  ])('%j is refused, by its field', async (body, path) => {
    const { status, error } = await ask(ada, body)
    expect([status, error.errors[0].path]).toEqual([422, path])
  })

  test('a year of a large account stays small: names and kinds are added up past their number', async () => {
    const large = await signInAs(backlot, 'user')
    await backlot.platform.db.execute(sql`
      insert into jobs (owner_id, type, queue, params, status, error_code, created_at, id)
      select ${large.id}, 'kind-' || (n % 1000), 'images', '{}', 'failed', 'CODE_' || (n % 200), at,
        (substr(millisecond, 1, 8) || '-' || substr(millisecond, 9) || '-7000-8000-000000000000')::uuid
      from generate_series(0, 87599) n, lateral (select timestamptz '2023-01-01 00:00Z' + n * interval '6 minutes' as at),
        lateral (select lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') as millisecond)`)
    const { file } = await write(large, { from: '2023-01-01', to: '2023-12-31', sections: ['jobs'] })
    expect(file.bytes.length).toBeLessThan(100_000)
    if (!canReadPdf) return
    const lines = await linesOf(file.bytes)
    expect(lines).toEqual(
      expect.arrayContaining(['Jobs by day and status 87,600', 'Failed jobs by kind and reason 87,600']),
    )
    expect(lines.filter((line) => line.startsWith('kind-'))).toHaveLength(20)
    expect(lines).toContainEqual(expect.stringMatching(/^others 85,\d{3}$/))
  })
})

test('a repeated request is one report, and deleting it ends its link and file', async () => {
  const headers = { 'idempotency-key': 'june', prefer: 'wait=30' }
  const [first, second] = [await ask(ada, june, headers), await ask(ada, june, headers)]
  expect(second.data.reportId).toBe(first.data.reportId)
  expect(second.headers['idempotency-replayed']).toBe('true')

  const { result } = await show(ada, first.data.reportId)
  const url = `/v1/reports/${first.data.reportId}`
  expect((await call(backlot, eve, 'DELETE', url)).status).toBe(404)
  expect((await call(backlot, ada, 'DELETE', url)).status).toBe(204)
  expect((await download(backlot, result.resultUri)).status).toBe(404)
  expect((await call(backlot, ada, 'GET', url)).status).toBe(404)
})

test('a report past its time goes with its file', async () => {
  const { id, jobId } = await write(eve, june)
  const object = () => storedObjects(backlot).filter((name) => name.includes(jobId))
  expect(object()).toHaveLength(1)
  const { db } = backlot.platform
  await db.execute(sql`update reports set expires_at = now() where id = ${id}`)
  expect(await removeExpiredReports({ db }, 100)).toBe(1)
  expect((await call(backlot, eve, 'GET', `/v1/reports/${id}`)).status).toBe(404)
  const { rows } = await db.execute(
    sql`select storage_key from object_removals where storage_key like ${`%${jobId}%`}`,
  )
  expect(rows).toHaveLength(1)
})
