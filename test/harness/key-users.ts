import { eq } from 'drizzle-orm'
import { expect } from 'vitest'
import { apiKeys } from '../../src/modules/api-keys/api-keys.table.ts'
import type { App } from '../../src/platform/http/http-server.ts'
import { type AuthApp, call, type Tokens } from './auth-app.ts'

/** What keys with and without these scopes ask for. */
export const routes = async (app: App) => {
  app.get('/v1/for-readers', { config: { access: 'generations:read' } }, async () => ({}))
  app.post('/v1/for-makers', { config: { access: 'generations:create' } }, async () => ({}))
}

export const scopes = ['generations:create', 'generations:read']

/** What Ada does with API keys. `there` gives her and the app, once they are there. */
export const keyUsers = (there: () => { auth: AuthApp; ada: Tokens }) => {
  const makeKey = async (body: object = {}, { accessToken }: Tokens = there().ada) => {
    const given = { name: 'A script', scopes, ...body }
    const { status, data, json } = await call(there().auth, 'POST', '/api-keys', {
      token: accessToken,
      body: given,
    })
    expect(status, JSON.stringify(json)).toBe(201)
    return data
  }
  const makes = async (token: string, app = there().auth) =>
    (await call(app, 'POST', '/for-makers', { token })).status
  const reads = async (token: string, app = there().auth) =>
    (await call(app, 'GET', '/for-readers', { token })).status
  const storedKey = async (id: string) => {
    const [key] = await there().auth.db.select().from(apiKeys).where(eq(apiKeys.id, id))
    if (key === undefined) throw new Error('No such key')
    return key
  }

  return { makeKey, makes, reads, storedKey }
}
