/**
 * Backlot over HTTP: the real `api` process on a PostgreSQL that waits for the disk, its log in a file.
 *
 * 1. Reads of one generation, authenticated, beside a bare `node:http` server that answers the same rows. Target: 0.85.
 * 2. 1,000 users on 1,000 connections who read and write, each two requests a second. Target: p95 below 100 ms and no
 *    failure. Then the same without pauses, to see where it ends.
 *
 * The load comes from a process of its own on the same machine. Run with `node bench/http.ts`; it takes about a minute.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import path from 'node:path'
import { migrate } from '../src/platform/database/migrate.ts'
import { startTestServer } from '../test/harness/embedded-database.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../test/harness/temporary-directory.ts'
import { addUsers, makeGeneration, mixedPlan, request } from './http-users.ts'
import type { Load, LoadReport } from './load-process.ts'
import { cpuMicrosecondsOf, type MeasuredProcess, startProcess, stopProcess } from './measured-process.ts'
import { median, printEnvironment, printTarget } from './report.ts'

const users = 1_000
const readConnections = 64
const readSeconds = 3
const rounds = 5
const mixedSeconds = 8
const pauseMs = 500
/** V8 goes on compiling what is hot for some 50,000 requests. */
const warmUpSeconds = 5

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
const people = await addUsers(postgres.url, env.SECRET_KEY, generation.id, users)
await compareReads()
await mixReadsAndWrites()

/** Every connection reads the pictures of another user, so that no row is in anybody's hands twice. */
async function compareReads(): Promise<void> {
  const load = (server: MeasuredProcess, seconds: number) => {
    const plans = people
      .slice(0, readConnections)
      .map((user) =>
        user.generationIds.map((id) => request('GET', `/generations/${id}`, user.token, server.port)),
      )
    return measure(server, { seconds, plans, pauseMs: 0 })
  }
  await load(api, warmUpSeconds)
  await load(bare, warmUpSeconds / 2)
  const measured: { ours: Measured; limit: Measured }[] = []
  for (let round = 0; round < rounds; round += 1) {
    measured.push({ ours: await load(api, readSeconds), limit: await load(bare, readSeconds) })
  }
  printReads(
    'Backlot',
    measured.map(({ ours }) => ours),
  )
  printReads(
    'bare node:http + pg',
    measured.map(({ limit }) => limit),
  )
  const ratio = median(measured.map(({ ours, limit }) => ours.perSecond / limit.perSecond))
  const failures = measured.reduce((sum, { ours, limit }) => sum + ours.failures + limit.failures, 0)
  printTarget(
    `GET of one generation: ${ratio.toFixed(2)} of the bare server, ${failures} failures`,
    '0.85 or more, wished 1.5; 0 failures',
    ratio >= 0.85 && failures === 0,
  )
}

function printReads(name: string, measured: Measured[]): void {
  const of = (key: keyof Measured) => median(measured.map((each) => each[key]))
  console.log(
    `${name.padEnd(20)} ${of('perSecond').toFixed(0).padStart(6)} req/s   p50 ${of('p50Ms').toFixed(1)} ms   ` +
      `p99 ${of('p99Ms').toFixed(1)} ms   CPU a request: server ${of('serverUs').toFixed(0)} us, ` +
      `PostgreSQL ${of('postgresUs').toFixed(0)} us`,
  )
}

/** Without a worker: it would draw the pictures that are ordered here, on the same cores. */
async function mixReadsAndWrites(): Promise<void> {
  const plans = people.map((user) => mixedPlan(user, api.port))
  await measure(api, { seconds: warmUpSeconds, plans, pauseMs })
  const paced = await measure(api, { seconds: mixedSeconds, plans, pauseMs })
  printTarget(
    `${users} connections, reads and writes: ${latencies(paced)}`,
    'p95 below 100 ms, 0 failures',
    paced.p95Ms < 100 && paced.failures === 0,
  )
  const flood = await measure(api, { seconds: mixedSeconds, plans, pauseMs: 0 })
  console.log(`the same without pauses: ${latencies(flood)}`)
}

function latencies({ perSecond, p50Ms, p95Ms, p99Ms, failures }: LoadReport): string {
  const [p50, p95, p99] = [p50Ms, p95Ms, p99Ms].map((ms) => `${ms.toFixed(0)} ms`)
  return `${perSecond.toFixed(0)} req/s, p50 ${p50}, p95 ${p95}, p99 ${p99}, ${failures} failures`
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
