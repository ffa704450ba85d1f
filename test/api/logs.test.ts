import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sent, send, sendRaw } from '../harness/send.ts'
import { spawnNode } from '../harness/spawned-process.ts'
import { TcpProxy } from '../harness/tcp-proxy.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'
import { createTestDatabase } from '../harness/test-database.ts'

type Line = Record<string, unknown> & { level: number; msg: string; requestId?: string; user?: string }

const secretKey = 'secret-key-of-the-log-test-0123456789'
const password = 'violet marbles roll 77'
const prompt = 'a lighthouse that nobody else knows of'
const secrets: Record<string, string> = { secretKey, password, prompt }
type RequestMade = {
  id: string
  method: string
  route: string
  status: number
  who: string | undefined
  withKey: boolean
}
const requestsMade: RequestMade[] = []
const secret = (name: string, value: string) => {
  secrets[name] = value
  return value
}
const directory = makeTemporaryDirectory()
let lines: Line[] = []
let output = ''

/** Runs the real process with its real log, uses it as people do, ends it, and keeps what it printed. */
beforeAll(async () => {
  const database = await createTestDatabase()
  const proxy = await TcpProxy.start(database.url)
  const api = spawnNode([path.join(import.meta.dirname, '../../src/main.ts'), 'api'], {
    PORT: '0',
    BACKLOT_DATA_DIR: directory,
    DATABASE_URL: proxy.url,
    SECRET_KEY: secretKey,
    LOG_LEVEL: 'debug',
  })
  secrets.databasePassword = new URL(database.url).password
  try {
    const [, url = ''] = await api.until(/"address":"(http[^"]+)"/)
    await useEverything(url)
    await proxy.cut()
    await useWithoutDatabase(url)
  } finally {
    api.child.kill('SIGTERM')
    await api.exit
    await proxy.close()
    await database.drop()
  }
  output = api.output()
  lines = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
})
afterAll(() => removeTemporaryDirectory(directory))

const ask = async (
  url: string,
  [method, target, route]: [string, string, string?],
  sent: Sent = {},
  who?: string,
) => {
  const id = `request-${requestsMade.length}-${process.pid}`
  const withKey = String(sent.headers?.authorization).startsWith('Bearer bk_')
  const answer = await send(url, target, {
    method,
    ...sent,
    headers: { 'x-request-id': id, ...sent.headers },
  })
  requestsMade.push({
    id,
    method,
    route: route ?? `/v1${target.split('?')[0]}`,
    status: answer.status,
    who,
    withKey,
  })
  return answer
}

const useEverything = async (url: string) => {
  const email = 'quiet.ada@example.com'
  const signedUp = await ask(url, ['POST', '/auth/signup'], {
    body: { email, password, name: 'Ada Unlogged' },
  })
  const { accessToken, refreshToken, user } = signedUp.data
  const cookie = String(signedUp.headers['set-cookie']).split(';')[0] ?? ''
  const bearer = { authorization: `Bearer ${accessToken}` }
  Object.assign(secrets, { email, name: 'Ada Unlogged', accessToken, refreshToken, userId: user.id })
  Object.assign(secrets, { cookie: cookie.split('=')[1], signature: accessToken.split('.')[2] })

  await ask(url, ['GET', '/auth/me'], { headers: bearer }, 'ada')
  const made = await ask(
    url,
    ['POST', '/api-keys'],
    { headers: bearer, body: { name: secret('keyName', 'quiet nightly script'), scopes: ['jobs:read'] } },
    'ada',
  )
  const keyHeader = { authorization: `Bearer ${secret('apiKey', made.data.apiKey)}` }
  await ask(url, ['GET', '/jobs'], { headers: keyHeader }, 'ada')
  await ask(url, ['GET', '/auth/sessions'], { headers: { cookie } }, 'ada')
  await ask(url, ['POST', '/auth/login'], {
    body: { email, password: secret('wrongPassword', 'wrong-guess-4711') },
  })
  await ask(url, ['POST', '/auth/refresh'], { body: { refreshToken } })
  await ask(url, ['POST', '/generations'], { headers: bearer, body: { prompt, style: 'noir' } }, 'ada')
  await ask(url, ['POST', '/generations'], { headers: bearer, body: { prompt, style: 'unknown' } }, 'ada')
  await ask(url, ['POST', '/auth/reset-password'], {
    body: { token: secret('resetToken', 'reset-token-0815'), password },
  })
  await ask(url, ['GET', `/setup?token=${secret('setupToken', 'setup-token-4242')}`, '/setup'])
  await ask(url, ['GET', '/jobs'], {
    headers: { authorization: `Bearer ${secret('forged', 'forged-token-9999')}` },
  })
  await ask(url, ['GET', '/jobs'], {
    headers: { cookie: `__Host-backlot=${secret('forgedCookie', 'forged-cookie-31')}` },
  })
  await ask(url, ['GET', `/no-such-thing?key=${secret('inQuery', 'key-in-query-1')}`, 'unknown'])
  const broken = { headers: { 'content-type': 'application/json' }, body: `{"password":"${password}", oops` }
  await ask(url, ['POST', '/auth/login'], broken)
  await sendRaw(url, `NONSENSE ${secret('garbage', 'garbage-6-6-6')}\r\n\r\n`)

  const wish = {
    kind: 'document',
    name: secret('fileName', 'unlogged-letter.txt'),
    contentType: 'text/plain',
    sizeBytes: 5,
  }
  const presigned = await ask(url, ['POST', '/uploads/presigned'], { headers: bearer, body: wish }, 'ada')
  const put = new URL(presigned.data.url)
  secrets.urlSignature = put.searchParams.get('signature') ?? ''
  await ask(url, ['PUT', put.pathname + put.search, '/v1/storage/*'], {
    headers: presigned.data.headers,
    body: 'hello',
  })
  const show = await ask(
    url,
    ['POST', '/projects'],
    { headers: bearer, body: { name: secret('show', 'Ada by night') } },
    'ada',
  )
  secret('streamKey', show.data.streamKey)
  const target = (wanted: object) =>
    ask(
      url,
      ['POST', `/projects/${show.data.id}/destinations`, '/v1/projects/:id/destinations'],
      { headers: bearer, body: { name: 'Mine', platform: 'custom', ...wanted } },
      'ada',
    )
  const destinationUrl = secret('destinationUrl', 'rtmp://unlogged.example.com/app')
  await target({ url: destinationUrl, streamKey: secret('destinationKey', 'quiet-key-2718') })
  await target({ url: 'rtmp://127.1/app', streamKey: secret('refusedKey', 'refused-key-1618') })
  await target({ url: 'nonsense', streamKey: secret('wrongKey', 'with a blank 31415') })
  const ben = await ask(url, ['POST', '/auth/signup'], { body: { email: 'ben@example.com', password } })
  await ask(url, ['GET', '/auth/me'], { headers: { authorization: `Bearer ${ben.data.accessToken}` } }, 'ben')
}

/** Errors of the database driver carry the statement's values. */
const useWithoutDatabase = async (url: string) => {
  const bearer = { authorization: `Bearer ${secrets.accessToken}` }
  const email = secret('lostEmail', 'lost.in.outage@example.com')
  for (let round = 0; round < 2; round += 1) {
    await ask(url, ['POST', '/auth/login'], { body: { email, password } })
    await ask(url, ['POST', '/generations'], { headers: bearer, body: { prompt, style: 'noir' } })
  }
}

test('nothing but JSON lines is printed', () => {
  expect(lines.length).toBeGreaterThan(requestsMade.length)
  expect(new Set(lines.map(({ name }) => name))).toEqual(new Set(['api']))
})

test('each request has one line: its id, route, status, duration and a hash of who made it', () => {
  expect(requestsMade.filter(({ withKey }) => withKey)).toHaveLength(1)
  for (const { id, method, route, status, who, withKey } of requestsMade) {
    const [line, ...more] = lines.filter(({ msg, requestId }) => msg === 'request' && requestId === id)
    expect(more).toEqual([])
    expect(line).toEqual({
      level: 30,
      time: expect.any(Number),
      pid: expect.any(Number),
      hostname: expect.any(String),
      name: 'api',
      msg: 'request',
      requestId: id,
      method,
      route,
      status,
      ms: expect.any(Number),
      ...(who === undefined ? {} : { user: expect.stringMatching(/^[\w-]{12}$/) }),
      ...(withKey ? { apiKeyId: expect.stringMatching(/^[\da-f-]{36}$/) } : {}),
    })
  }
  const hashesOf = (person: string) =>
    new Set(
      requestsMade
        .filter(({ who }) => who === person)
        .map(({ id }) => lines.find(({ requestId }) => requestId === id)?.user),
    )
  expect(hashesOf('ada').size).toBe(1)
  expect(hashesOf('ben').size).toBe(1)
  expect(hashesOf('ada')).not.toEqual(hashesOf('ben'))
})

test('a failure of ours is logged with its cause, its stack and the request', () => {
  const failures = lines.filter(({ level, requestId }) => level >= 40 && requestId !== undefined)
  expect(failures.length).toBeGreaterThan(0)
  expect(failures[0]).toMatchObject({
    msg: 'DEPENDENCY_UNAVAILABLE',
    requestId: expect.stringMatching(/^request-/),
    route: expect.stringMatching(/^\/v1\//),
    err: {
      message: expect.stringMatching(/^Failed query: select/),
      stack: expect.stringContaining('    at '),
      cause: { message: expect.any(String) },
    },
  })
})

test('no secret, no body and nothing that names a person is in the log', () => {
  expect(Object.keys(secrets).length).toBeGreaterThan(18)
  for (const [name, value] of Object.entries(secrets)) {
    expect(value.length, name).toBeGreaterThan(4)
    expect(output.includes(value), `${name} is in the log`).toBe(false)
    expect(output.includes(encodeURIComponent(value)), `${name} is in the log, encoded`).toBe(false)
  }
})

test('and none is left in a file of the data directory that others may read', () => {
  for (const entry of fs.readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    expect(fs.statSync(path.join(entry.parentPath, entry.name)).mode & 0o077, entry.name).toBe(0)
  }
})
