import pg from 'pg'
import { Database } from '../src/platform/database/database.ts'
import { migrate } from '../src/platform/database/migrate.ts'
import { Notifications } from '../src/platform/events/notifications.ts'
import { enqueue } from '../src/platform/jobs/enqueue.ts'
import { waitForEnd } from '../src/platform/jobs/job-events.ts'
import { startTestServer } from '../test/harness/embedded-database.ts'
import { nothing } from './jobs-worker.ts'
import { startProcess, stopProcess } from './measured-process.ts'
import { median, percentile, printEnvironment, printTarget } from './report.ts'

const latencyJobs = 500
const throughputJobs = 5_000
const rounds = 3
/** As many at a time as the queue of the measured jobs allows. */
const concurrency = 10
const forever = new AbortController().signal
const ignore = () => undefined

const server = await startTestServer({ durable: true })
const { url } = server
await migrate(url, false)
await printEnvironment(url)
const database = new Database({
  url,
  ssl: false,
  poolMax: 10,
  applicationName: 'bench',
  onConnectionError: ignore,
})
const notifications = new Notifications({
  url,
  ssl: false,
  applicationName: 'bench',
  onConnectionError: ignore,
})
await notifications.open()
const worker = await startProcess('bench/jobs-worker.ts', [url])
try {
  await reportLatency()
  await reportThroughput()
} finally {
  await stopProcess(worker)
  await notifications.close()
  await database.close()
  await server.stop()
}

/** From the enqueueing transaction's begin to the claim's, both by the database's clock, one job at a time. */
async function reportLatency() {
  for (let job = 0; job < latencyJobs; job += 1) {
    const { jobId } = await database.db.transaction((tx) => enqueue(tx, nothing, {}))
    await waitForEnd({ db: database.db, notifications }, jobId, 10_000, forever)
  }
  const { rows } = await database.pool.query<{ ms: number }>(
    `select (extract(epoch from started_at - created_at) * 1000)::float8 as ms from jobs order by created_at offset 20`,
  )
  const waits = rows.map(({ ms }) => ms)
  const p99 = percentile(waits, 0.99)
  console.log(
    `enqueue to start, idle, ${waits.length} jobs: p50 ${median(waits).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
  )
  printTarget('enqueue to start, p99', '<= 25 ms', p99 <= 25)
}

/** Empty jobs through the whole engine, alternated with the two updates that no engine on PostgreSQL can do without. */
async function reportThroughput() {
  const engine: number[] = []
  const bare: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    engine.push(await jobsPerSecond())
    bare.push(await bareUpdatesPerSecond())
  }
  const jobs = median(engine)
  const ratio = jobs / median(bare)
  console.log(`empty jobs: ${Math.round(jobs)}/s (${engine.map(Math.round).join(', ')})`)
  console.log(
    `bare claim and completion: ${Math.round(median(bare))}/s (${bare.map(Math.round).join(', ')}), ratio ${ratio.toFixed(2)}`,
  )
  printTarget('empty jobs a second', '>= 1,000', jobs >= 1_000)
}

async function jobsPerSecond(): Promise<number> {
  await database.pool.query('truncate jobs cascade')
  const startedAt = performance.now()
  await database.pool.query(
    `with job as (insert into jobs (type, queue, params) select $1, $2, '{}' from generate_series(1, $3::int) returning id),
       noted as (insert into job_events (job_id, seq, type, data) select id, 1, 'status', '{"status": "pending"}' from job)
     select pg_notify('backlot_dispatch', '')`,
    [nothing.name, nothing.queue, throughputJobs],
  )
  for (;;) {
    const { rows } = await database.pool.query<{ left: number }>(
      `select count(*)::int as left from jobs where status <> 'completed'`,
    )
    if (rows[0]?.left === 0) return (throughputJobs / (performance.now() - startedAt)) * 1_000
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function bareUpdatesPerSecond(): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: concurrency })
  await pool.query('drop table if exists bare_jobs')
  await pool.query(
    `create table bare_jobs as select n as id, 'pending' as status, 0 as attempt from generate_series(1, ${throughputJobs}) as n`,
  )
  await pool.query('alter table bare_jobs add primary key (id)')
  const claim = {
    name: 'claim',
    text: `update bare_jobs set status = 'in-progress', attempt = attempt + 1 where id = $1`,
  }
  const complete = { name: 'complete', text: `update bare_jobs set status = 'completed' where id = $1` }
  let next = 1
  const startedAt = performance.now()
  const work = async () => {
    while (next <= throughputJobs) {
      const values = [next]
      next += 1
      await pool.query(claim, values)
      await pool.query(complete, values)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  const perSecond = (throughputJobs / (performance.now() - startedAt)) * 1_000
  await pool.end()
  return perSecond
}
