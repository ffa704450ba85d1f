import { ok, successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { userSchema, viewUser } from '../users/users.schema.ts'
import { getUser } from '../users/users.service.ts'
import { refreshBody, signedInSchema } from './auth.schema.ts'
import type { AuthDeps } from './auth-deps.ts'
import { actorOf } from './authenticate.ts'
import { emailVerificationRoutes } from './email-verification.routes.ts'
import { oauthRoutes } from './oauth/oauth.routes.ts'
import { passkeyRoutes } from './passkeys/passkeys.routes.ts'
import { passwordRoutes } from './passwords.routes.ts'
import { refresh } from './refresh.ts'
import { totpRoutes } from './second-factor/totp.routes.ts'
import { sessionRoutes } from './sessions.routes.ts'
import { signInRoutes } from './sign-in.routes.ts'
import { tokensOf } from './sign-in-answer.ts'

const tags = ['auth']

export const authRoutes = (deps: AuthDeps) => async (app: App) => {
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })

  app.post(
    '/auth/refresh',
    {
      schema: {
        tags,
        summary: 'Exchange a refresh token for the next pair of tokens',
        description:
          'Each refresh token works once. Parallel uses within ten seconds get the same pair; any later use ends the session.',
        body: refreshBody,
        response: { 200: successOf(signedInSchema) },
      },
      config: { access: 'public' },
    },
    async (request) => {
      const refreshed = await refresh(deps, request.body.refreshToken, request.ip)
      return ok(await tokensOf(deps.accessTokens, refreshed))
    },
  )

  app.get(
    '/auth/me',
    {
      schema: {
        tags,
        summary: 'Who is signed in, or whose API key this is',
        response: { 200: successOf(userSchema) },
      },
      config: { access: 'users:read' },
    },
    async (request) => {
      const actor = actorOf(request)
      return ok(viewUser(await getUser({ db: deps.db, readDb: deps.db }, actor, actor.userId)))
    },
  )

  await app.register(signInRoutes(deps))
  await app.register(passwordRoutes(deps))
  await app.register(emailVerificationRoutes(deps))
  await app.register(sessionRoutes(deps))
  await app.register(totpRoutes(deps))
  await app.register(passkeyRoutes(deps))
  await app.register(oauthRoutes(deps))
}
