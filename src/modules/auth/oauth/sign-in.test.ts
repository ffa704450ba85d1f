import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type OidcServer, startOidcServer } from '../../../../test/fakes/oidc-server.ts'
import { type Browser, newBrowser } from '../../../../test/harness/app-browser.ts'
import {
  call,
  goodPassword,
  logIn,
  newEmail,
  publicUrl,
  setUser,
  signUp,
} from '../../../../test/harness/auth-app.ts'
import { type OauthApp, startOauthApp } from '../../../../test/harness/oauth-app.ts'
import { codeOf, setUpTotp } from '../../../../test/harness/second-factor.ts'
import {
  appAddress,
  appQuery,
  byGithub,
  byOidc,
  outcomeOf,
  somebody,
  verifier,
} from '../../../../test/harness/sign-ins.ts'
import { sessionCookie } from '../session-cookie.ts'

let oidc: OidcServer
let app: OauthApp
let auth: OauthApp['auth']
let github: OauthApp['github']
let browser: Browser

beforeAll(async () => {
  oidc = await startOidcServer(`${publicUrl}/v1/auth/oauth/oidc/callback`)
  app = await startOauthApp(oidc)
  ;({ auth, github } = app)
})
afterAll(async () => {
  await app.close()
  await oidc.close()
})
beforeEach(() => {
  browser = newBrowser(auth)
})

const me = async () => (await browser.ask('GET', '/v1/auth/me')).data

test('everybody sees where he can sign in', async () => {
  expect((await call(auth, 'GET', '/v1/auth/oauth')).data).toEqual([
    { name: 'google', label: 'Google' },
    { name: 'github', label: 'GitHub' },
    { name: 'oidc', label: 'Ours' },
  ])
  const page = await browser.ask('GET', '/account/sign-in?to=/docs')
  expect(page.text).toContain('href="/v1/auth/oauth/github?returnTo=%2Fdocs"')
  expect(outcomeOf(await browser.ask('GET', '/v1/auth/oauth/elsewhere'))).toEqual([
    404,
    'SIGN_IN_PROVIDER_NOT_FOUND',
  ])
})

describe('a browser', () => {
  test('signs in by a real provider of OpenID Connect, and again to the same account', async () => {
    const email = newEmail()
    oidc.people.set('ada', { email, email_verified: true, name: 'Ada' })
    const first = await byOidc(browser, oidc, 'ada')
    expect([first.status, first.text]).toEqual([200, expect.stringContaining(email)])
    expect([...browser.cookies.keys()]).toEqual([sessionCookie])
    const ada = await me()
    expect(ada).toMatchObject({ email, name: 'Ada', emailVerified: true, role: 'user' })

    // Another address there changes nothing here: an identity is its subject.
    oidc.people.set('ada', { email: newEmail(), email_verified: true })
    browser = newBrowser(auth)
    const again = await byOidc(browser, oidc, 'ada', '?returnTo=/docs')
    expect([again.status, again.location]).toEqual([303, '/docs'])
    expect((await me()).id).toBe(ada.id)
    expect((await me()).email).toBe(email)
  })

  test('signs in by GitHub, with the primary address', async () => {
    const email = newEmail()
    await byGithub(browser, github, somebody(email.toUpperCase()))
    expect(await me()).toMatchObject({ email, name: 'Octo Cat', emailVerified: true })
  })

  test('who first signs in twice at once has one account', async () => {
    const person = somebody()
    const two = [newBrowser(auth), newBrowser(auth)]
    const answers = await Promise.all(two.map((one) => byGithub(one, github, person)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    const ids = await Promise.all(two.map(async (one) => (await one.ask('GET', '/v1/auth/me')).data.id))
    expect(new Set(ids).size).toBe(1)
  })

  test('of who is disabled does not', async () => {
    const person = somebody()
    await byGithub(browser, github, person)
    await setUser(auth, (await me()).id, { disabledAt: new Date() })
    browser = newBrowser(auth)
    expect(outcomeOf(await byGithub(browser, github, person))).toEqual([403, 'ACCOUNT_DISABLED'])
    expect(browser.cookies.size).toBe(0)
  })

  test('makes no account while sign-ups are closed, and signs in who has one', async () => {
    const person = somebody()
    await byGithub(browser, github, person)
    auth.deps.isSignupOpen = () => false
    try {
      expect(outcomeOf(await byGithub(newBrowser(auth), github, somebody()))).toEqual([403, 'SIGNUPS_CLOSED'])
      expect((await byGithub(newBrowser(auth), github, person)).status).toBe(200)
    } finally {
      auth.deps.isSignupOpen = () => true
    }
  })

  test('sees on a page what went wrong', async () => {
    const { headers, text, status } = await browser.ask(
      'GET',
      '/v1/auth/oauth/github/callback?code=a&state=b',
      {
        headers: { accept: 'text/html' },
      },
    )
    expect([status, headers['content-type'], headers['referrer-policy']]).toEqual([
      401,
      expect.stringContaining('text/html'),
      'no-referrer',
    ])
    expect(text).toContain('not begun in this browser')
  })
})

describe('an app without cookies', () => {
  const exchange = (code: string | null, codeVerifier = verifier) =>
    newBrowser(auth).ask('POST', '/v1/auth/oauth/exchange', { payload: { code, codeVerifier } })

  test('is given a code, and for code and verifier its tokens, once', async () => {
    const email = newEmail()
    const { status, location } = await byGithub(browser, github, somebody(email), appQuery)
    expect([status, location.startsWith(`${appAddress}?code=`), browser.cookies.size]).toEqual([303, true, 0])
    const code = new URL(location).searchParams.get('code')
    // Somebody who saw the code does not have the verifier.
    expect(outcomeOf(await exchange(code, verifier.replace('a', 'b')))).toEqual([401, 'CODE_INVALID'])
    const { data } = await exchange(code)
    expect(Object.keys(data).sort()).toEqual(['accessToken', 'expiresIn', 'refreshToken', 'user'])
    expect((await call(auth, 'GET', '/v1/auth/me', { token: data.accessToken })).data.email).toBe(email)
    expect(outcomeOf(await exchange(code))).toEqual([401, 'CODE_INVALID'])
  })

  test('is told what went wrong, by its code', async () => {
    const { location } = await byGithub(browser, github, somebody(newEmail(), false), appQuery)
    expect(location).toBe(`${appAddress}?error=EMAIL_NOT_VERIFIED`)
  })

  test('must give a challenge, and nobody is sent elsewhere', async () => {
    const refused = async (query: string) =>
      (await browser.ask('GET', `/v1/auth/oauth/github?${query}`)).error?.errors?.[0]?.path
    expect(await refused(`returnTo=${encodeURIComponent(appAddress)}`)).toBe('codeChallenge')
    for (const elsewhere of [
      'https://evil.test/',
      'https://app.test.evil.test/',
      'https://app.test@evil.test/',
      'https://app.test:444/',
      'http://app.test/',
      '//evil.test',
      '/\\evil.test',
      'https:\\\\evil.test',
      'javascript:alert(1)',
      'https://app.test/#code',
    ]) {
      const query = `returnTo=${encodeURIComponent(elsewhere)}&codeChallenge=${'a'.repeat(43)}`
      expect(await refused(query), elsewhere).toBe('returnTo')
    }
  })
})

describe('where a second factor is set', () => {
  test('a browser is asked for a code before it has a session', async () => {
    const person = somebody()
    await byGithub(browser, github, person)
    const secret = await setUpTotp(auth, await tokenOfBrowser())
    browser = newBrowser(auth)
    const page = await byGithub(browser, github, person, '?returnTo=/docs')
    expect([page.status, browser.cookies.size]).toEqual([200, 0])
    const [, challengeToken = ''] = /name="challengeToken" value="([^"]+)"/.exec(page.text) ?? []
    const form = new URLSearchParams({ challengeToken, code: codeOf(secret), to: '/docs' }).toString()
    const entered = await browser.ask('POST', '/account/sign-in/code', {
      payload: form,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect([entered.status, entered.location, browser.cookies.has(sessionCookie)]).toEqual([
      303,
      '/docs',
      true,
    ])
  })

  test('an app gets a challenge for its code', async () => {
    const person = somebody()
    await byGithub(browser, github, person)
    const secret = await setUpTotp(auth, await tokenOfBrowser())
    const { location } = await byGithub(newBrowser(auth), github, person, appQuery)
    const code = new URL(location).searchParams.get('code')
    const answer = await newBrowser(auth).ask('POST', '/v1/auth/oauth/exchange', {
      payload: { code, codeVerifier: verifier },
    })
    expect([answer.status, answer.data.code, answer.data.accessToken]).toEqual([
      202,
      'TOTP_REQUIRED',
      undefined,
    ])
    const { challengeToken } = answer.data
    const finished = await call(auth, 'POST', '/auth/login/totp', {
      body: { challengeToken, code: codeOf(secret) },
    })
    expect(finished.status).toBe(200)
  })
})

/** A token of the browser's session. */
const tokenOfBrowser = async (): Promise<string> => {
  const { data } = await browser.ask('GET', '/v1/auth/sessions')
  return auth.deps.accessTokens.issue({ userId: (await me()).id, sessionId: data[0].id })
}

test('a password still signs in while every provider is away', async () => {
  const { user } = await signUp(auth, { password: goodPassword })
  github.state.trouble = 'error-500'
  expect((await logIn(auth, user.email)).user.id).toBe(user.id)
  github.state.trouble = undefined
})
