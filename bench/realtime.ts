/**
 * What idle WebSockets cost: how long GET one post takes at 200 requests a second with none, and with 10,000 that are signed in
 * and each follow two topics, 20,000 sequences in all but the shared ones; the memory of one; the processor time of all.
 * Target: p99 below 20 ms. The sockets are held by a process of their own; the requests come from this one.
 * Run with `node bench/realtime.ts [--sockets=10000]`; it takes a minute. Each process needs as many open files (`ulimit -n`).
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { createAccessTokens } from '../src/modules/auth/access-token.ts'
import { deriveAuthKeys } from '../src/modules/auth/auth-keys.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../test/harness/temporary-directory.ts'
import { openDatabase } from './http/stage.ts'
import { cpuMicrosecondsOf, startProcess, stopProcess } from './measured-process.ts'
import type { SocketsOrder } from './realtime/sockets-process.ts'
import { percentile, printEnvironment, printTarget } from './report.ts'

const socketsOfUser = 40
const requestsPerSecond = 200
const measureSeconds = 15
const mostP99Ms = 20

const { values } = parseArgs({ options: { sockets: { type: 'string', default: '10000' } } })
const count = Number(values.sockets)

type Person = { token: string; jobIds: string[] }

/** Users who are signed in, each with jobs that wait, and a post. By SQL, as hashing passwords takes long. */
const fill = async (url: string, secretKey: string): Promise<Person[]> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ userId: string; sessionId: string; jobIds: string[] }>(
    `with someone as (
       insert into users (email) select 'bench-' || n || '@example.com' from generate_series(1, $1::int) n returning id
     ), session as (
       insert into sessions (user_id, token_hash, address, expires_at)
       select id, id::text, '127.0.0.1', now() + interval '1 day' from someone returning id, user_id
     ), job as (
       insert into jobs (type, queue, owner_id, params, run_at)
       select 'generation.render', 'images', id, '{}', now() + interval '1 day' from someone, generate_series(1, $2::int)
       returning id, owner_id
     ), event as (
       insert into job_events (job_id, seq, type, data) select id, 1, 'status', '{"status": "pending"}' from job
     )
     select user_id as "userId", session.id as "sessionId", array_agg(job.id) as "jobIds"
     from session join job on owner_id = user_id group by 1, 2`,
    [Math.ceil(count / socketsOfUser) + 1, socketsOfUser],
  )
  await client.end()
  const { issue } = createAccessTokens(deriveAuthKeys(secretKey).accessToken)
  return Promise.all(rows.map(async ({ jobIds, ...claims }) => ({ jobIds, token: await issue(claims) })))
}

const ask = (port: number, agent: http.Agent, path: string, token: string) =>
  new Promise<number>((resolve, reject) => {
    const startedAt = performance.now()
    const options = { port, host: '127.0.0.1', path, agent, headers: { authorization: `Bearer ${token}` } }
    const request = http.get(options, (response) => {
      response.resume()
      response.once('end', () => {
        if (response.statusCode === 200) resolve(performance.now() - startedAt)
        else reject(new Error(`${path}: ${response.statusCode}`))
      })
    })
    request.once('error', reject)
  })

const createPost = async (port: number, token: string): Promise<string> => {
  const response = await fetch(`http://127.0.0.1:${port}/v1/posts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'A post', body: 'Its text. '.repeat(100) }),
  })
  const { data } = (await response.json()) as { data: { id: string } }
  return data.id
}

/** Requests at a steady pace, whether or not those before were answered. */
const measure = async (port: number, path: string, token: string): Promise<number[]> => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 })
  const asked: Promise<number>[] = []
  const startedAt = performance.now()
  for (let sent = 0; sent < requestsPerSecond * measureSeconds; sent += 1) {
    const dueInMs = startedAt + (sent * 1_000) / requestsPerSecond - performance.now()
    if (dueInMs > 1) await delay(dueInMs)
    asked.push(ask(port, agent, path, token))
  }
  const latencies = await Promise.all(asked)
  agent.destroy()
  return latencies
}

const residentBytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024

/** Of one core, while nobody asks for anything. */
const idleShare = async (pid: number): Promise<number> => {
  const before = cpuMicrosecondsOf(pid)
  await delay(10_000)
  return (cpuMicrosecondsOf(pid) - before) / 10_000_000
}

const printShares = (what: string, latencies: number[]) => {
  const [p50, p99] = [0.5, 0.99].map((share) => percentile(latencies, share).toFixed(1))
  console.log(`${what}: p50 ${p50} ms, p99 ${p99} ms, ${latencies.length} requests`)
}

await using opened = new AsyncDisposableStack()
const database = await openDatabase(opened)
await printEnvironment(database.url)
const secretKey = randomBytes(32).toString('base64url')
const people = await fill(database.url, secretKey)
const dataDir = opened.adopt(makeTemporaryDirectory(), removeTemporaryDirectory)
const env = {
  DATABASE_URL: database.url,
  BACKLOT_DATA_DIR: dataDir,
  SECRET_KEY: secretKey,
  PORT: '0',
  RATE_LIMIT_ADDRESS_PER_MINUTE: '10000000',
  RATE_LIMIT_IDENTITY_PER_MINUTE: '10000000',
}
const api = opened.adopt(await startProcess('src/main.ts', ['api'], { env }), stopProcess)
const { token = '' } = people.at(-1) ?? {}
const path = `/v1/posts/${await createPost(api.port, token)}`
await measure(api.port, path, token)
const without = await measure(api.port, path, token)
printShares('without sockets', without)
const idleBefore = await idleShare(api.pid)
const memoryBefore = residentBytes(api.pid)

const sockets = people
  .flatMap(({ token, jobIds }) => jobIds.map((id) => ({ token, topics: [`jobs/${id}`, 'notifications'] })))
  .slice(0, count)
const holder = opened.adopt(await startProcess('bench/realtime/sockets-process.ts', []), stopProcess)
const startedAt = performance.now()
const order: SocketsOrder = { port: api.port, sockets }
holder.child.send(order)
await once(holder.child, 'message')
const openSeconds = (performance.now() - startedAt) / 1_000
console.log(`${count} sockets opened and subscribed in ${openSeconds.toFixed(1)} s`)
await delay(5_000)
const idleWith = await idleShare(api.pid)
const bytesEach = (residentBytes(api.pid) - memoryBefore) / count
const percent = (share: number) => `${(share * 100).toFixed(1)} %`
console.log(`memory of a socket: ${(bytesEach / 1_024).toFixed(1)} KiB`)
console.log(
  `processor time of the idle api process: ${percent(idleBefore)} of a core, then ${percent(idleWith)}`,
)
const withSockets = await measure(api.port, path, token)
printShares(`with ${count} idle sockets`, withSockets)
const p99 = percentile(withSockets, 0.99)
printTarget(
  `p99 of GET one post with ${count} idle sockets: ${p99.toFixed(1)} ms`,
  `${mostP99Ms} ms`,
  p99 < mostP99Ms,
)
