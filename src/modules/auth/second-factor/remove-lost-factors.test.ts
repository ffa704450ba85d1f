import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type AuthApp,
  call,
  logIn,
  newEmail,
  publicUrl,
  secretKey,
  setUser,
  signUp,
  startAuthApp,
  statusOf,
  takeMails,
} from '../../../../test/harness/auth-app.ts'
import { runBacklot } from '../../../../test/harness/backlot-command.ts'
import { codeOf } from '../../../../test/harness/second-factor.ts'
import { softwareAuthenticator } from '../../../../test/harness/software-authenticator.ts'
import { createTestDatabase } from '../../../../test/harness/test-database.ts'
import { auditLog } from '../../audit/audit.table.ts'
import { removeLostFactors } from './remove-lost-factors.ts'

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

/** A user with a second factor and a passkey. */
const guarded = async (email = newEmail()) => {
  const { user, accessToken: token } = await signUp(auth, { email })
  const { secret } = (await call(auth, 'POST', '/auth/totp', { token })).data
  const confirmed = await call(auth, 'POST', '/auth/totp/confirm', { token, body: { code: codeOf(secret) } })
  const authenticator = softwareAuthenticator(publicUrl)
  const { data: options } = await call(auth, 'POST', '/auth/passkeys/options', { token })
  const credential = authenticator.create(options)
  const added = await call(auth, 'POST', '/auth/passkeys', { token, body: { name: 'A phone', credential } })
  expect([confirmed.status, added.status, await statusOf(auth, token)]).toEqual([200, 201, 200])
  return { ...user, token, authenticator }
}
const passwordStatus = async (email: string) =>
  (await call(auth, 'POST', '/auth/login', { body: { email, password: 'seven green bottles' } })).status

test('the command of an operator lets the password sign in again, and nothing else that was there', async () => {
  const { id, email, token, authenticator } = await guarded()
  const other = await guarded()
  await takeMails(auth)
  expect(await passwordStatus(email)).toBe(202)
  const env = { DATABASE_URL: database.url, SECRET_KEY: secretKey, LOG_LEVEL: 'info' }
  const { code, output } = await runBacklot(['admin', 'remove-second-factor', email.toUpperCase()], env)
  expect([code, output]).toEqual([0, expect.stringContaining(`and 1 passkeys of ${email} (${id})`)])
  const logged = JSON.parse(output.split('\n').find((line) => line.startsWith('{')) ?? '{}')
  expect(logged).toMatchObject({ level: 40, hadTotp: true, passkeys: 1, user: expect.any(String) })
  expect(JSON.stringify(logged)).not.toContain(id)

  // The process that answers had the session in its memory.
  await expect.poll(() => statusOf(auth, token)).toBe(401)
  const { data: options } = await call(auth, 'POST', '/auth/passkeys/sign-in/options')
  const credential = authenticator.get(options)
  const byPasskey = await call(auth, 'POST', '/auth/passkeys/sign-in', { body: { credential } })
  expect(byPasskey.error.code).toBe('PASSKEY_REFUSED')
  const { accessToken } = await logIn(auth, email)
  const state = (await call(auth, 'GET', '/auth/totp', { token: accessToken })).data
  expect(state).toEqual({ enabled: false, enabledAt: null, recoveryCodesLeft: 0 })
  expect(await takeMails(auth)).toMatchObject([{ to: email, subject: 'Your second factor was taken away' }])
  expect([await statusOf(auth, other.token), await passwordStatus(other.email)]).toEqual([200, 202])
})

test('of who has none of it, the command says so and changes nothing', async () => {
  const { user, accessToken } = await signUp(auth)
  await takeMails(auth)
  const env = { DATABASE_URL: database.url, SECRET_KEY: secretKey, LOG_LEVEL: 'info' }
  const { code, output } = await runBacklot(['admin', 'remove-second-factor', user.id], env)
  expect([code, output]).toEqual([
    0,
    expect.stringContaining('no second factor and no passkeys: nothing was'),
  ])
  expect(output).not.toContain('an operator removed')
  expect(await statusOf(auth, accessToken)).toBe(200)
  expect(await takeMails(auth)).toEqual([])
  const acts = await auth.db.$count(auditLog, eq(auditLog.targetId, user.id))
  expect(acts).toBe(
    await auth.db.$count(auditLog, and(eq(auditLog.targetId, user.id), eq(auditLog.action, 'auth:sign-up'))),
  )
})

test('of several accounts with an address that nobody has confirmed, it takes an id', async () => {
  const first = await guarded()
  const second = await signUp(auth, { email: first.email, password: 'another good password' })
  await expect(removeLostFactors(auth.db, first.email)).rejects.toMatchObject({
    code: 'SEVERAL_ACCOUNTS',
    message: expect.stringContaining(first.id),
  })
  expect(await passwordStatus(first.email)).toBe(202)
  expect(await removeLostFactors(auth.db, first.id)).toMatchObject({ hadTotp: true, passkeys: 1 })
  expect(await statusOf(auth, second.accessToken)).toBe(200)
  await setUser(auth, first.id, { disabledAt: new Date() })
  for (const nobody of [first.id, 'nobody@example.com', '']) {
    await expect(removeLostFactors(auth.db, nobody)).rejects.toMatchObject({ code: 'USER_NOT_FOUND' })
  }
})
