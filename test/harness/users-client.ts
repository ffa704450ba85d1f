import { expect } from 'vitest'
import type { Role } from '../../src/modules/auth/permissions.ts'
import { type AuthApp, call, signUp, type Tokens } from './auth-app.ts'

/** What users ask for. `there` gives the app and its admin, once they are there. */
export const usersClient = (there: () => { auth: AuthApp; admin: Tokens }) => {
  const as = (
    { accessToken }: Tokens,
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: object,
  ) => call(there().auth, method, path, { token: accessToken, ...(body === undefined ? {} : { body }) })

  const withRole = async (role: Role): Promise<Tokens> => {
    const tokens = await signUp(there().auth)
    expect((await as(there().admin, 'PATCH', `/users/${tokens.user.id}`, { role })).status).toBe(200)
    return tokens
  }

  return { as, withRole }
}
