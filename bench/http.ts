/**
 * Backlot over HTTP: the real `api` process on a PostgreSQL that waits for the disk, its log in a file.
 *
 * 1. Authenticated reads of one generation a second, beside a bare `node:http` server that answers the same row. Target: 0.85.
 * 2. 1,000 connections of 1,000 users that read and write. Target: p95 below 100 ms and no failure.
 *
 * Run with `node bench/http.ts`; it takes about a minute.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import path from 'node:path'
import { migrate } from '../src/platform/database/migrate.ts'
import { startTestServer } from '../test/harness/embedded-database.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../test/harness/temporary-directory.ts'
import { addUsers, makeGeneration, mixedPlan } from './http-users.ts'
import type { Load, LoadReport } from './load-process.ts'
import { cpuMicrosecondsOf, type MeasuredProcess, startProcess, stopProcess } from './measured-process.ts'
import { median, printEnvironment, printTarget } from './report.ts'

const readConnections = 64
const readSeconds = 3
const rounds = 5
const warmUpSeconds = 2
const mixedConnections = 1_000
const mixedSeconds = 10
/** Between a user's requests, on average: an app in use, a hasty one, and none, which finds the limit. */
const thinkTimesMs = [1_000, 250, 0]

await using opened = new AsyncDisposableStack()
const start = async (...what: Parameters<typeof startProcess>) =>
  opened.adopt(await startProcess(...what), stopProcess)

const postgres = opened.adopt(await startTestServer({ durable: true }), (server) => server.stop())
const dataDir = opened.adopt(makeTemporaryDirectory(), removeTemporaryDirectory)
await migrate(postgres.url, false)
await printEnvironment(postgres.url)

const env = {
  DATABASE_URL: postgres.url,
  BACKLOT_DATA_DIR: dataDir,
  SECRET_KEY: randomBytes(32).toString('base64url'),
  PORT: '0',
  LOG_LEVEL: 'info',
  RATE_LIMIT_ADDRESS_PER_MINUTE: '10000000',
  RATE_LIMIT_IDENTITY_PER_MINUTE: '10000000',
}
const api = await start('src/main.ts', ['api'], { env, logFile: path.join(dataDir, 'api.log') })
const bare = await start('bench/bare-http-server.ts', [postgres.url])
const generator = await start('bench/load-process.ts', [])

const worker = await startProcess('src/main.ts', ['worker'], { env })
const generation = await makeGeneration(api.port)
await stopProcess(worker)
await compareReads(generation)
await mixReadsAndWrites(generation.id)

async function compareReads({ id, token }: { id: string; token: string }): Promise<void> {
  const load = (server: MeasuredProcess, seconds: number) =>
    measure(server, {
      seconds,
      plans: Array.from({ length: readConnections }, () => [
        `GET /v1/generations/${id} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
      ]),
      pauseMs: 0,
    })
  await load(api, warmUpSeconds)
  await load(bare, warmUpSeconds)
  const measured: { ours: Measured; limit: Measured }[] = []
  for (let round = 0; round < rounds; round += 1) {
    measured.push({ ours: await load(api, readSeconds), limit: await load(bare, readSeconds) })
  }
  printReads(
    'Backlot, authenticated',
    measured.map(({ ours }) => ours),
  )
  printReads(
    'bare node:http + pg',
    measured.map(({ limit }) => limit),
  )
  const ratio = median(measured.map(({ ours, limit }) => ours.perSecond / limit.perSecond))
  printTarget(
    `GET of one generation: ${ratio.toFixed(2)} of the bare server`,
    '0.85 or more, wished 1.5',
    ratio >= 0.85,
  )
}

function printReads(name: string, measured: Measured[]): void {
  const of = (key: keyof Measured) => median(measured.map((each) => each[key]))
  console.log(
    `${name.padEnd(24)} ${of('perSecond').toFixed(0).padStart(6)} req/s   p50 ${of('p50Ms').toFixed(1)} ms   ` +
      `p99 ${of('p99Ms').toFixed(1)} ms   CPU a request: server ${of('serverUs').toFixed(0)} us, ` +
      `PostgreSQL ${of('postgresUs').toFixed(0)} us`,
  )
  const failures = measured.reduce((sum, each) => sum + each.failures, 0)
  if (failures > 0) printTarget(`${failures} failures`, '0', false)
}

/** Without a worker: it would draw the pictures that are ordered here, on the same cores. */
async function mixReadsAndWrites(generationId: string): Promise<void> {
  const users = await addUsers(postgres.url, env.SECRET_KEY, generationId, mixedConnections)
  const plans = users.map((user) => mixedPlan(user, api.port))
  for (const pauseMs of thinkTimesMs) {
    const { perSecond, p50Ms, p95Ms, p99Ms, failures } = await measure(api, {
      seconds: mixedSeconds,
      plans,
      pauseMs,
    })
    const how = pauseMs === 0 ? 'without a pause' : `a request each ${pauseMs} ms`
    printTarget(
      `${mixedConnections} connections, ${how}: ${perSecond.toFixed(0)} req/s, p50 ${p50Ms.toFixed(0)} ms, ` +
        `p95 ${p95Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms, ${failures} failures`,
      'p95 below 100 ms, 0 failures',
      p95Ms < 100 && failures === 0,
    )
  }
}

type Measured = LoadReport & { serverUs: number; postgresUs: number }

async function measure(server: MeasuredProcess, load: Omit<Load, 'port'>): Promise<Measured> {
  const pids = [server.pid, postgres.pid()]
  const before = pids.map(cpuMicrosecondsOf)
  generator.child.send({ ...load, port: server.port })
  const [report]: LoadReport[] = await once(generator.child, 'message')
  if (report === undefined) throw new Error('The load generator said nothing')
  const [serverUs = 0, postgresUs = 0] = pids.map(
    (pid, at) => (cpuMicrosecondsOf(pid) - (before[at] ?? 0)) / report.requests,
  )
  return { ...report, serverUs, postgresUs }
}
