/**
 * The job engine on a PostgreSQL that waits for the disk, with a worker in a process of its own.
 *
 * 1. From the start of the transaction that enqueues a job until its handler runs, one job at a time on an idle system.
 *    Target: 25 ms for 99 in 100.
 * 2. Empty jobs a second, dispatched, claimed, completed and with their events, beside the least that can be: two bare
 *    updates of each row over a `pg` pool. Target: 1,000.
 *
 * Run with `node bench/jobs.ts`; it takes about a minute.
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
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../test/harness/temporary-directory.ts'
import { emptyJob } from './empty-job-worker.ts'
import { cpuMicrosecondsOf, startProcess, stopProcess } from './measured-process.ts'
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
const dataDir = opened.adopt(makeTemporaryDirectory(), removeTemporaryDirectory)
await migrate(postgres.url, false)
await printEnvironment(postgres.url)
const logFile = path.join(dataDir, 'worker.log')
const worker = opened.adopt(
  await startProcess('bench/empty-job-worker.ts', [postgres.url, logFile]),
  stopProcess,
)
const database = opened.adopt(
  new Database({
    url: postgres.url,
    ssl: false,
    poolMax: 4,
    applicationName: 'bench',
    onConnectionError: (error) => console.error(error.message),
  }),
  (open) => open.close(),
)
const pool = opened.adopt(new pg.Pool({ connectionString: postgres.url, max: concurrency }), (open) =>
  open.end(),
)

await work(throughputJobs)
await measureLatency()
await measureThroughput()

async function measureLatency(): Promise<void> {
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
    `enqueue to start, ${latencyJobs} jobs: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
    'p99 of 25 ms or less',
    p99 <= 25,
  )
}

async function measureThroughput(): Promise<void> {
  const measured: { engine: Rate; bare: Rate }[] = []
  for (let round = 0; round < rounds; round += 1) {
    measured.push({ engine: await work(throughputJobs), bare: await updateBare(throughputJobs) })
  }
  const bare = median(measured.map((each) => each.bare.perSecond))
  const engine = median(measured.map((each) => each.engine.perSecond))
  const ratio = median(measured.map((each) => each.engine.perSecond / each.bare.perSecond))
  const workerUs = median(measured.map((each) => each.engine.workerUs))
  const postgresUs = median(measured.map((each) => each.engine.postgresUs))
  console.log(`two bare updates each: ${bare.toFixed(0)} jobs/s`)
  console.log(`CPU a job: worker ${workerUs.toFixed(0)} us, PostgreSQL ${postgresUs.toFixed(0)} us`)
  printTarget(
    `empty jobs: ${engine.toFixed(0)} jobs/s, ${ratio.toFixed(2)} of the bare updates`,
    '1,000 jobs/s',
    engine >= 1_000,
  )
}

type Rate = { perSecond: number; workerUs: number; postgresUs: number }

/** Adds jobs at once and lets the worker do them. The time is the database's, from the first row to the last end. */
async function work(count: number): Promise<Rate> {
  const before = [worker.pid, postgres.pid()].map(cpuMicrosecondsOf)
  const startedAt = await addJobs(count)
  await pool.query(`select pg_notify('backlot_dispatch', '')`)
  let last: { left: number; seconds: number } | undefined
  do {
    await delay(50)
    const { rows } = await pool.query(
      `select count(*) filter (where status <> 'completed')::int as left,
         extract(epoch from max(finished_at) - $1::timestamptz)::float8 as seconds from jobs where created_at >= $1`,
      [startedAt],
    )
    last = rows[0]
  } while (last === undefined || last.left > 0)
  const [workerUs = 0, postgresUs = 0] = [worker.pid, postgres.pid()].map(
    (pid, at) => (cpuMicrosecondsOf(pid) - (before[at] ?? 0)) / count,
  )
  return { perSecond: count / last.seconds, workerUs, postgresUs }
}

async function updateBare(count: number): Promise<Rate> {
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
  return { perSecond: (count * 1_000) / (performance.now() - startedAt), workerUs: 0, postgresUs: 0 }
}

async function addJobs(count: number): Promise<Date> {
  const { rows } = await pool.query<{ at: Date }>(
    `with job as (
       insert into jobs (type, queue, params) select $1, $2, '{"tells": false}' from generate_series(1, $3::int)
       returning id
     ), noted as (
       insert into job_events (job_id, seq, type, data) select id, 1, 'status', '{"status": "pending"}' from job
     )
     select now() as at`,
    [emptyJob.name, emptyJob.queue, count],
  )
  return rows[0]?.at ?? new Date()
}
