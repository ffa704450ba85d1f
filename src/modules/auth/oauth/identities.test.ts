import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { githubUser } from '../../../../test/fakes/github-server.ts'
import { type Browser, newBrowser } from '../../../../test/harness/app-browser.ts'
import {
  call,
  goodPassword,
  logIn,
  newEmail,
  proveAgo,
  setUser,
  signUp,
  takeMails,
} from '../../../../test/harness/auth-app.ts'
import { type OauthApp, startOauthApp } from '../../../../test/harness/oauth-app.ts'
import { codeOf } from '../../../../test/harness/second-factor.ts'
import {
  appQuery,
  byGithub,
  forgedAnswer,
  outcomeOf,
  somebody,
  verifier,
} from '../../../../test/harness/sign-ins.ts'
import { accounts } from '../auth.table.ts'
import { identities } from './oauth.table.ts'

let app: OauthApp
let auth: OauthApp['auth']
let forging: OauthApp['forging']
let github: OauthApp['github']
let browser: Browser

beforeAll(async () => {
  app = await startOauthApp()
  ;({ auth, forging, github } = app)
})
afterAll(() => app.close())
beforeEach(() => {
  browser = newBrowser(auth)
})

const confirmed = async () => {
  const tokens = await signUp(auth)
  await setUser(auth, tokens.user.id, { emailVerifiedAt: new Date() })
  return { ...tokens.user, token: tokens.accessToken }
}
const post = (token: string, url: string, payload: object = {}) =>
  browser.ask('POST', url, { payload, headers: { authorization: `Bearer ${token}` } })
const linkGithub = async (token: string, person: ReturnType<typeof githubUser>) => {
  const { status, data, text } = await post(token, '/v1/auth/oauth/github/link', { returnTo: '/docs' })
  expect(status, text).toBe(200)
  return browser.ask('GET', (await github.visit(data.url, person)).href)
}
const own = async (token: string) => (await call(auth, 'GET', '/v1/auth/identities', { token })).data
const unlink = (token: string, id: string) => call(auth, 'DELETE', `/v1/auth/identities/${id}`, { token })

/** A new user who came in by GitHub, and has no password. */
const passwordless = async () => {
  const person = somebody()
  const { location } = await byGithub(browser, github, person, appQuery)
  const code = new URL(location).searchParams.get('code')
  const { data } = await browser.ask('POST', '/v1/auth/oauth/exchange', {
    payload: { code, codeVerifier: verifier },
  })
  browser.cookies.clear()
  return { id: String(data.user.id), email: String(data.user.email), token: String(data.accessToken), person }
}

describe('to link a provider', () => {
  test('takes a user who has just proved who he is, and then it signs in to his account', async () => {
    const ada = await confirmed()
    const person = somebody()
    await takeMails(auth)
    const linked = await linkGithub(ada.token, person)
    expect([linked.status, linked.location]).toEqual([303, '/docs'])
    expect(await own(ada.token)).toMatchObject([{ provider: 'github', email: person.emails[1]?.email }])
    expect(await takeMails(auth)).toMatchObject([
      { to: ada.email, subject: 'You can sign in with GitHub now' },
    ])
    await byGithub(browser, github, person)
    expect((await browser.ask('GET', '/v1/auth/me')).data.id).toBe(ada.id)
  })

  test('is refused without a recent proof, and to API keys', async () => {
    const ada = await confirmed()
    const { data } = await call(auth, 'POST', '/v1/api-keys', {
      token: ada.token,
      body: { name: 'a key', scopes: ['users:read'], expiresAt: null },
    })
    expect(outcomeOf(await post(data.apiKey, '/v1/auth/oauth/github/link'))).toEqual([
      403,
      'SESSION_REQUIRED',
    ])
    await proveAgo(auth, ada.id, 11)
    const refused = [403, 'REAUTHENTICATION_REQUIRED']
    expect(outcomeOf(await post(ada.token, '/v1/auth/oauth/github/link'))).toEqual(refused)
  })

  test('comes to nothing in another browser, and once the session that began it has ended', async () => {
    const ada = await confirmed()
    const { data } = await post(ada.token, '/v1/auth/oauth/github/link')
    const back = await github.visit(data.url, somebody())
    // Else whoever is sent there would link his own identity to the account of who sent him.
    expect(outcomeOf(await newBrowser(auth).ask('GET', back.href))).toEqual([401, 'STATE_INVALID'])
    await call(auth, 'POST', '/auth/logout', { token: ada.token })
    expect(outcomeOf(await browser.ask('GET', back.href))).toEqual([403, 'REAUTHENTICATION_REQUIRED'])
    expect(await auth.db.$count(identities, eq(identities.userId, ada.id))).toBe(0)
  })

  test('leads back to an address of any letters, as a browser would write it', async () => {
    const ada = await confirmed()
    const returnTo = 'https://app.test/r\u00fcck\r\nset-cookie: a=b'
    const { data } = await post(ada.token, '/v1/auth/oauth/github/link', { returnTo })
    const back = await browser.ask('GET', (await github.visit(data.url, somebody())).href)
    expect([back.status, back.location]).toEqual([303, 'https://app.test/r%C3%BCckset-cookie:%20a=b'])
  })

  test('is refused for an identity of somebody else', async () => {
    const victim = await passwordless()
    const mallory = await confirmed()
    expect(outcomeOf(await linkGithub(mallory.token, victim.person))).toEqual([409, 'IDENTITY_TAKEN'])
    expect(await own(mallory.token)).toEqual([])
  })
})

describe('to take a provider away', () => {
  test('ends its sign-ins, also those that are underway', async () => {
    const ada = await confirmed()
    const person = somebody()
    await linkGithub(ada.token, person)
    const { location } = await byGithub(browser, github, person, appQuery)
    const [{ id }] = await own(ada.token)
    expect((await unlink(ada.token, id)).status).toBe(200)
    const code = new URL(location).searchParams.get('code')
    const late = await browser.ask('POST', '/v1/auth/oauth/exchange', {
      payload: { code, codeVerifier: verifier },
    })
    expect(outcomeOf(late)).toEqual([401, 'CODE_INVALID'])
    await byGithub(browser, github, person)
    expect((await browser.ask('GET', '/v1/auth/me')).data.id, 'an account of its own').not.toBe(ada.id)
  })

  test('holds for who has its address too, until it is linked again', async () => {
    const grace = await passwordless()
    const set = await call(auth, 'POST', '/auth/change-password', {
      token: grace.token,
      body: { newPassword: goodPassword },
    })
    expect(set.status).toBe(200)
    const [{ id }] = await own(grace.token)
    expect((await unlink(grace.token, id)).status).toBe(200)
    const refused = [409, 'ACCOUNT_EXISTS']
    expect(outcomeOf(await byGithub(browser, github, grace.person))).toEqual(refused)
    expect(await own(grace.token)).toEqual([])
    expect((await linkGithub(grace.token, grace.person)).status).toBe(303)
    expect((await byGithub(browser, github, grace.person)).status).toBe(200)
  })

  test('is refused for the last way in, without a recent proof, and for those of others', async () => {
    const grace = await passwordless()
    const [{ id }] = await own(grace.token)
    expect(outcomeOf(await unlink(grace.token, id))).toEqual([409, 'LAST_WAY_IN'])
    expect(await own(grace.token)).toHaveLength(1)
    expect(outcomeOf(await unlink((await confirmed()).token, id))).toEqual([404, 'IDENTITY_NOT_FOUND'])
    await proveAgo(auth, grace.id, 11)
    expect(outcomeOf(await unlink(grace.token, id))).toEqual([403, 'REAUTHENTICATION_REQUIRED'])
  })
})

describe('who has no password', () => {
  test('sets one after a recent proof, and nobody without', async () => {
    const grace = await passwordless()
    const set = (body: object) => call(auth, 'POST', '/auth/change-password', { token: grace.token, body })
    expect((await set({ currentPassword: 'guessed', newPassword: goodPassword })).error.errors[0].code).toBe(
      'no_password',
    )
    await proveAgo(auth, grace.id, 11)
    expect(outcomeOf(await set({ newPassword: goodPassword }))).toEqual([403, 'REAUTHENTICATION_REQUIRED'])
    await proveAgo(auth, grace.id, 1)
    expect((await set({ newPassword: goodPassword })).status).toBe(200)
    expect((await logIn(auth, grace.email)).user.id).toBe(grace.id)
    // From now on it takes the password.
    expect((await set({ newPassword: 'eight blue bottles' })).error.errors[0]).toMatchObject({
      path: 'currentPassword',
      code: 'required',
    })
  })

  test('deletes his account after a recent proof, and his identities go with it', async () => {
    const grace = await passwordless()
    const remove = () => call(auth, 'DELETE', `/v1/users/${grace.id}`, { token: grace.token })
    await proveAgo(auth, grace.id, 11)
    expect(outcomeOf(await remove())).toEqual([403, 'REAUTHENTICATION_REQUIRED'])
    await proveAgo(auth, grace.id, 1)
    expect((await remove()).status).toBe(200)
    expect(await auth.db.$count(identities, eq(identities.userId, grace.id))).toBe(0)
    expect(await auth.db.$count(accounts, eq(accounts.userId, grace.id))).toBe(0)
  })

  test('proves by the provider that it is him, and by no account of somebody else there', async () => {
    const grace = await passwordless()
    await proveAgo(auth, grace.id, 11)
    const again = async (person: ReturnType<typeof githubUser>) => {
      const { data } = await post(grace.token, '/v1/auth/oauth/github/reauthenticate')
      expect(new URL(data.url).searchParams.get('prompt')).toBe('select_account')
      return browser.ask('GET', (await github.visit(data.url, person)).href)
    }
    expect(outcomeOf(await again(somebody()))).toEqual([403, 'OTHER_IDENTITY'])
    const refused = [403, 'REAUTHENTICATION_REQUIRED']
    expect(outcomeOf(await post(grace.token, '/v1/auth/oauth/github/link'))).toEqual(refused)
    expect((await again(grace.person)).status).toBe(200)
    expect((await post(grace.token, '/v1/auth/oauth/github/link')).status).toBe(200)
  })

  test('who has a second factor proves by that, never by the provider', async () => {
    const grace = await passwordless()
    const { secret } = (await call(auth, 'POST', '/auth/totp', { token: grace.token })).data
    await call(auth, 'POST', '/auth/totp/confirm', { token: grace.token, body: { code: codeOf(secret) } })
    const { data } = await post(grace.token, '/v1/auth/oauth/github/reauthenticate')
    const back = await github.visit(data.url, grace.person)
    expect(outcomeOf(await browser.ask('GET', back.href))).toEqual([403, 'CODE_NEEDED'])
  })
})

describe('a proof by OpenID Connect', () => {
  const seconds = () => Math.floor(Date.now() / 1_000)
  const proveWith = async (claims: Record<string, unknown>) => {
    const ada = await confirmed()
    const sub = newEmail()
    const issuer = forging.issuer
    await auth.db.insert(identities).values({ userId: ada.id, provider: 'oidc', issuer, subject: sub })
    const { data } = await post(ada.token, '/v1/auth/oauth/oidc/reauthenticate')
    const start = new URL(data.url)
    expect([start.searchParams.get('prompt'), start.searchParams.get('max_age')]).toEqual(['login', '0'])
    return outcomeOf(await browser.ask('GET', forgedAnswer(forging, start, { sub, ...claims }).href))
  }

  test('is a sign-in there after this was asked for, not one of before', async () => {
    expect(await proveWith({ auth_time: seconds() })).toEqual([200, undefined])
    expect(await proveWith({ auth_time: seconds() - 120 })).toEqual([401, 'SIGN_IN_FAILED'])
    expect(await proveWith({})).toEqual([401, 'SIGN_IN_FAILED'])
  })
})
