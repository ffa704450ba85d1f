import { clientGone } from '../../platform/http/client-gone.ts'
import { ok, successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { userSchema, viewUser } from '../users/users.schema.ts'
import { nothing, verifyEmailBody } from './auth.schema.ts'
import type { AuthDeps } from './auth-deps.ts'
import { sessionActorOf } from './authenticate.ts'
import { resendVerification, verifyEmail } from './email-verification.ts'

const tags = ['auth']

export const emailVerificationRoutes = (deps: AuthDeps) => async (app: App) => {
  app.post(
    '/auth/verify-email',
    {
      schema: {
        tags,
        summary: 'Confirm your address with the mailed link',
        description:
          'Takes a session of the account, or its `password`: whoever signed up with an address that is not his is not confirmed by its owner.',
        body: verifyEmailBody,
        response: { 200: successOf(userSchema) },
      },
      config: { access: 'anyone' },
    },
    async (request, reply) => {
      const by = { actor: request.actor, address: request.ip }
      return ok(viewUser(await verifyEmail(deps, request.body, by, clientGone(reply))))
    },
  )

  app.post(
    '/auth/verify-email/resend',
    {
      schema: {
        tags,
        summary: 'Have the link for confirming your address mailed again',
        response: { 202: successOf(nothing) },
      },
      config: { access: 'signed-in' },
    },
    async (request, reply) => {
      await resendVerification(deps, sessionActorOf(request), request.ip)
      reply.status(202)
      return ok({}, 'If your address is not confirmed yet, a link is on its way.')
    },
  )
}
