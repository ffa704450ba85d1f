import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { projectDir } from '../../src/app/project-dir.ts'
import { mainScript, runBacklot } from '../harness/backlot-command.ts'
import { readExposition } from '../harness/exposition.ts'
import { freePort } from '../harness/free-port.ts'
import { type SpawnedProcess, spawnNode } from '../harness/spawned-process.ts'
import { TcpProxy } from '../harness/tcp-proxy.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'
import { createTestDatabase } from '../harness/test-database.ts'

const token = 'a token of the metrics'
let dataDir: string
let database: Awaited<ReturnType<typeof createTestDatabase>>
let proxy: TcpProxy
let port: number
let worker: SpawnedProcess

beforeAll(async () => {
  dataDir = makeTemporaryDirectory()
  database = await createTestDatabase()
  proxy = await TcpProxy.start(database.url)
  port = await freePort()
  worker = spawnNode([mainScript, 'worker'], {
    BACKLOT_DATA_DIR: dataDir,
    DATABASE_URL: proxy.url,
    HEALTH_PORT: String(port),
    METRICS_TOKEN: token,
    WORKER_QUEUES: 'images:8, emails',
  })
  await worker.until(/"msg":"ready"/)
})
afterAll(async () => {
  worker.child.kill('SIGKILL')
  await worker.exit
  await proxy.close()
  await database.drop()
  removeTemporaryDirectory(dataDir)
})

const get = (route: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${port}${route}`, init)
const statusOf = async (route: string, init?: RequestInit) => (await get(route, init)).status

const checkHealth = async (role: string) => {
  const check = spawnNode([path.join(projectDir, 'bin/healthcheck.mjs'), role], { HEALTH_PORT: String(port) })
  return (await check.exit).code
}

test('a worker tells probes that it lives and is ready, and Prometheus its metrics by the token', async () => {
  expect(await (await get('/health/live')).json()).toEqual({ status: 'ok' })
  expect(await (await get('/health/ready')).json()).toEqual({ status: 'ok' })
  expect(await statusOf('/health')).toBe(404)
  expect(await statusOf('/health/live', { method: 'POST' })).toBe(405)
  expect(await statusOf('/metrics')).toBe(403)
  const page = await get('/metrics', { headers: { authorization: `Bearer ${token}` } })
  const served = readExposition(await page.text()).filter(
    ({ name }) => name === 'backlot_worker_queue_concurrency',
  )
  expect(served.map(({ labels, value }) => [labels.queue, value])).toEqual([
    ['images', 8],
    ['emails', 10],
  ])
  expect(await checkHealth('worker')).toBe(0)
})

test('without its database it lives and is not ready, and is ready again by itself', async () => {
  proxy.silence()
  await expect.poll(() => statusOf('/health/ready'), { timeout: 10_000 }).toBe(503)
  expect(await statusOf('/health/live')).toBe(200)
  proxy.restore()
  await expect.poll(() => statusOf('/health/ready'), { timeout: 15_000 }).toBe(200)
})

test('a stopped process is found out by the check of its container', async () => {
  worker.child.kill('SIGSTOP')
  expect(await checkHealth('worker')).toBe(1)
  worker.child.kill('SIGCONT')
  expect(await checkHealth('worker')).toBe(0)
})

test('a port that is taken is said in one line', async () => {
  const env = { BACKLOT_DATA_DIR: dataDir, DATABASE_URL: database.url, HEALTH_PORT: String(port) }
  const { code, output } = await runBacklot(['worker'], env)
  expect(code).toBe(78)
  expect(output).toContain(`backlot: HEALTH_PORT: ${port} is taken by another program.`)
})
