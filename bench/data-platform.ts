import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { nodeFlags } from '../src/app/node-flags.ts'
import { migrate } from '../src/platform/database/migrate.ts'
import { startTestServer } from '../test/harness/embedded-database.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../test/harness/temporary-directory.ts'
import { benchDataset } from './data-rows.ts'
import { cpuMicrosecondsOf, startProcess, stopProcess } from './measured-process.ts'

const mostRowsHeld = '1000000000'
const mostBytesHeld = '1000000000000'
const longestJobMs = 15 * 60_000
const pollMs = 50

/** `perSecond` counts from the start of the job in the worker to its end in the database, by the database's clock. */
export type JobMeasure = {
  perSecond: number
  result: { datasetId?: string; bytes?: number }
  /** CPU time a row, in microseconds. */
  workerUs: number
  postgresUs: number
}

export type Backlot = Awaited<ReturnType<typeof startBacklot>>

/** The roles `api` and `worker` as processes of their own, on a PostgreSQL that waits for the disk; `opened` closes all. */
export const startBacklot = async (opened: AsyncDisposableStack) => {
  const postgres = opened.adopt(await startTestServer({ durable: true }), (server) => server.stop())
  const dataDir = opened.adopt(makeTemporaryDirectory(), removeTemporaryDirectory)
  await migrate(postgres.url, false)
  const env = {
    DATABASE_URL: postgres.url,
    BACKLOT_DATA_DIR: dataDir,
    SECRET_KEY: randomBytes(32).toString('base64url'),
    PORT: '0',
    LOG_LEVEL: 'info',
    DATA_QUOTA_ROWS: mostRowsHeld,
    DATA_QUOTA_BYTES: mostBytesHeld,
    FILES_QUOTA_BYTES: mostBytesHeld,
  }
  const start = async (role: string) =>
    opened.adopt(
      await startProcess('src/main.ts', [role], {
        env,
        logFile: path.join(dataDir, `${role}.log`),
        nodeArgs: nodeFlags[role] ?? [],
      }),
      stopProcess,
    )
  const api = await start('api')
  const worker = await start('worker')
  const pool = opened.adopt(new pg.Pool({ connectionString: postgres.url, max: 1 }), (open) => open.end())
  const post = poster(`http://127.0.0.1:${api.port}/v1`)
  const account = { email: 'bench@example.com', password: 'seven green bottles' }
  const { accessToken = '' } = await post('/auth/signup', account)

  const run = async (route: string, body: object, rows: number): Promise<JobMeasure> => {
    const pids = [worker.pid, postgres.pid()]
    const before = pids.map(cpuMicrosecondsOf)
    const { jobId = '' } = await post(route, body, accessToken)
    const { seconds, result } = await waitForJob(pool, jobId)
    const [workerUs = 0, postgresUs = 0] = pids.map(
      (pid, at) => (cpuMicrosecondsOf(pid) - (before[at] ?? 0)) / rows,
    )
    return { perSecond: rows / seconds, result, workerUs, postgresUs }
  }
  return {
    databaseUrl: postgres.url,
    dataDir,
    workerPid: worker.pid,
    generate: (rows: number) => run('/generate', benchDataset(rows), rows),
    export: (datasetId: string, format: string, rows: number) => run('/export', { datasetId, format }, rows),
  }
}

const poster =
  (origin: string) =>
  async (route: string, body: object, token?: string): Promise<Record<string, string>> => {
    const response = await fetch(origin + route, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(await response.text())
    return ((await response.json()) as { data: Record<string, string> }).data
  }

type EndedJob = { seconds: number; result: JobMeasure['result'] }

const waitForJob = async (pool: pg.Pool, jobId: string): Promise<EndedJob> => {
  const deadline = performance.now() + longestJobMs
  while (performance.now() < deadline) {
    const { rows } = await pool.query<EndedJob & { status: string; message: string | null }>(
      `select status, result, error_message as message,
         extract(epoch from finished_at - started_at)::float8 as seconds from jobs where id = $1`,
      [jobId],
    )
    const [job] = rows
    if (job?.status === 'completed') return job
    if (job?.status === 'failed' || job?.status === 'cancelled') {
      throw new Error(`The job is ${job.status}: ${job.message}`)
    }
    await delay(pollMs)
  }
  throw new Error('The job takes too long')
}

/** The most memory that a process has had resident since its start, or since `forgetPeak`, in megabytes. Linux only (proc(5)). */
export const peakMegabytes = (pid: number): number => {
  if (process.platform !== 'linux') return Number.NaN
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'latin1')) ?? []
  return (Number(kibibytes) * 1_024) / 1e6
}

export const forgetPeak = (pid: number): void => {
  if (process.platform === 'linux') fs.writeFileSync(`/proc/${pid}/clear_refs`, '5')
}
