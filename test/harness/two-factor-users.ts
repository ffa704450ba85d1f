import { eq, sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { totpFactors } from '../../src/modules/auth/second-factor/second-factor.table.ts'
import { type AuthApp, call, goodPassword, signUp, type Tokens } from './auth-app.ts'
import { codeOf } from './second-factor.ts'

/** Users who have a second factor, at the app that `auth` gives, once it is there. */
export const twoFactorUsers = (auth: () => AuthApp) => {
  const post = (path: string, token: string | undefined, body?: object) =>
    call(auth(), 'POST', path, { ...(token && { token }), ...(body && { body }) })

  /** A user with a second factor, set as an app does it. `used` is a code that works no more; that of now does. */
  const setUp = async (tokens?: Tokens) => {
    const { user, accessToken } = tokens ?? (await signUp(auth()))
    const { secret } = (await post('/auth/totp', accessToken)).data
    const used = codeOf(secret, -1)
    const { status, data } = await post('/auth/totp/confirm', accessToken, { code: codeOf(secret) })
    expect(status).toBe(200)
    await auth()
      .db.update(totpFactors)
      .set({ lastStep: sql`${totpFactors.lastStep} - 1` })
      .where(eq(totpFactors.userId, user.id))
    return { ...user, accessToken, used, secret: String(secret), recovery: data.recoveryCodes as string[] }
  }
  const begin = async (email: string, password = goodPassword) => {
    const { status, data, headers } = await post('/auth/login', undefined, { email, password })
    expect([status, data.code]).toEqual([202, 'TOTP_REQUIRED'])
    expect([Object.keys(data).sort(), headers['set-cookie']]).toEqual([
      ['challengeToken', 'code', 'expiresIn'],
      undefined,
    ])
    return String(data.challengeToken)
  }
  const finish = (challengeToken: string, given: object) =>
    post('/auth/login/totp', undefined, { challengeToken, ...given })

  return { post, setUp, begin, finish }
}
