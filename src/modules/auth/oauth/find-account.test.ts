import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type OidcServer, startOidcServer } from '../../../../test/fakes/oidc-server.ts'
import { type Browser, newBrowser } from '../../../../test/harness/app-browser.ts'
import {
  call,
  goodPassword,
  logIn,
  newAdmin,
  newEmail,
  publicUrl,
  setUser,
  signUp,
  takeMails,
  tokenIn,
  usersWith,
} from '../../../../test/harness/auth-app.ts'
import { type OauthApp, startOauthApp } from '../../../../test/harness/oauth-app.ts'
import { setUpTotp } from '../../../../test/harness/second-factor.ts'
import {
  begin,
  byGithub,
  byOidc,
  forgedAnswer,
  outcomeOf,
  somebody,
} from '../../../../test/harness/sign-ins.ts'
import { identities } from './oauth.table.ts'

let oidc: OidcServer
let app: OauthApp
let auth: OauthApp['auth']
let forging: OauthApp['forging']
let github: OauthApp['github']
let browser: Browser

beforeAll(async () => {
  oidc = await startOidcServer(`${publicUrl}/v1/auth/oauth/oidc/callback`)
  app = await startOauthApp(oidc)
  ;({ auth, forging, github } = app)
})
afterAll(async () => {
  await app.close()
  await oidc.close()
})
beforeEach(() => {
  browser = newBrowser(auth)
})

const confirmed = async () => {
  const tokens = await signUp(auth)
  await setUser(auth, tokens.user.id, { emailVerifiedAt: new Date() })
  return tokens
}
const me = async () => (await browser.ask('GET', '/v1/auth/me')).data

describe('the owner of a confirmed address', () => {
  test('signs in to his account by a provider that says the address is his, and hears of it', async () => {
    const { user } = await confirmed()
    await takeMails(auth)
    await byGithub(browser, github, somebody(user.email))
    expect((await me()).id).toBe(user.id)
    expect(await takeMails(auth)).toMatchObject([
      { to: user.email, subject: 'You can sign in with GitHub now' },
    ])
  })

  test('is not taken over by an address that the provider has not verified', async () => {
    const { user } = await confirmed()
    expect(outcomeOf(await byGithub(browser, github, somebody(user.email, false)))).toEqual([
      403,
      'EMAIL_NOT_VERIFIED',
    ])
    oidc.people.set('mallory', { email: user.email, email_verified: false })
    expect(outcomeOf(await byOidc(browser, oidc, 'mallory'))).toEqual([403, 'EMAIL_NOT_VERIFIED'])
    oidc.people.set('silent', { email: user.email })
    expect(outcomeOf(await byOidc(browser, oidc, 'silent'))).toEqual([403, 'EMAIL_NOT_VERIFIED'])
    expect(browser.cookies.size).toBe(0)
    expect(await auth.db.$count(identities, eq(identities.userId, user.id))).toBe(0)
  })

  test('must sign in and link where Google verified the address once only', async () => {
    const { user } = await confirmed()
    const google = async (claims: object) => {
      const start = await begin(browser, 'google')
      return browser.ask(
        'GET',
        forgedAnswer(forging, start, { sub: 'g', email: user.email, email_verified: true, ...claims }).href,
      )
    }
    expect(outcomeOf(await google({}))).toEqual([409, 'ACCOUNT_EXISTS'])
    expect((await google({ hd: 'example.com' })).status).toBe(200)
    expect((await me()).id).toBe(user.id)
  })

  test('must sign in and link when he is an admin, or has a second factor', async () => {
    const admin = await newAdmin(auth)
    expect(outcomeOf(await byGithub(browser, github, somebody(admin.user.email)))).toEqual([
      409,
      'ACCOUNT_EXISTS',
    ])
    const { user, accessToken } = await confirmed()
    await setUpTotp(auth, accessToken)
    expect(outcomeOf(await byGithub(browser, github, somebody(user.email)))).toEqual([409, 'ACCOUNT_EXISTS'])
  })
})

describe('an address that somebody else signed up with before', () => {
  test('belongs to who proves it, in an account that nobody else has a key to', async () => {
    const email = newEmail()
    await takeMails(auth)
    const squatter = await signUp(auth, { email })
    const [mail] = await takeMails(auth)
    await byGithub(browser, github, somebody(email))
    const victim = await me()
    expect([victim.id === squatter.user.id, victim.emailVerified]).toEqual([false, true])
    // The squatter's password and session open what he made, and that never becomes the owner.
    expect((await logIn(auth, email)).user).toMatchObject({ id: squatter.user.id, emailVerified: false })
    const token = tokenIn(mail)
    const { status, error } = await call(auth, 'POST', '/auth/verify-email', {
      body: { token, password: goodPassword },
    })
    expect([status, error.code]).toEqual([409, 'EMAIL_TAKEN'])
    expect((await usersWith(auth, email)).filter((user) => user.emailVerifiedAt !== null)).toHaveLength(1)
  })

  test('cannot have an identity of the squatter waiting in it', async () => {
    const email = newEmail()
    const squatter = await signUp(auth, { email })
    const link = await call(auth, 'POST', '/v1/auth/oauth/github/link', { token: squatter.accessToken })
    expect([link.status, link.error.code]).toEqual([409, 'EMAIL_NOT_CONFIRMED'])
  })
})
