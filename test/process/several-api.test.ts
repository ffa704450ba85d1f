import fs from 'node:fs/promises'
import http from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mainScript } from '../harness/backlot-command.ts'
import { readExposition } from '../harness/exposition.ts'
import { type SpawnedProcess, spawnNode } from '../harness/spawned-process.ts'
import { startSteadyClients } from '../harness/steady-clients.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'
import { createTestDatabase } from '../harness/test-database.ts'

const count = 3
let dataDir: string
let database: Awaited<ReturnType<typeof createTestDatabase>>
let api: SpawnedProcess
let url: string

beforeAll(async () => {
  dataDir = makeTemporaryDirectory()
  database = await createTestDatabase()
  api = spawnNode([mainScript, 'api'], {
    BACKLOT_DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    PORT: '0',
    WEB_CONCURRENCY: String(count),
    RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000',
  })
  url = (await api.until(/backlot: ready at (http:\S+)/))[1] ?? ''
})
afterAll(async () => {
  api.child.kill('SIGKILL')
  await api.exit
  await database.drop()
  removeTemporaryDirectory(dataDir)
})

type Asked = { status: number | undefined; headers: http.IncomingHttpHeaders; text: string }

/** On a connection of its own, which goes to the next process. */
const ask = (path: string, { method = 'GET', body = '' } = {}) =>
  new Promise<Asked>((resolve, reject) => {
    const headers = body === '' ? {} : { 'content-type': 'application/json' }
    const request = http.request(url + path, { method, agent: false, headers }, async (response) => {
      const text = Buffer.concat(await response.toArray()).toString()
      resolve({ status: response.statusCode, headers: response.headers, text })
    })
    request.once('error', reject).end(body)
  })

const readMetrics = async () => readExposition((await ask('/metrics')).text)

const startTimes = async () =>
  (await readMetrics())
    .filter(({ name }) => name === 'backlot_process_start_time_seconds')
    .map(({ labels, value }) => `${labels.process}: ${value}`)

/** Linux tells who the children of a process are. */
const childrenOf = async (pid: number | undefined) =>
  (await fs.readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').map(Number)

test('they share a port, and whoever is asked tells the metrics of all', async () => {
  for (let index = 0; index < 4 * count; index += 1) {
    expect((await ask('/v1/posts')).status).toBe(200)
  }
  const samples = await readMetrics()
  const answered = samples.filter(
    ({ name, labels }) =>
      name === 'backlot_http_request_duration_seconds_count' && labels.route === '/v1/posts',
  )
  expect(answered.map(({ labels }) => labels.process)).toEqual(['1', '2', '3'])
  expect(answered.reduce((sum, { value }) => sum + value, 0)).toBe(4 * count)
})

test('they count together: nobody has more attempts for there being several', async () => {
  const remaining: number[] = []
  for (let index = 0; index < 2 * count; index += 1) {
    remaining.push(Number((await ask('/v1/posts')).headers['ratelimit-remaining']))
  }
  const [first = 0] = remaining
  expect(remaining).toEqual(remaining.map((_, index) => first - index))

  const body = JSON.stringify({ email: 'ada@example.com', password: 'a wrong password' })
  const attempts = Array.from({ length: 10 * count }, () => ask('/v1/auth/login', { method: 'POST', body }))
  const statuses = (await Promise.all(attempts)).map(({ status }) => status).toSorted()
  expect(statuses).toEqual([...Array(10).fill(401), ...Array(10 * count - 10).fill(429)])
})

test('SIGHUP exchanges all of them without a failed request', { timeout: 60_000 }, async () => {
  const before = await startTimes()
  const clients = startSteadyClients(`${url}/v1/posts`, 16)
  await expect.poll(() => clients.answers.fine, { timeout: 15_000 }).toBeGreaterThan(100)
  api.child.kill('SIGHUP')
  await api.until(/backlot: api reloaded/)
  const { fine } = clients.answers
  await expect.poll(() => clients.answers.fine, { timeout: 15_000 }).toBeGreaterThan(fine + 100)
  expect((await clients.stop()).failed).toEqual([])
  const after = await startTimes()
  expect(after).toHaveLength(count)
  expect(after.filter((each) => before.includes(each))).toEqual([])
})

test('one that is killed costs what it was answering, and nobody is refused', {
  timeout: 60_000,
}, async () => {
  const clients = startSteadyClients(`${url}/v1/posts`, 16)
  await expect.poll(() => clients.answers.fine, { timeout: 15_000 }).toBeGreaterThan(100)
  const [killed = 0] = await childrenOf(api.child.pid)
  process.kill(killed, 'SIGKILL')
  await api.until(/api \d ended unexpectedly \(SIGKILL\); again in 250 ms/)
  await api.until(/"msg":"ready"/)
  const { failed } = await clients.stop()
  expect(failed.length).toBeLessThan(16)
  expect(failed.filter((reason) => !/socket hang up|ECONNRESET/.test(reason))).toEqual([])
  expect(await childrenOf(api.child.pid)).toHaveLength(count)
})

test('SIGTERM ends all of them in order', async () => {
  const children = await childrenOf(api.child.pid)
  api.child.kill('SIGTERM')
  expect(await api.exit).toEqual({ code: 0, signal: null })
  expect(api.output().match(/"msg":"stopping"/g)?.length).toBe(2 * count)
  for (const pid of children) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})
