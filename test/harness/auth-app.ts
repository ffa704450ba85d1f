import { eq, sql } from 'drizzle-orm'
import { pino } from 'pino'
import { apiKeyRoutes } from '../../src/modules/api-keys/api-keys.routes.ts'
import { KeyUses } from '../../src/modules/api-keys/key-uses.ts'
import { accountPages } from '../../src/modules/auth/account-pages.ts'
import { accountEmail } from '../../src/modules/auth/auth.jobs.ts'
import { authRoutes } from '../../src/modules/auth/auth.routes.ts'
import { sessions } from '../../src/modules/auth/auth.table.ts'
import { createAuthDeps } from '../../src/modules/auth/auth-deps.ts'
import { authentication } from '../../src/modules/auth/authenticate.ts'
import { createAdmin } from '../../src/modules/auth/first-admin.ts'
import { userRoutes } from '../../src/modules/users/users.routes.ts'
import { type UserRow, users } from '../../src/modules/users/users.table.ts'
import { Cache } from '../../src/platform/cache/cache.ts'
import type { SignInProviderSettings } from '../../src/platform/config/oauth-variables.ts'
import { Database } from '../../src/platform/database/database.ts'
import { Notifications } from '../../src/platform/events/notifications.ts'
import { type App, createHttpServer } from '../../src/platform/http/http-server.ts'
import { registerPipeline } from '../../src/platform/http/pipeline.ts'
import { jobs } from '../../src/platform/jobs/jobs.table.ts'
import type { MailMessage } from '../../src/platform/mail/mail-message.ts'
import { registerRequestLog } from '../../src/platform/observability/request-log.ts'

export const publicUrl = 'https://backlot.test'
export const trustedOrigin = 'https://app.test'
export const secretKey = 'a secret key that is only used in tests'
export const goodPassword = 'seven green bottles'

export type AuthAppOptions = {
  identityPerMinute?: number
  addressPerMinute?: number
  passwordCost?: number
  publicUrl?: string
  signInProviders?: SignInProviderSettings[]
  providerTimeoutMs?: number
  routes?: (app: App) => Promise<void>
}

/**
 * Accounts and nothing else, on a database: the real pipeline, routes and cache, with cheap password hashes. Requests may
 * say what network address they come from in `X-Forwarded-For`.
 */
export const startAuthApp = async (url: string, options: AuthAppOptions = {}) => {
  const logged: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) })
  const connection = { url, ssl: false, applicationName: 'auth test', onConnectionError: () => undefined }
  const database = new Database({ ...connection, poolMax: 12 })
  const notifications = new Notifications(connection)
  await notifications.open()
  const cache = new Cache(notifications)
  const { db } = database
  const keyUses = new KeyUses(db, log)
  const deps = createAuthDeps({
    keyUses,
    db,
    cache,
    log,
    secretKey,
    publicUrl: options.publicUrl ?? publicUrl,
    corsOrigins: [trustedOrigin],
    identityPerMinute: options.identityPerMinute ?? 100_000,
    addressPerMinute: 500,
    passwordCost: options.passwordCost ?? 4,
    signInProviders: options.signInProviders ?? [],
    providerTimeoutMs: options.providerTimeoutMs ?? 5_000,
  })
  const app = createHttpServer({ log, trustProxy: ['127.0.0.1'], development: false })
  await registerPipeline(app, {
    corsOrigins: [trustedOrigin],
    requestsPerAddressPerMinute: options.addressPerMinute ?? 1_000_000,
  })
  registerRequestLog(app)
  await app.register(async (api: App) => {
    authentication(api, deps)
    await api.register(authRoutes(deps), { prefix: '/v1' })
    await api.register(apiKeyRoutes(deps), { prefix: '/v1' })
    await api.register(userRoutes({ ...deps, readDb: db }), { prefix: '/v1' })
    await api.register(accountPages(deps))
    await options.routes?.(api)
  })
  await app.ready()
  return {
    app,
    db,
    deps,
    logged,
    close: async () => {
      await app.close()
      await keyUses.close()
      cache.close()
      await notifications.close()
      await database.close()
    },
  }
}

export type AuthApp = Awaited<ReturnType<typeof startAuthApp>>

/** Runs the mail jobs that have not run, and gives what they would have sent. */
export const takeMails = async ({ db, deps }: AuthApp): Promise<MailMessage[]> => {
  const mails: MailMessage[] = []
  const mailer = { send: async (mail: MailMessage) => void mails.push(mail), close: () => undefined }
  for (const job of await db.delete(jobs).returning()) {
    await accountEmail.run(
      { db, mailer, keys: deps.keys, publicUrl },
      {
        id: job.id,
        attempt: 1,
        ownerId: undefined,
        params: accountEmail.params.parse(job.params),
        signal: new AbortController().signal,
        progress: () => undefined,
      },
    )
  }
  return mails
}

/** The token in the only link of a mail. */
export const tokenIn = (mail: MailMessage | undefined): string => {
  const token = /[?]token=([\w-]+)/.exec(mail?.text ?? '')?.[1]
  if (token === undefined) throw new Error(`No link in: ${mail?.text}`)
  return token
}

export type Tokens = {
  user: { id: string; email: string; name: string | null; role: string; emailVerified: boolean }
  accessToken: string
  refreshToken: string
  expiresIn: number
}

type Call = { body?: object; token?: string; headers?: Record<string, string> }

/** One JSON request, as an app makes it. `data` is what stands in the envelope. */
export const call = async (
  { app }: Pick<AuthApp, 'app'>,
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  { body, token, headers = {} }: Call = {},
) => {
  const response = await app.inject({
    method,
    url: path,
    headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { payload: body }),
  })
  const json = response.headers['content-type']?.includes('json') ? response.json() : {}
  return {
    status: response.statusCode,
    headers: response.headers,
    data: json.data,
    error: json.error,
    json,
    response,
  }
}

let people = 0

/** A network address that nobody has had: how many accounts one may make is another matter. */
export const newAddress = (): string => {
  addresses += 1
  return `100.${64 + (addresses >> 16)}.${(addresses >> 8) & 255}.${addresses & 255}`
}

let addresses = 0

/** An address that nobody has. */
export const newEmail = (): string => {
  people += 1
  return `person-${people}-${Date.now()}@example.com`
}

export const signUp = async (
  auth: AuthApp,
  {
    email = newEmail(),
    password = goodPassword,
    ...rest
  }: Partial<Record<'email' | 'password' | 'name', string>> = {},
): Promise<Tokens> => {
  const { status, data, json } = await call(auth, 'POST', '/auth/signup', {
    body: { email, password, ...rest },
    headers: { 'x-forwarded-for': newAddress() },
  })
  if (status !== 201) throw new Error(`Sign-up failed: ${JSON.stringify(json)}`)
  return data
}

export const logIn = async (auth: AuthApp, email: string, password = goodPassword): Promise<Tokens> => {
  const { status, data, json } = await call(auth, 'POST', '/auth/login', { body: { email, password } })
  if (status !== 200) throw new Error(`Login failed: ${JSON.stringify(json)}`)
  return data
}

/** Makes an admin as the command line does, and signs in. */
export const newAdmin = async (auth: AuthApp): Promise<Tokens> => {
  const email = newEmail()
  await createAdmin(auth.deps, { email, password: goodPassword })
  return logIn(auth, email)
}

/** Changes a user behind the application's back. */
export const setUser = async ({ db }: AuthApp, id: string, changes: Partial<UserRow>): Promise<void> => {
  await db.update(users).set(changes).where(eq(users.id, id))
}

/** Makes it so many minutes since the user proved who he is, in all his sessions. */
export const proveAgo = async ({ db }: AuthApp, userId: string, minutes: number): Promise<void> => {
  await db
    .update(sessions)
    .set({ provedAt: sql`now() - make_interval(mins => ${minutes})` })
    .where(eq(sessions.userId, userId))
}

export const usersWith = ({ db }: AuthApp, email: string): Promise<UserRow[]> =>
  db.select().from(users).where(eq(users.email, email))

export const statusOf = async (auth: AuthApp, token: string): Promise<number> =>
  (await call(auth, 'GET', '/auth/me', { token })).status

/** The cookie of a new user's session, as a browser sends it. */
export const cookieOf = async (auth: AuthApp): Promise<string> => {
  const body = { email: newEmail(), password: goodPassword }
  const { headers } = await call(auth, 'POST', '/auth/signup', { body })
  return String(headers['set-cookie']).split(';')[0] ?? ''
}
