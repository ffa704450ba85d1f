/**
 * The job engine with its queues on PostgreSQL and on Redis, on a PostgreSQL that waits for the disk, each with a worker in a
 * process of its own. `redis-server` must be there.
 *
 * 1. Empty jobs a second, dispatched, claimed, completed and with their events, beside BullMQ by itself on the same store, with
 *    as many at a time and nothing stored. Target: 0.8 of it, and 1,000 on PostgreSQL. Beside both the least that can be on
 *    these rows: two bare updates of each over a `pg` pool.
 * 2. From the start of the transaction that enqueues a job until its handler runs, one job at a time on an idle system.
 *    Target: 25 ms for 99 in 100.
 *
 * Redis keeps nothing on the disk, as nothing there is needed. Run with `node bench/jobs.ts`, and `postgresql` or `redis` for
 * one of them; it takes about two minutes.
 */
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { Database } from '../src/platform/database/database.ts'
import { migrate } from '../src/platform/database/migrate.ts'
import { enqueue } from '../src/platform/jobs/enqueue.ts'
import { queues } from '../src/platform/jobs/queues.ts'
import { startTestServer } from '../test/harness/embedded-database.ts'
import { RedisServer } from '../test/harness/redis-server.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../test/harness/temporary-directory.ts'
import { onServer, urlOfDatabase } from '../test/harness/test-database.ts'
import { emptyJob } from './empty-job-worker.ts'
import { cpuMicrosecondsOf, type MeasuredProcess, startProcess, stopProcess } from './measured-process.ts'
import { median, percentile, printEnvironment, printTarget } from './report.ts'

const latencyJobs = 600
const idleMs = 5
const throughputJobs = 4_000
const rounds = 3
const { concurrency } = queues[emptyJob.queue]

/** The limit: what no engine on these rows can leave out. */
const claim = `update jobs set status = 'in-progress', attempt = attempt + 1, worker_id = 'bench', started_at = now(),
  lease_expires_at = now() + interval '10 s' where id = $1 and attempt = 0 and status = 'pending'`
const completion = `update jobs set status = 'completed', worker_id = null, lease_expires_at = null, finished_at = now()
  where id = $1 and attempt = 1 and status = 'in-progress'`

await using opened = new AsyncDisposableStack()
const postgres = opened.adopt(await startTestServer({ durable: true }), (server) => server.stop())
const redis = opened.adopt(await RedisServer.start({ durable: false }), (server) => server.close())
const dataDir = opened.adopt(makeTemporaryDirectory(), removeTemporaryDirectory)
await printEnvironment(postgres.url)

const [, , only] = process.argv
if (only !== 'redis') await measureEngine('PostgreSQL', '')
if (only !== 'postgresql') await measureEngine('Redis', redis.url)

type Engine = {
  name: string
  worker: MeasuredProcess
  bare: MeasuredProcess
  database: Database
  pool: pg.Pool
}

/** On a database of its own. */
async function measureEngine(name: string, redisUrl: string): Promise<void> {
  await using own = new AsyncDisposableStack()
  const databaseName = `bench_${name.toLowerCase()}`
  await onServer(postgres.url, `CREATE DATABASE ${databaseName}`)
  const url = urlOfDatabase(postgres.url, databaseName)
  await migrate(url, false)
  const start = async (script: string, args: string[]) =>
    own.adopt(await startProcess(script, args), stopProcess)
  const engine: Engine = {
    name,
    worker: await start('bench/empty-job-worker.ts', [url, path.join(dataDir, `${name}.log`), redisUrl]),
    bare: await start('bench/bare-queue-worker.ts', [url, redisUrl, String(concurrency)]),
    database: own.adopt(openDatabase(url), (open) => open.close()),
    pool: own.adopt(new pg.Pool({ connectionString: url, max: concurrency }), (open) => open.end()),
  }
  await work(engine, throughputJobs)
  await workBare(engine, throughputJobs)
  await measureThroughput(engine)
  await measureLatency(engine)
}

function openDatabase(url: string): Database {
  return new Database({
    ...{ url, ssl: false, poolMax: 4, applicationName: 'bench' },
    onConnectionError: (error) => console.error(error.message),
  })
}

async function measureLatency({ name, worker, database }: Engine): Promise<void> {
  const latenciesMs: number[] = []
  for (let n = 0; n < latencyJobs; n += 1) {
    await delay(idleMs + Math.random() * idleMs)
    const message = once(worker.child, 'message')
    const enqueuedAt = process.hrtime.bigint()
    await database.db.transaction((tx) => enqueue(tx, emptyJob, { tells: true }))
    const [started]: { startedAt: string }[] = await message
    if (started !== undefined) latenciesMs.push(Number(BigInt(started.startedAt) - enqueuedAt) / 1e6)
  }
  const [p50, p99] = [percentile(latenciesMs, 0.5), percentile(latenciesMs, 0.99)]
  printTarget(
    `queues on ${name}: enqueue to start, ${latencyJobs} jobs: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
    'p99 of 25 ms or less',
    p99 <= 25,
  )
}

async function measureThroughput(engine: Engine): Promise<void> {
  const measured: { ours: Rate; bare: number; updates: number }[] = []
  for (let round = 0; round < rounds; round += 1) {
    measured.push({
      ours: await work(engine, throughputJobs),
      bare: await workBare(engine, throughputJobs),
      updates: await updateBare(engine, throughputJobs),
    })
  }
  const of = (read: (one: (typeof measured)[number]) => number) => median(measured.map(read))
  const ratio = of(({ ours, bare }) => ours.perSecond / bare)
  const ours = of((one) => one.ours.perSecond)
  printTarget(
    `queues on ${engine.name}: ${ratio.toFixed(2)} of bare BullMQ's jobs/s ` +
      `(${ours.toFixed(0)} against ${of(({ bare }) => bare).toFixed(0)})`,
    '0.8',
    ratio >= 0.8,
  )
  printTarget(
    `queues on ${engine.name}: ${ours.toFixed(0)} empty jobs/s, ` +
      `${of(({ ours, updates }) => ours.perSecond / updates).toFixed(2)} of two bare updates of each row`,
    '1,000 jobs/s',
    ours >= 1_000,
  )
  const [workerUs, postgresUs] = [of(({ ours }) => ours.workerUs), of(({ ours }) => ours.postgresUs)]
  console.log(`     CPU a job: worker ${workerUs.toFixed(0)} us, PostgreSQL ${postgresUs.toFixed(0)} us`)
}

/** From the first id that is added to the end of the last job. */
async function workBare({ bare }: Engine, count: number): Promise<number> {
  const message = once(bare.child, 'message')
  bare.child.send(count)
  const [told]: { seconds: number }[] = await message
  return count / (told?.seconds ?? Number.NaN)
}

type Rate = { perSecond: number; workerUs: number; postgresUs: number }

/** Adds jobs at once and lets the worker do them. The time is the database's, from the first row to the last end. */
async function work({ worker, pool }: Engine, count: number): Promise<Rate> {
  const before = [worker.pid, postgres.pid()].map(cpuMicrosecondsOf)
  const firstId = await addJobs(pool, count)
  await pool.query(`select pg_notify('backlot_dispatch', '')`)
  let last: { left: number; seconds: number } | undefined
  do {
    await delay(50)
    const { rows } = await pool.query(
      `select count(*) filter (where status <> 'completed')::int as left,
         extract(epoch from max(finished_at) - min(created_at))::float8 as seconds from jobs where id >= $1`,
      [firstId],
    )
    last = rows[0]
  } while (last === undefined || last.left > 0)
  const [workerUs = 0, postgresUs = 0] = [worker.pid, postgres.pid()].map(
    (pid, at) => (cpuMicrosecondsOf(pid) - (before[at] ?? 0)) / count,
  )
  return { perSecond: count / last.seconds, workerUs, postgresUs }
}

async function updateBare({ pool }: Engine, count: number): Promise<number> {
  const { rows } = await pool.query<{ id: string }>(
    `insert into jobs (type, queue, params, dispatched_at) select 'bench.bare', 'bare', '{}', now()
     from generate_series(1, $1::int) returning id`,
    [count],
  )
  const startedAt = performance.now()
  const left = rows.values()
  const claimAndComplete = async () => {
    for (const { id } of left) {
      await pool.query({ name: 'claim', text: claim, values: [id] })
      await pool.query({ name: 'complete', text: completion, values: [id] })
    }
  }
  await Promise.all(Array.from({ length: concurrency }, claimAndComplete))
  return (count * 1_000) / (performance.now() - startedAt)
}

async function addJobs(pool: pg.Pool, count: number): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `with job as (
       insert into jobs (type, queue, params) select $1, $2, '{"tells": false}' from generate_series(1, $3::int)
       returning id
     ), noted as (
       insert into job_events (job_id, seq, type, data) select id, 1, 'status', '{"status": "pending"}' from job
     )
     select id from job order by id limit 1`,
    [emptyJob.name, emptyJob.queue, count],
  )
  return rows[0]?.id ?? ''
}
