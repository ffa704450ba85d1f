import { z } from 'zod'
import { ok, successOf } from '../../../platform/http/envelope.ts'
import type { App } from '../../../platform/http/http-server.ts'
import { signedInSchema } from '../auth.schema.ts'
import type { AuthDeps } from '../auth-deps.ts'
import { clientOf } from '../client-of.ts'
import { challengeSchema } from '../second-factor/second-factor.schema.ts'
import { answerChallenge, answerSignIn } from '../sign-in-answer.ts'
import { beginFlow } from './begin-flow.ts'
import { callbackRoute } from './callback.routes.ts'
import { setFlowCookie } from './flow-cookie.ts'
import { identityRoutes } from './identities.routes.ts'
import { beginQuery, exchangeBody, providerParams, providerSchema } from './oauth.schema.ts'
import { exchangeCode } from './one-time-code.ts'
import { openProviders, type SignInProviders } from './open-providers.ts'

const tags = ['auth']
const config = { access: 'public' } as const

/** Signing in by a provider: Google, GitHub, or one that speaks OpenID Connect. */
export const oauthRoutes = (deps: AuthDeps) => async (app: App) => {
  const { signInProviders, log, providerTimeoutMs: timeoutMs } = deps
  const providers = openProviders(signInProviders, { log, timeoutMs })
  app.addHook('onClose', async () => providers.close())
  beginRoutes(deps, providers, app)
  callbackRoute(deps, providers, app)
  exchangeRoute(deps, app)
  identityRoutes(deps, providers, app)
}

const beginRoutes = (deps: AuthDeps, providers: SignInProviders, app: App) => {
  app.get(
    '/auth/oauth',
    {
      schema: {
        tags,
        summary: 'Where users can sign in besides',
        response: { 200: successOf(z.array(providerSchema)) },
      },
      config,
    },
    async () => ok(providers.list()),
  )

  app.get(
    '/auth/oauth/:provider',
    {
      schema: {
        tags,
        summary: 'Sign in by a provider',
        description:
          'For browsers to be sent to: redirects to the provider, and in the end to `returnTo`, signed in by the session ' +
          'cookie, or with a `code` for an app that gave a `codeChallenge`.',
        params: providerParams,
        querystring: beginQuery,
        response: { 303: z.null().describe('To the provider.') },
      },
      config,
    },
    async (request, reply) => {
      const provider = providers.get(request.params.provider)
      const { returnTo, codeChallenge } = request.query
      const aim = { purpose: 'sign-in', ...(codeChallenge && { codeChallenge }) } as const
      const { url, flow } = await beginFlow(deps, provider, aim, returnTo)
      setFlowCookie(reply, deps.keys, flow)
      return reply.redirect(url.href, 303)
    },
  )
}

const exchangeRoute = (deps: AuthDeps, app: App) => {
  app.post(
    '/auth/oauth/exchange',
    {
      schema: {
        tags,
        summary: 'Exchange the code of a sign-in by a provider for tokens',
        description:
          'Takes the `code` that `returnTo` was given, once, within a minute, and the verifier whose challenge the sign-in ' +
          'was begun with. Answers as `auth/login` does, with 202 where a second factor is set.',
        body: exchangeBody,
        response: { 200: successOf(signedInSchema), 202: successOf(challengeSchema) },
      },
      config,
    },
    async (request, reply) => {
      const outcome = await exchangeCode(deps, request.body, clientOf(request))
      return 'sessionId' in outcome
        ? answerSignIn(deps.accessTokens, reply, outcome)
        : answerChallenge(reply, outcome)
    },
  )
}
