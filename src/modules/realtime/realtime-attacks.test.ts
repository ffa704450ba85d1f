import { createSecretKey } from 'node:crypto'
import http from 'node:http'
import { SignJWT } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { newKeyOf } from '../../../test/harness/api-keys.ts'
import { call, signUp } from '../../../test/harness/client.ts'
import { makeProject } from '../../../test/harness/live-streams.ts'
import { type SignedIn, signInAs } from '../../../test/harness/people.ts'
import { type RealtimeClient, realtimeClients } from '../../../test/harness/realtime-client.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { deriveAuthKeys } from '../auth/auth-keys.ts'

const appOrigin = 'https://app.example'
const env = { SECRET_KEY: 'a secret key that is only used in tests', CORS_ORIGINS: appOrigin }
let backlot: TestApp
let other: TestApp
let ada: SignedIn

const { connect, signedIn, closeAll } = realtimeClients(() => backlot)

beforeAll(async () => {
  backlot = await startTestApp({ env })
  other = await startTestApp({ env, database: { url: backlot.databaseUrl } })
  ada = await signInAs(backlot, 'user')
})
afterEach(closeAll)
afterAll(async () => {
  await other.close()
  await backlot.close()
})

const ownOrigin = () => backlot.url

describe('who opens a socket', () => {
  test('a page of another site is refused, with cookie or without, and also with a token', async () => {
    for (const origin of [
      'https://evil.example',
      'null',
      `${ownOrigin()}.evil.example`,
      `${appOrigin}:444`,
    ]) {
      await expect(connect({ origin, headers: { cookie: ada.cookie } })).rejects.toThrow('403')
      await expect(connect({ origin })).rejects.toThrow('403')
      await expect(connect({ origin, token: ada.token })).rejects.toThrow('403')
    }
    await expect(connect({ headers: { cookie: ada.cookie } })).rejects.toThrow('403')
  })

  test('an own page and one of CORS_ORIGINS may use the cookie', async () => {
    for (const origin of [ownOrigin(), appOrigin]) {
      const client = await connect({ origin, headers: { cookie: ada.cookie } })
      await client.until('authenticated')
      expect(client.of('authenticated')[0]).toMatchObject({ userId: ada.id })
    }
  })

  test.each(['Bearer forged.token.here', 'Basic YTpi', 'Bearer bk_wrong'])(
    '%s does not open one',
    async (authorization) => {
      await expect(connect({ headers: { authorization } })).rejects.toThrow('401')
    },
  )

  test('a token in the query counts for nothing', async () => {
    const { hostname, port } = new URL(backlot.url)
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    }
    const path = `/v1/realtime?token=${ada.token}&access_token=${ada.token}`
    const told = await new Promise<string>((resolve, reject) => {
      const request = http.get({ hostname, port, path, headers, agent: false })
      request.on('error', reject)
      request.on('upgrade', (_response, socket) => {
        socket.once('data', (data) => resolve(data.toString('latin1')))
        socket.write(maskedText('{"type":"ping"}'))
      })
    })
    expect(told).toContain('unauthenticated')
  })

  test('tokens of other kinds do not authenticate', async () => {
    const refreshCookie = ada.cookie.split('=')[1] ?? ''
    const { accessToken } = deriveAuthKeys(env.SECRET_KEY)
    const unsigned = `${ada.token.split('.').slice(0, 2).join('.')}.`
    const tokens = [ada.refreshToken, refreshCookie, unsigned, accessToken.toString(), 'bk_', ada.id]
    for (const token of tokens) {
      const client = await connect()
      client.say({ type: 'authenticate', token })
      expect(await client.closed()).toMatchObject({ code: 4401 })
      expect(client.told.map(({ type }) => type)).toEqual(['error'])
    }
  })

  test('who does not say who he is within 5 s is closed', { timeout: 15_000 }, async () => {
    const client = await connect()
    const startedAt = performance.now()
    expect(await client.closed()).toMatchObject({ code: 4401 })
    expect(performance.now() - startedAt).toBeGreaterThan(4_500)
  })

  test('who asks for something first is closed', async () => {
    const client = await connect()
    client.say({ type: 'subscribe', topic: 'notifications' })
    expect(await client.closed()).toMatchObject({ code: 4401 })
  })
})

test('things of others are as if they were not there', async () => {
  const [eve, owner] = [await signInAs(backlot, 'user'), await signUp(backlot)]
  const { data } = await call(backlot, owner, 'POST', '/v1/generations', {
    body: { prompt: 'mine', style: 'noir' },
  })
  const { projectId } = await makeProject(backlot, owner)
  const unknown = '01890000-0000-7000-8000-000000000000'
  const client = await signedIn(eve.token)
  const topics = [
    ...[`jobs/${data.jobId}`, `jobs/${unknown}`, `generations/${data.generationId}`],
    ...[`generations/${unknown}`, `projects/${projectId}`, `projects/${unknown}`],
  ]
  for (const topic of topics) client.say({ type: 'subscribe', topic })
  await client.until('error', topics.length)
  const codes = client.of('error').map(({ code, message }) => `${code} ${message}`)
  for (const at of [0, 2, 4]) expect(codes[at]).toBe(codes[at + 1])
  expect(client.of('subscribed')).toEqual([])
  for (const topic of ['notifications/x', `notifications/${owner.id}`, 'jobs', `jobs/${data.jobId}/..`])
    client.say({ type: 'subscribe', topic })
  await client.until('error', topics.length + 4)
  expect(client.of('event')).toEqual([])
})

describe('a socket closes at once, whichever process is told', () => {
  const admin = () => signInAs(backlot, 'admin')
  const until4401 = async (client: RealtimeClient) =>
    expect(await client.closed()).toMatchObject({ code: 4401 })

  test('after logout; that of another session stays', async () => {
    const [leaver, stayer] = [await signInAs(backlot, 'user'), await signInAs(backlot, 'user')]
    const [client, kept] = [await signedIn(leaver.token), await signedIn(stayer.token)]
    expect((await call(other, leaver, 'POST', '/v1/auth/logout')).status).toBe(200)
    await until4401(client)
    kept.say({ type: 'ping' })
    await kept.until('pong')
  })

  test.each([{ disabled: true }, { role: 'viewer' }])('after %j', async (body) => {
    const person = await signInAs(backlot, 'user')
    const byCookie = await connect({ origin: appOrigin, headers: { cookie: person.cookie } })
    await byCookie.until('authenticated')
    const client = await signedIn(person.token)
    expect((await call(other, await admin(), 'PATCH', `/v1/users/${person.id}`, { body })).status).toBe(200)
    await Promise.all([until4401(client), until4401(byCookie)])
  })

  test('after its key was revoked, or has fewer scopes', async () => {
    const keys = [
      await newKeyOf(backlot.platform.db, ada.id, ['jobs:read']),
      await newKeyOf(backlot.platform.db, ada.id, ['jobs:read', 'projects:read']),
    ]
    const [revoked, narrowed] = await Promise.all(keys.map(({ text }) => signedIn(text)))
    const [one, two] = keys.map(({ id }) => `/v1/api-keys/${id}`)
    if (!one || !two || !revoked || !narrowed) throw new Error('no keys')
    expect((await call(other, ada, 'DELETE', one)).status).toBe(200)
    expect((await call(other, ada, 'PATCH', two, { body: { scopes: ['jobs:read'] } })).status).toBe(200)
    await Promise.all([until4401(revoked), until4401(narrowed)])
  })

  test('when its key expires by itself', async () => {
    const expiresAt = new Date(Date.now() + 1_500)
    const key = await newKeyOf(backlot.platform.db, ada.id, ['jobs:read'], { expiresAt })
    await until4401(await signedIn(key.text))
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt.getTime())
  })

  test('when its access token expires, unless another was given before', async () => {
    const { accessToken } = deriveAuthKeys(env.SECRET_KEY)
    const expiresAtMs = Math.ceil(Date.now() / 1_000 + 1) * 1_000
    const short = await new SignJWT({ sid: ada.sessionId })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
      .setIssuer('backlot')
      .setAudience('backlot-api')
      .setSubject(ada.id)
      .setIssuedAt()
      .setExpirationTime(new Date(expiresAtMs))
      .sign(createSecretKey(accessToken))
    const [expires, renewed] = [await signedIn(short), await signedIn(short)]
    renewed.say({ type: 'authenticate', token: ada.token })
    await until4401(expires)
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAtMs)
    renewed.say({ type: 'ping' })
    await renewed.until('pong')
  })

  test('a token can be renewed in the open socket, by the same session alone', async () => {
    const client = await signedIn(ada.token)
    client.say({ type: 'authenticate', token: ada.token })
    await client.until('authenticated', 2)
    const eve = await signInAs(backlot, 'user')
    client.say({ type: 'authenticate', token: eve.token })
    await until4401(client)
    expect(client.of('error')[0]?.code).toBe('OTHER_IDENTITY')
  })
})

test('without an upgrade there is a 426, elsewhere an upgrade is ignored', async () => {
  const plain = await call(backlot, undefined, 'GET', '/v1/realtime')
  expect([plain.status, plain.headers.upgrade, plain.error.code]).toEqual([
    426,
    'websocket',
    'UPGRADE_REQUIRED',
  ])
  const headers = { connection: 'Upgrade', upgrade: 'websocket' }
  const elsewhere = await new Promise<number | undefined>((resolve, reject) => {
    const request = http.get(`${backlot.url}/v1/posts`, { headers, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    request.on('error', reject)
  })
  expect(elsewhere).toBe(200)
})

/** A text frame as a client sends it (RFC 6455, 5.2), masked with zeros. */
function maskedText(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)])
}
