import { responseSchemas } from '@bull-board/api/dist/schemas/responses.js'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call } from '../../../test/harness/client.ts'
import { password, type SignedIn, signInAs } from '../../../test/harness/people.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'

let backlot: TestApp
let admin: SignedIn

beforeAll(async () => {
  // Without a worker: jobs stay as they are made.
  backlot = await startTestApp()
  admin = await signInAs(backlot, 'admin')
})
afterAll(() => backlot.close())

type Made = { status?: string; queue?: string; type?: string; runIn?: string; more?: string }
const makeJob = async ({ status = 'pending', queue = 'emails', type = 'test.job', runIn = '0 s' }: Made) => {
  const { rows } = await backlot.platform.db.execute<{ id: string }>(sql`
    with job as (
      insert into jobs (type, queue, owner_id, params, status, attempt, progress, run_at, started_at, finished_at,
        error_code, error_message, result_uri)
      values (${type}, ${queue}, ${admin.id}, '{"to": "somebody@example.com", "link": "token-of-a-link"}', ${status}, 3, 0.5,
        now() + ${runIn}::interval, now() - interval '1 minute',
        case when ${status} in ('completed', 'failed', 'cancelled') then now() end,
        case when ${status} = 'failed' then 'MAIL_REFUSED' end,
        case when ${status} = 'failed' then 'The mail server refused it.' end,
        'https://example.com/result?signature=of-a-result')
      returning id
    ), noted as (
      insert into job_events (job_id, seq, type, data) select id, 1, 'status', '{"status": "pending", "attempt": 0, "resultUri": "https://example.com/result?signature=of-a-result"}' from job
    )
    select id from job`)
  return rows[0]?.id ?? ''
}
const stored = async (id: string) => {
  const { rows } = await backlot.platform.db.execute<{ status: string; cancel: boolean }>(
    sql`select status, cancel_requested_at is not null as cancel from jobs where id = ${id}`,
  )
  return rows[0]
}
const board = async (path: string) => (await call(backlot, admin, 'GET', `/admin/queues/api${path}`)).json
const listed = async (queue: string, status: string) => {
  const { queues } = await board(`/queues?activeQueue=${queue}&status=${status}&page=1&jobsPerPage=20`)
  return queues.find(({ name }: { name: string }) => name === queue)
}
const put = (path: string) => call(backlot, admin, 'PUT', `/admin/queues/api/queues/${path}`)

describe('what the board shows', () => {
  test('jobs in each state, those of later and those that ended too', async () => {
    const queue = 'uploads'
    const ids = {
      waiting: await makeJob({ queue }),
      delayed: await makeJob({ queue, runIn: '1 hour' }),
      active: await makeJob({ queue, status: 'in-progress' }),
      completed: await makeJob({ queue, status: 'completed' }),
      failed: await makeJob({ queue, status: 'failed' }),
    }
    const cancelled = await makeJob({ queue, status: 'cancelled' })
    for (const [state, id] of Object.entries(ids)) {
      const { counts, jobs } = await listed(queue, state)
      expect(counts).toMatchObject({ waiting: 1, delayed: 1, active: 1, completed: 1, failed: 1 })
      expect(
        jobs.map((job: { id: string }) => job.id),
        state,
      ).toEqual([id])
      expect(await board(`/queues/${queue}/${id}`)).toMatchObject({ status: state, job: { id } })
    }
    const { counts, jobs } = await listed('cancelled', 'completed')
    expect(counts.completed).toBe(1)
    expect(jobs).toMatchObject([{ id: cancelled, failedReason: 'Cancelled.', data: { queue } }])
    const latest = await listed(queue, 'latest')
    expect(latest.jobs.map((job: { id: string }) => job.id).toSorted()).toEqual(Object.values(ids).toSorted())
  })

  test('what the API shows of a job, and neither its parameters, the link to its result nor who runs it', async () => {
    const id = await makeJob({ status: 'failed' })
    const { job } = await board(`/queues/emails/${id}`)
    expect(job).toMatchObject({
      ...{ name: 'test.job', attempts: 3, progress: 50, isFailed: true },
      ...{ failedReason: 'The mail server refused it.', opts: { attempts: 4 } },
      data: { ownerId: admin.id, queue: 'emails', status: 'failed', statusUrl: `/v1/jobs/${id}` },
    })
    expect(JSON.stringify([job, await listed('emails', 'failed')])).not.toMatch(
      /somebody@|token-of-a-link|of-a-result/,
    )
    const [line, ...others] = await board(`/queues/emails/${id}/logs`)
    expect(line).toMatch(/^\d{4}-\S+Z status status=pending attempt=0$/)
    expect(others).toEqual([])
    expect((await call(backlot, admin, 'GET', `/admin/queues/api/queues/images/${id}`)).status).toBe(404)
    for (const path of ['images/no-id', 'images/no-id/logs', 'schedules/no-id', `no-queue/${id}`])
      expect((await call(backlot, admin, 'GET', `/admin/queues/api/queues/${path}`)).status, path).toBe(404)
  })

  test.each([
    ['GetQueuesResponse', '/queues?activeQueue=images&status=failed'],
    ['GetQueuesResponse', '/queues?activeQueue=cancelled'],
    ['GetJobResponse', '/queues/images/:id'],
    ['GetJobLogsResponse', '/queues/images/:id/logs'],
    ['GetJobFlowResponse', '/queues/images/:id/flow'],
    ['GetJobSchedulersResponse', '/job-schedulers'],
    ['GetQueueDefaultJobOptionsResponse', '/queues/images/default-job-options'],
    ['GetQueueJobDataSchemaResponse', '/queues/images/job-data-schema'],
  ] as const)('what its pages expect: %s', async (schema, path) => {
    await makeJob({ queue: 'images', status: 'cancelled' })
    const id = await makeJob({ queue: 'images', status: 'failed' })
    const answer = await board(path.replace(':id', id))
    expect((await responseSchemas[schema]['~standard'].validate(answer)).issues).toBeUndefined()
  })

  test('scheduled tasks, to be looked at', async () => {
    await backlot.platform.db.execute(sql`
      insert into scheduled_tasks (name, every_seconds, next_run_at, last_started_at, last_total, last_error)
      values ('old things', 3600, now() + interval '1 hour', now(), 12, 'no such table')`)
    const { schedulers } = await board('/job-schedulers')
    expect(schedulers).toMatchObject([
      {
        ...{ queueName: 'schedules', name: 'old things', every: 3_600_000, lastRun: expect.any(Number) },
        template: { data: { lastTotal: 12, lastError: 'no such table' } },
      },
    ])
    expect(await listed('schedules', 'latest')).toMatchObject({ readOnlyMode: true, jobSchedulerCount: 1 })
    const { data } = await call(backlot, admin, 'GET', '/v1/admin/schedules')
    expect(data).toEqual([
      {
        ...{ name: 'old things', everySeconds: 3_600, nextRunAt: expect.any(String), runningOn: null },
        ...{
          lastStartedAt: expect.any(String),
          lastFinishedAt: null,
          lastTotal: 12,
          lastError: 'no such table',
        },
      },
    ])
  })

  test('and does not read through those that ended', async () => {
    const { db } = backlot.platform
    await db.execute(sql`
      insert into jobs (type, queue, params, status, finished_at)
      select 'test.many', 'webhooks', '{}', case when i % 1000 = 0 then 'failed' else 'completed' end,
        now() - i * interval '1 ms' from generate_series(1, 50000) i`)
    await db.execute(sql`analyze jobs`)
    const { rows } = await db.execute<{ 'QUERY PLAN': string }>(sql`
      explain select * from jobs where status = 'failed' and queue = 'webhooks' order by finished_at desc limit 10`)
    expect(JSON.stringify(rows)).toContain('jobs_unsuccessful')
    const scans = async () => {
      await db.execute(sql`select pg_stat_force_next_flush()`)
      const found = await db.execute<{ n: number }>(
        sql`select seq_tup_read::int as n from pg_stat_user_tables where relname = 'jobs'`,
      )
      return found.rows[0]?.n
    }
    const before = await scans()
    const { counts, pagination } = await listed('webhooks', 'completed')
    expect(counts).toMatchObject({ completed: 1_000, failed: 50 })
    expect(pagination.pageCount).toBe(50)
    await listed('webhooks', 'failed')
    await listed('webhooks', 'latest')
    await call(backlot, undefined, 'GET', '/metrics')
    expect(await scans()).toBe(before)
  })
})

describe('what may be done', () => {
  test('a dead job is run again, a cancelled one too, one that waits or runs is cancelled', async () => {
    const failed = await makeJob({ status: 'failed' })
    expect((await put(`emails/${failed}/retry`)).status).toBe(204)
    expect(await stored(failed)).toMatchObject({ status: 'pending' })
    const cancelled = await makeJob({ status: 'cancelled' })
    expect((await put(`cancelled/${cancelled}/retry`)).status).toBe(204)
    expect(await stored(cancelled)).toMatchObject({ status: 'pending' })
    const delayed = await makeJob({ runIn: '1 hour' })
    expect((await put(`emails/${delayed}/clean`)).status).toBe(204)
    expect(await stored(delayed)).toMatchObject({ status: 'cancelled' })
    const active = await makeJob({ status: 'in-progress' })
    expect((await put(`emails/${active}/clean`)).status).toBe(204)
    expect(await stored(active)).toMatchObject({ status: 'in-progress', cancel: true })
  })

  test('all dead jobs of a queue are run again at once, and none of another', async () => {
    const failed = await Promise.all([1, 2, 3].map(() => makeJob({ status: 'failed', queue: 'recordings' })))
    const other = await makeJob({ status: 'failed', queue: 'publishing' })
    expect((await put('recordings/retry/failed')).json).toEqual({ retried: 3, skipped: 0 })
    for (const id of failed) expect(await stored(id)).toMatchObject({ status: 'pending' })
    expect(await stored(other)).toMatchObject({ status: 'failed' })
  })

  test('nothing else, and that is said', async () => {
    const completed = await makeJob({ status: 'completed' })
    expect((await put(`emails/${completed}/retry`)).error.code).toBe('JOB_NOT_RETRYABLE')
    expect((await put(`emails/${completed}/clean`)).error.code).toBe('JOB_ENDED')
    for (const path of [
      'pause',
      'empty',
      'obliterate',
      'promote',
      'clean/failed',
      'retry/completed',
      `${completed}/promote`,
    ]) {
      const { status, error } = await put(`emails/${path}`)
      expect({ path, status, code: error.code }).toEqual({ path, status: 405, code: 'NOT_ON_THIS_BOARD' })
    }
    expect(await stored(completed)).toMatchObject({ status: 'completed' })
  })
})

describe('in a browser', () => {
  const browser = { accept: 'text/html,application/xhtml+xml' }
  const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString()
  const signIn = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    backlot.app.inject({
      ...{
        method: 'POST',
        url: '/account/sign-in',
        payload: form({ email: admin.email, password, ...fields }),
      },
      headers: {
        ...{
          'content-type': 'application/x-www-form-urlencoded',
          'sec-fetch-site': 'same-origin',
          ...headers,
        },
      },
    })

  test('who is not signed in is led to the form, and back with a cookie that opens the board', async () => {
    const refused = await backlot.app.inject({
      url: '/admin/queues/queue/emails?status=failed',
      headers: browser,
    })
    expect(refused.statusCode).toBe(303)
    const to = '/admin/queues/queue/emails?status=failed'
    expect(refused.headers.location).toBe(`/account/sign-in?to=${encodeURIComponent(to)}`)
    const page = await backlot.app.inject({ url: String(refused.headers.location), headers: browser })
    expect(page.body).toContain(`name="to" value="${to}"`)
    const signedIn = await signIn({ to })
    expect([signedIn.statusCode, signedIn.headers.location]).toEqual([303, to])
    const cookie = String(signedIn.headers['set-cookie']).split(';')[0] ?? ''
    const opened = await backlot.app.inject({ url: to, headers: { ...browser, cookie } })
    expect(opened.statusCode).toBe(200)
    expect(opened.headers['content-security-policy']).not.toContain('unsafe')
    const assets = [...opened.body.matchAll(/(?:src|href)="((?:static|board)[^"]+)"/g)].map(([, url]) => url)
    expect(assets.length).toBeGreaterThan(4)
    for (const asset of assets) {
      const found = await backlot.app.inject({ url: `/admin/queues/${asset}`, headers: { cookie } })
      expect([asset, found.statusCode]).toEqual([asset, 200])
    }
    // A page of another site has the browser send the cookie, too.
    const id = await makeJob({ status: 'failed' })
    const url = `/admin/queues/api/queues/emails/${id}/retry`
    const forged = { cookie, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    expect((await backlot.app.inject({ method: 'PUT', url, headers: forged })).statusCode).toBe(403)
    const own = { cookie, 'sec-fetch-site': 'same-origin' }
    expect((await backlot.app.inject({ method: 'PUT', url, headers: own })).statusCode).toBe(204)
  })

  test.each(['//evil.example', '/\\evil.example', 'https://evil.example', '/a\r\nset-cookie: b'])(
    'signing in leads to no other site: %j',
    async (to) => {
      const { statusCode, headers } = await signIn({ to })
      expect([statusCode, headers.location, headers['set-cookie']]).toEqual([422, undefined, undefined])
    },
  )

  test('a page of another site cannot sign anybody in', async () => {
    const { statusCode, headers } = await signIn({}, { 'sec-fetch-site': 'cross-site' })
    expect([statusCode, headers['set-cookie']]).toEqual([403, undefined])
  })

  test('the menu that is hidden is one that Bull Board has', async () => {
    const css = (await call(backlot, admin, 'GET', '/admin/queues/board.css')).text
    const name = /\.([\w-]+)\{/.exec(css)?.[1] ?? ''
    const { listBoardFiles } = await import('./board-page.ts')
    const scripts = [...(await listBoardFiles()).values()].filter(({ file }) => file.endsWith('.js'))
    const { readFile } = await import('node:fs/promises')
    const texts = await Promise.all(scripts.map(({ file }) => readFile(file, 'utf8')))
    expect(texts.some((text) => text.includes(`className:"${name}"`))).toBe(true)
  })
})
