import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import {
  type ForgingOidcServer,
  startForgingOidcServer,
  type Trouble,
} from '../../../../test/fakes/forging-oidc-server.ts'
import {
  type GithubServer,
  githubClient,
  githubUser,
  startGithubServer,
} from '../../../../test/fakes/github-server.ts'
import { oidcClient } from '../../../../test/fakes/oidc-server.ts'
import { newBrowser } from '../../../../test/harness/app-browser.ts'
import { type AuthApp, logIn, newEmail, signUp, startAuthApp } from '../../../../test/harness/auth-app.ts'
import { begin, forgedAnswer } from '../../../../test/harness/sign-ins.ts'
import { createTestDatabase } from '../../../../test/harness/test-database.ts'

const troubles: Trouble[] = ['error-500', 'stall', 'garbage', 'huge']
const discovery = '/.well-known/openid-configuration'

let auth: AuthApp
let database: Awaited<ReturnType<typeof createTestDatabase>>
let forging: ForgingOidcServer
let github: GithubServer

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

// Each test has providers and breakers of its own: what one sees of failures must not count for the next.
beforeEach(async () => {
  forging = await startForgingOidcServer()
  github = await startGithubServer()
  auth = await startAuthApp(database.url, {
    providerTimeoutMs: 500,
    signInProviders: [
      { name: 'oidc', label: 'Ours', issuer: forging.issuer, ...oidcClient },
      { name: 'github', label: 'GitHub', url: github.url, apiUrl: github.apiUrl, ...githubClient },
    ],
  })
  return async () => {
    await auth.close()
    await Promise.all([forging.close(), github.close()])
  }
})

const signIn = async () => {
  const browser = newBrowser(auth)
  const claims = { sub: newEmail(), email: newEmail(), email_verified: true }
  return browser.ask('GET', forgedAnswer(forging, await begin(browser, 'oidc'), claims).href)
}

test('whatever a provider answers, it is a 503 that says so, and sign-ins work when it is well again', async () => {
  const browser = newBrowser(auth)
  for (const trouble of troubles.slice(0, 3)) {
    forging.troubles.set(discovery, trouble)
    const { status, headers, error } = await browser.ask('GET', '/v1/auth/oauth/oidc')
    expect([trouble, status, Number(headers['retry-after']) > 0, error.code]).toEqual([
      trouble,
      503,
      true,
      'DEPENDENCY_UNAVAILABLE',
    ])
    expect(error.message).toBe('The sign-in with Ours is not available right now. Try again soon.')
  }
  forging.troubles.clear()
  expect((await signIn()).status).toBe(200)
})

test.each(['/token', '/jwks'])('so it is with %s', async (path) => {
  for (const trouble of troubles) {
    forging.troubles.set(path, trouble)
    expect([trouble, (await signIn()).status]).toEqual([trouble, 503])
  }
})

test('and with GitHub', async () => {
  for (const trouble of troubles) {
    const browser = newBrowser(auth)
    const back = await github.visit((await begin(browser, 'github')).href, githubUser(1, newEmail()))
    github.state.trouble = trouble
    expect([trouble, (await browser.ask('GET', back.href)).status]).toEqual([trouble, 503])
    github.state.trouble = undefined
  }
})

test('a provider that fails is left alone, while passwords and other providers go on', async () => {
  forging.troubles.set(discovery, 'error-500')
  const browser = newBrowser(auth)
  for (let tries = 0; tries < 8; tries += 1) await browser.ask('GET', '/v1/auth/oauth/oidc')
  const asked = forging.asked.length
  expect(asked).toBeLessThan(8)
  expect((await browser.ask('GET', '/v1/auth/oauth/oidc')).status).toBe(503)
  expect(forging.asked).toHaveLength(asked)
  const { user } = await signUp(auth)
  expect((await logIn(auth, user.email)).user.id).toBe(user.id)
  expect((await begin(browser, 'github')).origin).toBe(github.url)
})

test('a discovery document of another issuer is not believed', async () => {
  forging.metadata.issuer = 'https://other.test'
  expect((await newBrowser(auth).ask('GET', '/v1/auth/oauth/oidc')).status).toBe(503)
})

test('discovery and keys are asked for once, however many sign in, and new keys are found', async () => {
  const all = await Promise.all([signIn(), signIn(), signIn()])
  expect(all.map(({ status }) => status)).toEqual([200, 200, 200])
  const times = (path: string) => forging.asked.filter((asked) => asked === path).length
  expect([times(discovery), times('/jwks')]).toEqual([1, 1])

  await forging.changeKeys('second')
  // Who makes up names of keys must not have them fetched each time.
  expect((await signIn()).status).toBe(401)
  expect(times('/jwks')).toBe(1)
  const now = Date.now
  vi.spyOn(Date, 'now').mockImplementation(() => now() + 61_000)
  try {
    expect((await signIn()).status).toBe(200)
    expect(times('/jwks')).toBe(2)
  } finally {
    vi.restoreAllMocks()
  }
})
