import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBacklot } from '../../client/src/backlot.ts'
import { mainScript } from '../harness/backlot-command.ts'
import { freePort } from '../harness/free-port.ts'
import { MixedClients } from '../harness/mixed-clients.ts'
import {
  provideHaproxy,
  provideNginx,
  type ShippedProxy,
  startShippedHaHaproxy,
  startShippedHaproxy,
  startShippedNginx,
} from '../harness/shipped-proxy.ts'
import { type SpawnedProcess, spawnNode } from '../harness/spawned-process.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'
import { createTestDatabase } from '../harness/test-database.ts'

/** One shipped configuration of each proxy stands before the same two processes. */
const programsAreHere = [await provideHaproxy(), await provideNginx()].every(Boolean)
const connections = { haproxy: 1_000, haHaproxy: 50, nginx: 50 }
/** As the shipped units and containers have it. */
const shutdownDelaySeconds = 4
const soon = { timeout: 30_000, interval: 50 }
let directory: string
let nginxDirectory: string
let database: Awaited<ReturnType<typeof createTestDatabase>>
let apis: { port: number; process: SpawnedProcess }[]
let haproxy: ShippedProxy
let nginx: ShippedProxy
let haHaproxy: Awaited<ReturnType<typeof startShippedHaHaproxy>>

beforeAll(async () => {
  if (!programsAreHere) return
  directory = makeTemporaryDirectory()
  nginxDirectory = makeTemporaryDirectory()
  database = await createTestDatabase()
  const ports = [await freePort(), await freePort()] as const
  apis = await Promise.all(ports.map(startApi))
  const upstreams = ports.map((port) => ({ port, echoPort: port }))
  haproxy = await startShippedHaproxy({ directory, upstreams })
  nginx = await startShippedNginx({ directory: nginxDirectory, upstreams })
  haHaproxy = await startShippedHaHaproxy([...ports])
})
afterAll(async () => {
  if (!programsAreHere) return
  await Promise.all([haproxy, nginx, haHaproxy].map(({ program }) => program.stop()))
  for (const api of apis) api.process.child.kill('SIGKILL')
  await database.drop()
  for (const one of [directory, nginxDirectory]) removeTemporaryDirectory(one)
})

const startApi = async (port: number) => {
  const api = spawnNode([mainScript, 'api'], {
    BACKLOT_DATA_DIR: path.join(directory, 'data'),
    DATABASE_URL: database.url,
    DB_POOL_MAX: '10',
    PORT: String(port),
    TRUST_PROXY: 'loopback',
    RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000',
    RATE_LIMIT_IDENTITY_PER_MINUTE: '1000000',
    SHUTDOWN_DELAY_SECONDS: String(shutdownDelaySeconds),
  })
  await api.until(/"msg":"ready"/)
  return { port, process: api }
}

/** What `GET /;csv` of its page with statistics says of a server of the backend `api`. */
const statusInHaproxy = async (server: string) => {
  const answer = await fetch(`http://127.0.0.1:${haproxy.ports.stats}/;csv`)
  const lines = (await answer.text()).split('\n').map((line) => line.split(','))
  const column = lines[0]?.indexOf('status') ?? -1
  return lines.find(([backend, name]) => backend === 'api' && name === server)?.[column]
}

const startClients = async () => {
  const credentials = { email: 'ada@example.com', password: 'correct horse 42' }
  const { accessToken: token } = await createBacklot({ url: haHaproxy.origin }).auth.signup(credentials)
  const ada = createBacklot({ url: haHaproxy.origin, apiKey: token })
  const { id: postId } = await ada.posts.create({ title: 'To be read', body: 'Often.', status: 'published' })
  const originOf = ({ ports, ca }: ShippedProxy) => ({ origin: `https://localhost:${ports.https}`, ca })
  const given = { token, postId }
  return {
    haproxy: new MixedClients({ ...given, ...originOf(haproxy), connections: connections.haproxy }),
    haHaproxy: new MixedClients({ ...given, origin: haHaproxy.origin, connections: connections.haHaproxy }),
    nginx: new MixedClients({ ...given, ...originOf(nginx), connections: connections.nginx }),
  }
}

/** How often each title is stored, of those that the clients wrote. */
const storedTitles = async () => {
  const client = new pg.Client(database.url)
  await client.connect()
  const { rows } = await client.query<{ title: string; count: number }>(
    `select title, count(*)::int as count from posts where title like 'Written during%' group by title`,
  )
  await client.end()
  return new Map(rows.map(({ title, count }) => [title, count]))
}

test.runIf(programsAreHere)('a rolling restart fails no request', { timeout: 90_000 }, async () => {
  for (const server of ['api0', 'api1']) await expect.poll(() => statusInHaproxy(server), soon).toBe('UP')
  const clients = await startClients()
  const all = Object.values(clients)
  await expect.poll(() => clients.haproxy.opened, soon).toBe(connections.haproxy)
  for (const [index, api] of apis.entries()) {
    api.process.child.kill('SIGTERM')
    expect(await api.process.exit).toEqual({ code: 0, signal: null })
    apis[index] = await startApi(api.port)
    await expect.poll(() => statusInHaproxy(`api${index}`), soon).toBe('UP')
  }
  await Promise.all(all.map((some) => some.stop()))
  for (const [proxy, { latenciesMs, failures }] of Object.entries(clients)) {
    const p95 = latenciesMs.sort((a, b) => a - b)[Math.floor(latenciesMs.length * 0.95)] ?? Number.NaN
    const told = `${latenciesMs.length} requests, ${failures.length} failed, p95 ${Math.round(p95)} ms`
    console.log(`Rolling restart behind ${proxy}: ${told}`)
  }
  expect(clients.haproxy.failures).toEqual([])
  expect(clients.haHaproxy.failures).toEqual([])
  // Nobody tells nginx that a process leaves. What it sends into the last moment of one it can only repeat when that is no POST.
  expect(clients.nginx.failures.filter((failure) => !failure.startsWith('POST'))).toEqual([])
  const stored = await storedTitles()
  const notOnce = all.flatMap(({ written }) => written).filter((title) => stored.get(title) !== 1)
  expect(notOnce).toEqual([])
  // Every connection of a client outlives the processes behind the proxy.
  expect(clients.haproxy.opened).toBe(connections.haproxy)
})
