import { sql } from 'drizzle-orm'
import pg from 'pg'
import { pino } from 'pino'
import { Histogram, Registry } from 'prom-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { removeBackupState, writeBackupState } from '../../src/platform/backup/backup-state.ts'
import { WorkerReporter } from '../../src/platform/observability/worker-reports.ts'
import { call, signUp } from '../harness/client.ts'
import { readExposition, type Sample } from '../harness/exposition.ts'
import { send } from '../harness/send.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'

const statuses = expect.stringMatching(/^(ok|degraded|down)$/)
const version = expect.stringMatching(/^\d+\.\d+\.\d+/)
const count = expect.any(Number)
const remote = { 'x-forwarded-for': '192.0.2.1' }

let backlot: TestApp
beforeAll(async () => {
  backlot = await startTestApp({ env: { TRUST_PROXY: 'loopback' } })
})
afterAll(() => backlot.close())
const get = (path: string, headers: Record<string, string> = {}) => send(backlot.url, path, { headers })

test('every check has its shape', async () => {
  const checks = {
    database: { status: 'ok', latency: count },
    queue: { status: 'degraded', pendingJobs: 0, workers: 0 },
    storage: { status: statuses, latency: count, freeBytes: count },
    live: { status: 'ok', processes: 0, streams: 0 },
  }
  const whole = { status: 'degraded', checks, version, uptime: count }
  const pool = { total: count, idle: count, waiting: count }
  const shapes: [path: string, shape: object][] = [
    [
      '/',
      { service: 'backlot', version, status: 'degraded', database: 'ok', queue: 'degraded', docs: '/docs' },
    ],
    ['/health', whole],
    ['/health/ready', whole],
    ['/health/db', { status: 'ok', latency: count, primary: { breaker: 'closed', pool }, replicas: [] }],
    ['/health/live', { status: 'ok' }],
    ['/health/startup', { status: 'ok' }],
  ]
  for (const [path, shape] of shapes) {
    const { status, json } = await get(path)
    expect({ path, status, json }).toEqual({ path, status: 200, json: shape })
  }
})

test('a worker that is alive makes the queue ok', async () => {
  const reporter = new WorkerReporter(
    backlot.platform.db,
    'test:1',
    new Registry(),
    pino({ level: 'silent' }),
  )
  await expect
    .poll(async () => (await get('/health')).json.checks.queue, { timeout: 5_000 })
    .toEqual({
      status: 'ok',
      pendingJobs: 0,
      workers: 1,
    })
  await reporter.close()
})

test('jobs that are due and that no worker begins make the queue degraded, a backlog that is worked on does not', async () => {
  const { db } = backlot.platform
  const reporter = new WorkerReporter(db, 'test:1', new Registry(), pino({ level: 'silent' }))
  const queue = async () => (await get('/health')).json.checks.queue
  const ofQueue = (pendingJobs: number, stuckQueues?: string[]) => ({
    status: stuckQueues === undefined ? 'ok' : 'degraded',
    pendingJobs,
    workers: 1,
    ...(stuckQueues && { stuckQueues }),
  })
  const soon = { timeout: 5_000 }
  const add = (name: string, ago: number, dispatched: boolean) =>
    db.execute(sql`
      insert into jobs (type, queue, params, run_at, dispatched_at) values ('test.stuck', ${name}, '{}',
        now() - ${ago} * interval '1 s', case when ${dispatched} then now() end)`)
  await add('images', 5, false)
  await add('images', -3_600, false)
  await expect.poll(queue, soon).toEqual(ofQueue(2))
  await add('images', 20, false)
  await add('emails', 20, true)
  await expect.poll(queue, soon).toEqual(ofQueue(4, ['emails', 'images']))
  const addEnded = (agoSeconds: number) =>
    db.execute(sql`
      insert into jobs (type, queue, params, status, finished_at)
      values ('test.stuck', 'emails', '{}', 'completed', now() - ${agoSeconds} * interval '1 s')`)
  await addEnded(60)
  await db.execute(sql`
    insert into jobs (type, queue, params, status) values ('test.stuck', 'images', '{}', 'in-progress')`)
  await expect.poll(queue, soon).toEqual(ofQueue(4, ['emails']))
  await addEnded(1)
  await expect.poll(queue, soon).toEqual(ofQueue(4))
  await db.execute(sql`delete from jobs where type = 'test.stuck'`)
  await reporter.close()
})

test('scheduled backups are told where there are any, without a word on places', async () => {
  const backup = async () => (await get('/health')).json.checks.backup
  const gauges = async () => {
    const samples = readExposition((await get('/metrics')).text)
    const find = (name: string) => samples.find((sample) => sample.name === `backlot_backup_${name}`)?.value
    return ['age_seconds', 'every_seconds', 'last_failed'].map(find)
  }
  expect(await backup()).toBeUndefined()
  expect(await gauges()).toEqual([undefined, undefined, undefined])
  const everyMs = 3_600_000
  const lastFailure = 'there is no room in /mnt/secret-place'
  await writeBackupState(backlot.dataDir, { everyMs, newestAt: null, lastFailure: null })
  // The first one is on its way.
  await expect.poll(backup).toEqual({ status: 'ok' })
  expect(await gauges()).toEqual([Number.POSITIVE_INFINITY, 3_600, 0])
  const longAgo = new Date(Date.now() - 2 * everyMs).toISOString()
  await writeBackupState(backlot.dataDir, { everyMs, newestAt: longAgo, lastFailure: null })
  await expect.poll(backup).toMatchObject({ status: 'degraded', message: 'overdue' })
  const newestAt = new Date(Date.now() - 2_000_000).toISOString()
  await writeBackupState(backlot.dataDir, { everyMs, newestAt, lastFailure: null })
  await expect.poll(backup).toEqual({ status: 'ok', ageSeconds: expect.closeTo(2_000, -2) })
  await writeBackupState(backlot.dataDir, { everyMs, newestAt, lastFailure })
  await expect.poll(backup).toMatchObject({ status: 'degraded', message: 'failed' })
  expect(await gauges()).toEqual([expect.closeTo(2_000, -2), 3_600, 1])
  await removeBackupState(backlot.dataDir)
  await expect.poll(backup).toBeUndefined()
})

test('a flood of checks costs a handful of queries', async () => {
  let queries = 0
  backlot.platform.database.pool.on('acquire', () => {
    queries += 1
  })
  const paths = ['/', '/health', '/health/db', '/health/live', '/health/ready', '/health/startup']
  const startedAt = performance.now()
  // Long enough for the answer that is shared to age.
  for (let asked = 0; asked < 2_000 || performance.now() - startedAt < 1_500; asked += 50) {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => get(paths[index % paths.length] ?? '/')),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200))
  }
  const seconds = (performance.now() - startedAt) / 1_000
  expect(queries).toBeGreaterThan(0)
  expect(queries).toBeLessThanOrEqual(3 * (Math.ceil(seconds) + 1))
})

test('a schema that is not there yet is not ready and not started, and a flood asks no more for it', async () => {
  const fresh = await startTestApp()
  await fresh.platform.db.execute('delete from drizzle.__drizzle_migrations')
  let queries = 0
  fresh.platform.database.pool.on('acquire', () => {
    queries += 1
  })
  const ask = (path: string) => send(fresh.url, path)
  const answers = await Promise.all(Array.from({ length: 100 }, () => ask('/health/startup')))
  expect(answers.map(({ status }) => status)).toEqual(Array(100).fill(503))
  expect(answers[0]?.json).toEqual({ status: 'down' })
  expect((await ask('/health/ready')).status).toBe(503)
  expect((await ask('/health/live')).status).toBe(200)
  expect(queries).toBeLessThan(10)
  await fresh.close()
})

describe('metrics', () => {
  const scrape = async () => readExposition((await get('/metrics')).text)
  const find = (samples: Sample[], name: string, labels: Record<string, string> = {}) =>
    samples.find(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    )

  test('are valid, and tell what an operator watches', async () => {
    const user = await signUp(backlot)
    await call(backlot, user, 'GET', `/v1/jobs/${user.id}`)
    await call(backlot, undefined, 'GET', '/v1/no-such-thing')
    const client = new pg.Client(backlot.databaseUrl)
    await client.connect()
    await client.query(
      `insert into jobs (type, queue, params, run_at)
       select 'test', 'images', '{}', now() + ago * interval '1 s' from unnest(array[-90, 3600, 7200]) ago`,
    )
    await client.query(
      `insert into scheduled_tasks (name, every_seconds, next_run_at, last_error)
       values ('late', 60, now() - interval '90 s', 'broken')`,
    )
    await client.end()
    const samples = await scrape()
    const expected: [name: string, labels: Record<string, string>, value: (value: number) => boolean][] = [
      [
        'backlot_http_request_duration_seconds_count',
        { method: 'GET', route: '/v1/jobs/:id', status: '404' },
        (value) => value === 1,
      ],
      [
        'backlot_http_request_duration_seconds_count',
        { route: '/v1/auth/signup', status: '201' },
        (value) => value === 1,
      ],
      [
        'backlot_http_request_duration_seconds_count',
        { route: 'unknown', status: '404' },
        (value) => value === 1,
      ],
      ['backlot_db_pool_connections', { pool: 'primary', state: 'idle' }, (value) => value >= 1],
      ['backlot_db_pool_connections', { pool: 'primary', state: 'waiting' }, (value) => value === 0],
      ['backlot_db_breaker_open', { pool: 'primary' }, (value) => value === 0],
      ['backlot_queue_jobs', { queue: 'images', status: 'pending' }, (value) => value === 1],
      ['backlot_queue_jobs', { queue: 'images', status: 'delayed' }, (value) => value === 2],
      ['backlot_schedule_overdue_seconds', { task: 'late' }, (value) => value >= 90 && value < 150],
      ['backlot_schedule_failing', { task: 'late' }, (value) => value === 1],
      ['backlot_queue_oldest_seconds', { queue: 'images' }, (value) => value >= 90 && value < 150],
      ['backlot_nodejs_eventloop_lag_p99_seconds', {}, (value) => value >= 0],
      ['backlot_process_resident_memory_bytes', {}, (value) => value > 1e6],
    ]
    for (const [name, labels, isRight] of expected) {
      expect(find(samples, name, labels)?.value, `${name} ${JSON.stringify(labels)}`).toSatisfy(isRight)
    }
    expect(samples.some(({ labels }) => JSON.stringify(labels).includes(user.id))).toBe(false)
  })

  test('have the jobs of each worker, by its name', async () => {
    const registry = new Registry()
    const jobs = new Histogram({
      name: 'backlot_job_duration_seconds',
      help: 'Jobs.',
      labelNames: ['queue', 'outcome'],
      registers: [registry],
    })
    jobs.observe({ queue: 'images', outcome: 'completed' }, 0.3)
    const workers = ['one:1', 'two"\\:2'].map(
      (id) => new WorkerReporter(backlot.platform.db, id, registry, pino({ level: 'silent' })),
    )
    await Promise.all(workers.map((worker) => worker.close()))
    const samples = await scrape()
    for (const worker of ['one:1', 'two\\"\\\\:2']) {
      const labels = { worker, queue: 'images', outcome: 'completed' }
      expect(find(samples, 'backlot_job_duration_seconds_count', labels)?.value).toBe(1)
      expect(find(samples, 'backlot_job_duration_seconds_bucket', { ...labels, le: '0.25' })?.value).toBe(0)
      expect(find(samples, 'backlot_job_duration_seconds_bucket', { ...labels, le: '+Inf' })?.value).toBe(1)
    }
  })

  test.each([
    ...['localhost', 'localhost:4000', '127.0.0.1', '127.0.0.1:4000', '127.8.8.8', '[::1]:4000', 'LOCALHOST'],
  ])('are told to who asks this machine for %j', async (host) => {
    expect((await get('/metrics', { host })).status).toBe(200)
  })

  test.each([
    ...['rebound.example', 'rebound.example:4000', 'localhost.rebound.example', '127.0.0.1.rebound.example'],
    ...['192.0.2.1', '10.0.0.1:4000', '0.0.0.0', '[::]', 'rebound.example@127.0.0.1x', '127.0.0.1, a'],
  ])('are not told to who asks for %j, as a page does whose name leads here', async (host) => {
    expect((await get('/metrics', { host })).status).toBe(403)
  })

  test('are for this machine only, and with a token for nobody without it', async () => {
    expect((await get('/metrics')).status).toBe(200)
    expect((await get('/metrics', remote)).status).toBe(403)
    // Whoever speaks for others is not this machine, whatever he says of himself.
    expect((await get('/metrics', { 'x-forwarded-for': '127.0.0.1' })).status).toBe(403)
    expect((await get('/metrics', { 'x-forwarded-for': '127.0.0.1, 192.0.2.1' })).status).toBe(403)
    expect((await get('/metrics', { 'x-forwarded-for': 'nonsense' })).status).toBe(403)
    for (const name of ['via', 'forwarded', 'x-real-ip', 'x-forwarded-host', 'x-forwarded-proto'])
      expect((await get('/metrics', { [name]: '127.0.0.1' })).status, name).toBe(403)
    const token = 'a token for the metrics only'
    const guarded = await startTestApp({ env: { TRUST_PROXY: 'loopback', METRICS_TOKEN: token } })
    const ask = (headers: Record<string, string>) => send(guarded.url, '/metrics', { headers })
    expect((await ask({})).status).toBe(403)
    expect((await ask({ authorization: `Bearer ${token}x` })).status).toBe(403)
    expect((await ask({ authorization: `Bearer ${token.toUpperCase()}` })).status).toBe(403)
    expect((await ask({ ...remote, authorization: `Bearer ${token}` })).status).toBe(200)
    const byName = { host: 'backlot.example', via: '1.1 proxy', authorization: `Bearer ${token}` }
    expect((await ask(byName)).status).toBe(200)
    await guarded.close()
  })
})

test('a process that leaves says so, and closes connections only with their answers', async () => {
  const leaving = await startTestApp()
  const kept = (path: string) => send(leaving.url, path, { headers: { connection: 'keep-alive' } })
  expect((await kept('/health/ready')).headers).toMatchObject({ connection: 'keep-alive' })
  leaving.leave()
  expect(await kept('/health/ready')).toMatchObject({ status: 503, headers: { connection: 'close' } })
  expect(await kept('/health/live')).toMatchObject({ status: 200, headers: { connection: 'close' } })
  await leaving.close()
})
