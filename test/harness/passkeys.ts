import { eq } from 'drizzle-orm'
import { expect } from 'vitest'
import { passkeys } from '../../src/modules/auth/passkeys/passkeys.table.ts'
import { type AuthApp, call, publicUrl, signUp, type Tokens } from './auth-app.ts'
import { codeOf } from './second-factor.ts'
import {
  type Deviation,
  type SoftwareAuthenticator,
  softwareAuthenticator,
} from './software-authenticator.ts'

export const outcomeOf = ({ status, error }: Awaited<ReturnType<typeof call>>) => [
  status,
  error?.errors[0]?.code ?? error?.code,
]

/** What browsers and apps do with passkeys at the app that `auth` gives. */
export const passkeysAt = (auth: () => AuthApp) => {
  const post = (path: string, token?: string, body?: object) =>
    call(auth(), 'POST', path, { ...(token && { token }), ...(body && { body }) })

  const creationOptions = async (token: string) => (await post('/auth/passkeys/options', token)).data
  const add = async (token: string, authenticator: SoftwareAuthenticator, given?: Deviation) =>
    post('/auth/passkeys', token, {
      name: 'My phone',
      credential: authenticator.create(await creationOptions(token), given),
    })

  /** A new user, signed in, with a passkey. */
  const withPasskey = async (tokens?: Tokens, given?: Deviation) => {
    const { user, accessToken } = tokens ?? (await signUp(auth()))
    const authenticator = softwareAuthenticator(publicUrl)
    const { status, data } = await add(accessToken, authenticator, given)
    expect(status).toBe(201)
    return { ...user, token: accessToken, authenticator, passkeyId: String(data.id) }
  }
  const signInOptions = async () => (await post('/auth/passkeys/sign-in/options')).data
  const signIn = async (authenticator: SoftwareAuthenticator, given?: Deviation) =>
    post('/auth/passkeys/sign-in', undefined, {
      credential: authenticator.get(await signInOptions(), given),
    })
  const proofOptions = async (token: string) =>
    (await post('/auth/passkeys/reauthenticate/options', token)).data
  const prove = async (token: string, authenticator: SoftwareAuthenticator, given?: Deviation) =>
    post('/auth/passkeys/reauthenticate', token, {
      credential: authenticator.get(await proofOptions(token), given),
    })
  const setTotp = async (token: string) => {
    const { secret } = (await post('/auth/totp', token)).data
    const { status } = await post('/auth/totp/confirm', token, { code: codeOf(secret) })
    expect(status).toBe(200)
    return String(secret)
  }
  const storedOf = (userId: string) => auth().db.select().from(passkeys).where(eq(passkeys.userId, userId))

  return {
    post,
    creationOptions,
    add,
    withPasskey,
    signInOptions,
    signIn,
    proofOptions,
    prove,
    setTotp,
    storedOf,
  }
}
