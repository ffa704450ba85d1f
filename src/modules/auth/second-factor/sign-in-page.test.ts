import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AuthApp, call, goodPassword, signUp, startAuthApp } from '../../../../test/harness/auth-app.ts'
import { codeOf } from '../../../../test/harness/second-factor.ts'
import { createTestDatabase } from '../../../../test/harness/test-database.ts'

let auth: AuthApp
let database: Awaited<ReturnType<typeof createTestDatabase>>

beforeAll(async () => {
  database = await createTestDatabase()
  auth = await startAuthApp(database.url)
})
afterAll(async () => {
  await auth.close()
  await database.drop()
})

const send = (url: string, fields: Record<string, string>) =>
  auth.app.inject({
    method: 'POST',
    url,
    payload: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
  })

/** What a browser finds in the form that a right password leads to. */
const showPassword = async (email: string) => {
  const page = await send('/account/sign-in', { email, password: goodPassword, to: '/docs' })
  expect([page.statusCode, page.headers['set-cookie']]).toEqual([200, undefined])
  const [, challengeToken = ''] = /name="challengeToken" value="([^"]+)"/.exec(page.body) ?? []
  return (code: string) => send('/account/sign-in/code', { challengeToken, to: '/docs', code })
}

test('the page of browsers asks for the second factor too, and opens no session before', async () => {
  const { user, accessToken: token } = await signUp(auth)
  const { secret } = (await call(auth, 'POST', '/auth/totp', { token })).data
  const { data } = await call(auth, 'POST', '/auth/totp/confirm', { token, body: { code: codeOf(secret) } })
  const [recoveryCode] = data.recoveryCodes

  const showCode = await showPassword(user.email)
  for (const wrong of ['000000', codeOf(secret), 'nonsense']) {
    const refused = await showCode(wrong)
    expect([wrong, refused.statusCode, refused.headers['set-cookie']]).toEqual([wrong, 401, undefined])
  }
  const entered = await showCode(recoveryCode)
  expect([entered.statusCode, entered.headers.location]).toEqual([303, '/docs'])
  expect(String(entered.headers['set-cookie'])).toContain('__Host-')

  expect((await (await showPassword(user.email))(codeOf(secret, 1))).statusCode).toBe(303)
})

test('its one script is the one that the policy names, and takes nothing from the address', async () => {
  const page = await auth.app.inject('/account/sign-in?to=/docs')
  const other = await auth.app.inject('/account/sign-in?to=/admin/queues')
  const scriptOf = ({ body }: typeof page) => /<script>([\s\S]*)<\/script>/.exec(body)?.[1] ?? ''
  const hash = createHash('sha256').update(scriptOf(page)).digest('base64')
  const policy = String(page.headers['content-security-policy'])
  expect(policy).toContain(`; script-src 'sha256-${hash}'; connect-src 'self'`)
  expect(policy).toContain("default-src 'none'")
  expect(scriptOf(other)).toBe(scriptOf(page))
  expect(page.body.match(/<script/g)).toHaveLength(1)
  for (const to of ['//evil.example', 'javascript:alert(1)', '/\\evil.example']) {
    expect((await auth.app.inject(`/account/sign-in?to=${encodeURIComponent(to)}`)).statusCode).toBe(422)
  }
})
