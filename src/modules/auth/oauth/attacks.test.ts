import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { signedBySecret, signedByStranger, unsigned } from '../../../../test/fakes/forging-oidc-server.ts'
import { githubClient } from '../../../../test/fakes/github-server.ts'
import { oidcClient, signInThere, startOidcServer } from '../../../../test/fakes/oidc-server.ts'
import { type Browser, newBrowser } from '../../../../test/harness/app-browser.ts'
import { newEmail, publicUrl } from '../../../../test/harness/auth-app.ts'
import { type OauthApp, startOauthApp } from '../../../../test/harness/oauth-app.ts'
import {
  appQuery,
  begin,
  byGithub,
  forgedAnswer,
  outcomeOf,
  somebody,
} from '../../../../test/harness/sign-ins.ts'
import { users } from '../../users/users.table.ts'
import { sessions, verifications } from '../auth.table.ts'

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

const good = () => ({ sub: `person-${newEmail()}`, email: newEmail(), email_verified: true })
/** Nobody has come in by what `attack` does. */
const letsNobodyIn = async (attack: () => Promise<unknown>) => {
  const before = [await auth.db.$count(sessions), await auth.db.$count(users)]
  await attack()
  expect([await auth.db.$count(sessions), await auth.db.$count(users)]).toEqual(before)
}
const stateInvalid = [401, 'STATE_INVALID']
const failed = [401, 'SIGN_IN_FAILED']

describe('an answer that this browser did not ask for', () => {
  test('with a made up state, none, or that of another browser lets nobody in', () =>
    letsNobodyIn(async () => {
      const back = await github.visit((await begin(browser, 'github')).href, somebody())
      const stranger = newBrowser(auth)
      expect(outcomeOf(await stranger.ask('GET', back.href))).toEqual(stateInvalid)
      await begin(stranger, 'github')
      expect(outcomeOf(await stranger.ask('GET', back.href))).toEqual(stateInvalid)
      const without = new URL(back)
      without.searchParams.delete('state')
      expect(outcomeOf(await browser.ask('GET', without.href))).toEqual(stateInvalid)
      const forged = new URL(back)
      forged.searchParams.set('state', 'x'.repeat(43))
      expect(outcomeOf(await browser.ask('GET', forged.href))).toEqual(stateInvalid)
    }))

  test('with a cookie that was made up lets nobody in', () =>
    letsNobodyIn(async () => {
      const back = await github.visit((await begin(browser, 'github')).href, somebody())
      const [[name = '', value = ''] = []] = browser.cookies
      browser.cookies.set(name, value.replace(/.{4}$/, 'AAAA'))
      expect(outcomeOf(await browser.ask('GET', back.href))).toEqual(stateInvalid)
    }))

  test('that comes twice, also at once, lets in once', async () => {
    const back = await github.visit((await begin(browser, 'github')).href, somebody())
    const [[name = '', value = ''] = []] = browser.cookies
    const copies = [1, 2, 3].map(() => {
      const copy = newBrowser(auth)
      copy.cookies.set(name, value)
      return copy
    })
    const outcomes = await Promise.all(copies.map(async (copy) => (await copy.ask('GET', back.href)).status))
    expect(outcomes.toSorted()).toEqual([200, 401, 401])
  })

  test('that comes after ten minutes lets nobody in, and the flow is not in the address', async () => {
    const start = await begin(browser, 'github')
    const [cookie] = browser.cookies.values()
    expect(cookie).not.toContain(start.searchParams.get('state'))
    expect(start.href).not.toContain('verifier')
    const later = Date.now() + 10 * 60_000 + 1_000
    const realNow = Date.now
    Date.now = () => later
    try {
      const back = await github.visit(start.href, somebody())
      expect(outcomeOf(await browser.ask('GET', back.href))).toEqual(stateInvalid)
    } finally {
      Date.now = realNow
    }
  })

  test('of another provider is refused: each has an address of its own (mix-up)', () =>
    letsNobodyIn(async () => {
      const back = await github.visit((await begin(browser, 'github')).href, somebody())
      const asked = forging.asked.length
      const mixed = back.href.replace('/github/', '/oidc/')
      expect(outcomeOf(await browser.ask('GET', mixed))).toEqual(stateInvalid)
      expect(forging.asked.slice(asked), 'the code goes nowhere').toEqual([])
    }))

  test('that names another issuer, or none where it must, is refused (RFC 9207)', () =>
    letsNobodyIn(async () => {
      for (const iss of ['https://evil.test', undefined]) {
        const back = forgedAnswer(forging, await begin(browser, 'oidc'), good())
        if (iss === undefined) back.searchParams.delete('iss')
        else back.searchParams.set('iss', iss)
        const asked = forging.asked.length
        expect(outcomeOf(await browser.ask('GET', back.href))).toEqual(failed)
        expect(forging.asked.slice(asked)).not.toContain('/token')
      }
    }))
})

describe('an ID token', () => {
  const answer = async (claims: Record<string, unknown>, sign?: Parameters<typeof forgedAnswer>[3]) =>
    outcomeOf(
      await browser.ask(
        'GET',
        forgedAnswer(forging, await begin(browser, 'oidc'), { ...good(), ...claims }, sign).href,
      ),
    )

  test('that is good lets in, so that the others fail by what is wrong with them', async () => {
    expect(await answer({})).toEqual([200, undefined])
  })

  test.each([
    ['of another nonce', { nonce: 'another' }],
    ['without nonce', { nonce: undefined }],
    ['of another issuer', { iss: 'https://evil.test' }],
    ['for another audience', { aud: 'another client' }],
    ['for several, by another party', { aud: ['backlot', 'another'], azp: 'another' }],
    ['that is too old', { exp: Math.floor(Date.now() / 1_000) - 3_600 }],
    ['without subject', { sub: undefined }],
    ['of a subject that cannot be stored', { sub: 'a\0b' }],
    ['of a subject that is stored as another', { sub: '\ud800' }],
  ])('%s lets nobody in', (_, claims) =>
    letsNobodyIn(async () => expect(await answer(claims)).toEqual(failed)),
  )

  test.each([
    ['by a key that is not the provider’s', signedByStranger],
    ['not at all', unsigned],
    ['by the secret of the client', signedBySecret],
  ])('signed %s lets nobody in', (_, sign) =>
    letsNobodyIn(async () => expect(await answer({}, sign)).toEqual(failed)),
  )
})

describe('a code', () => {
  test('of another sign-in does not fit the verifier (RFC 9700, 4.5)', () =>
    letsNobodyIn(async () => {
      const stolen = await github.visit((await begin(newBrowser(auth), 'github')).href, somebody())
      const own = await github.visit((await begin(browser, 'github')).href, somebody())
      own.searchParams.set('code', stolen.searchParams.get('code') ?? '')
      expect(outcomeOf(await browser.ask('GET', own.href))).toEqual(failed)
    }))

  test('without a challenge is not to be had: the provider is always given one, by S256', async () => {
    const oidc = await startOidcServer(`${publicUrl}/v1/auth/oauth/oidc/callback`)
    const start = await begin(browser, 'github')
    expect(start.searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/)
    expect(start.searchParams.get('code_challenge_method')).toBe('S256')
    try {
      // As the provider sees an address of ours that somebody has taken the challenge from.
      const stripped = new URL(`${oidc.issuer}/auth`)
      stripped.search = start.search
      stripped.searchParams.set('client_id', oidcClient.clientId)
      stripped.searchParams.set('redirect_uri', `${publicUrl}/v1/auth/oauth/oidc/callback`)
      stripped.searchParams.set('scope', 'openid')
      stripped.searchParams.delete('code_challenge')
      stripped.searchParams.delete('code_challenge_method')
      const back = await signInThere(oidc, stripped.href, 'ada')
      expect([back.searchParams.get('error'), back.searchParams.get('code')]).toEqual([
        'invalid_request',
        null,
      ])
    } finally {
      await oidc.close()
    }
  })

  test('is never stored or logged as it is, nor are the provider’s', async () => {
    const { location } = await byGithub(browser, github, somebody(), appQuery)
    const code = new URL(location).searchParams.get('code') ?? 'none'
    expect(JSON.stringify(await auth.db.select().from(verifications))).not.toContain(code)
    const log = auth.logged.join('')
    for (const secret of [code, 'gho_', 'code-0', githubClient.clientSecret])
      expect(log).not.toContain(secret)
  })
})

test('who says no at the provider is told so', async () => {
  const start = await begin(browser, 'oidc')
  const back = forgedAnswer(forging, start, {})
  back.searchParams.delete('code')
  back.searchParams.set('error', 'access_denied')
  expect(outcomeOf(await browser.ask('GET', back.href))).toEqual([403, 'SIGN_IN_DENIED'])
})

test('sign-ins that come to nothing are limited by network address', async () => {
  const headers = { 'x-forwarded-for': '203.0.113.9' }
  const statuses = new Set<number>()
  for (let tries = 0; tries < 61; tries += 1) {
    const answer = await browser.ask('POST', '/v1/auth/oauth/exchange', {
      payload: { code: 'guessed', codeVerifier: 'v'.repeat(43) },
      headers,
    })
    statuses.add(answer.status)
  }
  expect([...statuses]).toEqual([401, 429])
})
