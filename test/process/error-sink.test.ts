import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type SentryServer, startSentryServer } from '../fakes/sentry-server.ts'
import { mainScript } from '../harness/backlot-command.ts'
import { send } from '../harness/send.ts'
import { type SpawnedProcess, spawnNode } from '../harness/spawned-process.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'
import { createTestDatabase, onServer } from '../harness/test-database.ts'

const directory = makeTemporaryDirectory()
const person = { email: 'quiet.ada@example.com', password: 'violet marbles roll 77' }
const title = 'a lighthouse that nobody else knows of'
const secretKey = 'secret-key-of-the-error-sink-0123456789'

let sentry: SentryServer
let database: Awaited<ReturnType<typeof createTestDatabase>>
let env: NodeJS.ProcessEnv
let api: SpawnedProcess
let url: string
let accessToken: string

/** The real process with its real log, a file of it beside, and an error sink. */
beforeAll(async () => {
  sentry = await startSentryServer()
  database = await createTestDatabase()
  env = {
    PORT: '0',
    BACKLOT_DATA_DIR: directory,
    DATABASE_URL: database.url,
    SECRET_KEY: secretKey,
    LOG_FILE: path.join(directory, 'logs/backlot.log'),
    SENTRY_DSN: sentry.dsn,
    SENTRY_ENVIRONMENT: 'trial',
  }
  api = spawnNode([mainScript, 'api'], env)
  url = (await api.until(/"address":"(http[^"]+)"/))[1] ?? ''
  accessToken = (await send(url, '/auth/signup', { method: 'POST', body: person })).data.accessToken
  await onServer(database.url, 'ALTER TABLE posts RENAME TO posts_gone')
})
afterAll(async () => {
  api.child.kill('SIGKILL')
  await api.exit
  await sentry.close()
  await database.drop()
  removeTemporaryDirectory(directory)
})

/** Its table is gone, so it ends with a 500. */
const writePost = (id: string, status = 'draft') =>
  send(url, '/posts', {
    method: 'POST',
    headers: { 'x-request-id': id, authorization: `Bearer ${accessToken}` },
    body: { title, body: 'unsent words', status },
  })

test('a request that fails unexpectedly arrives once, by its id, and a refused one does not', async () => {
  expect((await writePost('refused', 'nonsense')).status).toBe(422)
  expect((await writePost('failed-1')).status).toBe(500)
  await expect.poll(() => sentry.events).toHaveLength(1)
  expect(sentry.events[0]).toMatchObject({
    level: 'error',
    release: expect.stringMatching(/^backlot@\d+\.\d+\.\d+/),
    environment: 'trial',
    transaction: '/v1/posts',
    tags: { role: 'api', requestId: 'failed-1', route: '/v1/posts', status: 500 },
    logentry: { formatted: 'INTERNAL_ERROR' },
  })
  const values = sentry.events[0]?.exception?.values ?? []
  expect(values.map(({ value }) => value)).toContain("PostgreSQL's 42P01")
  expect(values.at(-1)?.stacktrace.frames.some(({ in_app }) => in_app)).toBe(true)
})

test('nothing that somebody sent, and no secret, is in what arrived', () => {
  const { password, hostname, port } = new URL(database.url)
  const kept = [person.email, person.password, title, 'unsent words', accessToken, secretKey, password]
  expect(sentry.texts.length).toBeGreaterThan(0)
  for (const text of [...kept, `${hostname}:${port}`, '127.0.0.1:5']) {
    expect(text.length).toBeGreaterThan(4)
    expect(
      sentry.texts
        .join()
        .replaceAll(/"host":"[^"]*"/g, '')
        .includes(text),
      text,
    ).toBe(false)
  }
})

test('a sink that keeps silent slows no request and holds up no stop', async () => {
  sentry.answer = () => undefined
  const startedAt = performance.now()
  for (let n = 0; n < 20; n += 1) expect((await writePost(`stalled-${n}`)).status).toBe(500)
  expect(performance.now() - startedAt).toBeLessThan(4_000)
  await expect.poll(() => sentry.events.length).toBe(2)
  const stoppedAt = performance.now()
  api.child.kill('SIGTERM')
  expect(await api.exit).toEqual({ code: 0, signal: null })
  expect(performance.now() - stoppedAt).toBeLessThan(6_000)
})

test('the file has what standard output had', () => {
  const file = fs.readFileSync(path.join(directory, 'logs/backlot.api.log'), 'utf8')
  expect(file).toBe(api.output())
  expect(file).toContain('"msg":"stopping"')
  expect(file).toContain('"requestId":"failed-1"')
})

test('an error that nobody caught arrives before its process ends, and so does the end of the process', async () => {
  sentry.answer = sentry.take
  sentry.events.length = 0
  const script = path.join(import.meta.dirname, '../supervisor/supervise-fake-roles.ts')
  const backlot = spawnNode([script], env)
  const [, address = ''] = await backlot.until(/curl (http:\S+)\//)
  await fetch(`${address}/uncaught`).catch(() => undefined)
  await backlot.until(/api ended unexpectedly/)
  await expect.poll(() => sentry.events).toHaveLength(2)
  expect(sentry.events).toMatchObject([
    {
      level: 'fatal',
      tags: { role: 'api', origin: 'unhandledRejection' },
      exception: { values: [{ value: 'nobody caught this' }] },
    },
    {
      level: 'fatal',
      tags: { role: 'supervisor' },
      exception: { values: [{ type: 'RoleEnded', value: 'api ended unexpectedly (exit code 1)' }] },
    },
  ])
  backlot.child.kill('SIGTERM')
  expect(await backlot.exit).toEqual({ code: 0, signal: null })
})
