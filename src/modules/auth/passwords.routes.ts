import { clientGone } from '../../platform/http/client-gone.ts'
import { ok, successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { changePasswordBody, forgotPasswordBody, nothing, resetPasswordBody } from './auth.schema.ts'
import type { AuthDeps } from './auth-deps.ts'
import { sessionActorOf } from './authenticate.ts'
import { changePassword } from './change-password.ts'
import { forgotPassword, resetPassword } from './password-reset.ts'

const tags = ['auth']

export const passwordRoutes = (deps: AuthDeps) => async (app: App) => {
  app.post(
    '/auth/change-password',
    {
      schema: {
        tags,
        summary: 'Change your password',
        description: 'Ends all other sessions.',
        body: changePasswordBody,
        response: { 200: successOf(nothing) },
      },
      config: { access: 'signed-in' },
    },
    async (request, reply) => {
      await changePassword(deps, sessionActorOf(request), request.body, clientGone(reply))
      return ok({}, 'Your password is changed, and all other sessions have been ended.')
    },
  )

  app.post(
    '/auth/forgot-password',
    {
      schema: {
        tags,
        summary: 'Ask for a link for choosing a new password',
        description: 'The answer is the same whether the address has an account or not.',
        body: forgotPasswordBody,
        response: { 202: successOf(nothing) },
      },
      config: { access: 'public' },
    },
    async (request, reply) => {
      await forgotPassword(deps, request.body.email, request.ip)
      reply.status(202)
      return ok({}, 'If there is an account with this address, a link is on its way.')
    },
  )

  app.post(
    '/auth/reset-password',
    {
      schema: {
        tags,
        summary: 'Choose a new password with the mailed link',
        description: 'Ends all sessions.',
        body: resetPasswordBody,
        response: { 200: successOf(nothing) },
      },
      config: { access: 'public' },
    },
    async (request, reply) => {
      await resetPassword(deps, request.body, clientGone(reply))
      return ok({}, 'Your password is changed. Sign in with the new one.')
    },
  )
}
