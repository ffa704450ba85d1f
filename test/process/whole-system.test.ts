import { once } from 'node:events'
import fs from 'node:fs/promises'
import http from 'node:http'
import net from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBacklot } from '../../client/src/backlot.ts'
import { type SpawnedProcess, spawnNode } from '../harness/spawned-process.ts'
import { TcpProxy } from '../harness/tcp-proxy.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'
import { createTestDatabase } from '../harness/test-database.ts'

const main = path.join(import.meta.dirname, '../../src/main.ts')
let dataDir: string

beforeAll(() => {
  dataDir = makeTemporaryDirectory()
})
afterAll(() => removeTemporaryDirectory(dataDir))

const startAll = async () => {
  const backlot = spawnNode([main, 'all'], { BACKLOT_DATA_DIR: dataDir, PORT: '0', RTMP_PORT: '0' })
  const [, url = ''] = await backlot.until(/Address +(http:\S+)/)
  return { backlot, url }
}
const stop = async ({ child, exit }: SpawnedProcess) => {
  child.kill('SIGTERM')
  return exit
}
const credentials = { email: 'ada@example.com', password: 'correct horse 42' }

test('an empty data directory becomes a running system, which stops in order and starts again', {
  timeout: 90_000,
}, async () => {
  const first = await startAll()
  const [, livePort] = await first.backlot.until(/Live +rtmp:\/\/127\.0\.0\.1:(\d+)\/live/)
  expect(await isListening(Number(livePort))).toBe(true)
  const [, setup = ''] = await first.backlot.until(/First admin, once +(\S+)/)
  const token = new URL(setup).searchParams.get('token') ?? ''
  const ada = createBacklot({ url: first.url })
  await ada.adoptSession(await ada.auth.setup({ ...credentials, token }))
  await expect(ada.auth.setup({ ...credentials, token })).rejects.toMatchObject({ status: 409 })
  const wish = { prompt: 'a red kite', style: 'sketch', size: '256x256' } as const
  const drawn = await ada.generations.create(wish, { waitSeconds: 30 })
  expect(drawn.status).toBe('completed')
  expect(await stop(first.backlot)).toEqual({ code: 0, signal: null })

  const secrets = await fs.readdir(path.join(dataDir, 'secrets'))
  for (const name of secrets)
    expect((await fs.stat(path.join(dataDir, 'secrets', name))).mode & 0o777).toBe(0o600)
  for (const name of secrets) {
    expect(first.backlot.output()).not.toContain(
      (await fs.readFile(path.join(dataDir, 'secrets', name), 'utf8')).trim(),
    )
  }

  const second = await startAll()
  expect(second.backlot.output()).not.toContain('First admin')
  const again = createBacklot({ url: second.url })
  await again.signIn(credentials)
  expect((await again.generations.get(drawn.generationId)).status).toBe('completed')
  expect(await stop(second.backlot)).toEqual({ code: 0, signal: null })
})

test('SIGTERM under load: every request on an open connection is answered', { timeout: 60_000 }, async () => {
  const database = await createTestDatabase()
  const api = spawnNode([main, 'api'], {
    BACKLOT_DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    PORT: '0',
    RTMP_PORT: '0',
    RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000',
  })
  const [, url = ''] = await api.until(/"address":"(http:[^"]+)"/)
  const answers = { fine: 0, failed: 0 }
  const client = async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    for (;;) {
      const outcome = await ask(`${url}/v1/users`, agent)
      if (outcome === 'refused') return
      answers[outcome] += 1
    }
  }
  const clients = Array.from({ length: 30 }, client)
  await expect.poll(() => answers.fine, { timeout: 15_000 }).toBeGreaterThan(300)
  api.child.kill('SIGTERM')
  await Promise.all(clients)
  expect(answers.failed).toBe(0)
  expect(await api.exit).toEqual({ code: 0, signal: null })
  await database.drop()
})

test('SIGTERM while the database is silent ends an api within 6 s', { timeout: 60_000 }, async () => {
  const database = await createTestDatabase()
  const proxy = await TcpProxy.start(database.url)
  const api = spawnNode([main, 'api'], { BACKLOT_DATA_DIR: dataDir, DATABASE_URL: proxy.url, PORT: '0' })
  const [, url = ''] = await api.until(/"address":"(http:[^"]+)"/)
  await expect(createBacklot({ url }).signIn(credentials)).rejects.toMatchObject({ status: 401 })
  proxy.silence()
  const waiting = await Promise.all(Array.from({ length: 5 }, () => startLogin(url)))
  const startedAt = performance.now()
  api.child.kill('SIGTERM')
  expect(await api.exit).toEqual({ code: 0, signal: null })
  expect(performance.now() - startedAt).toBeLessThan(6_000)
  expect(await Promise.all(waiting.map(({ status }) => status))).toEqual(Array(5).fill(503))
  await proxy.close()
  await database.drop()
})

test('a port for RTMP that is taken is said in one line', async () => {
  const other = net.createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const database = await createTestDatabase()
  const env = { BACKLOT_DATA_DIR: dataDir, DATABASE_URL: database.url, RTMP_PORT: String(port) }
  const live = spawnNode([main, 'live'], env)
  expect(await live.exit).toEqual({ code: 78, signal: null })
  const line = `backlot: RTMP_PORT: ${port} is taken by another program. Stop that one, or set RTMP_PORT to a free port.`
  expect(live.output()).toContain(line)
  other.close()
  await database.drop()
})

/** Resolves when the server has the request. */
const startLogin = async (url: string) => {
  const body = JSON.stringify(credentials)
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    expect: '100-continue',
  }
  const request = http.request(`${url}/v1/auth/login`, { method: 'POST', headers, agent: false })
  const status = new Promise<number | undefined>((resolve, reject) => {
    request.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject)
  })
  request.flushHeaders()
  await once(request, 'continue')
  request.end(body)
  return { status }
}

const isListening = async (port: number): Promise<boolean> => {
  const socket = net.connect(port, '127.0.0.1')
  const connected = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return connected
}

/** A connection that is not taken any more is no failure; one that breaks under a request is. */
const ask = (url: string, agent: http.Agent) =>
  new Promise<'fine' | 'failed' | 'refused'>((resolve) => {
    const request = http.get(url, { agent }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode === 401 ? 'fine' : 'failed'))
      response.on('error', () => resolve('failed'))
    })
    request.on('error', (error: NodeJS.ErrnoException) => {
      const notTaken = error.code === 'ECONNREFUSED' || (error.code === 'ECONNRESET' && request.reusedSocket)
      resolve(notTaken ? 'refused' : 'failed')
    })
  })
