import { ok, successOf } from '../../../platform/http/envelope.ts'
import type { App } from '../../../platform/http/http-server.ts'
import { nothing } from '../auth.schema.ts'
import type { AuthDeps } from '../auth-deps.ts'
import { sessionActorOf } from '../authenticate.ts'
import {
  confirmTotpBody,
  newTotpSchema,
  recoveryCodesSchema,
  totpStateSchema,
} from './second-factor.schema.ts'
import { beginTotp, confirmTotp, removeTotp, renewRecoveryCodes, showTotp } from './set-up-totp.ts'

const tags = ['auth']
const config = { access: 'signed-in' } as const

/** The second factor of the user who is signed in. What a sign-in does with it stands with the other sign-ins. */
export const totpRoutes = (deps: AuthDeps) => async (app: App) => {
  stateRoutes(deps, app)
  setUpRoutes(deps, app)
}

const stateRoutes = (deps: AuthDeps, app: App) => {
  app.get(
    '/auth/totp',
    {
      schema: {
        tags,
        summary: 'Whether you have a second factor',
        response: { 200: successOf(totpStateSchema) },
      },
      config,
    },
    async (request) => ok(await showTotp(deps, sessionActorOf(request))),
  )

  app.delete(
    '/auth/totp',
    {
      schema: {
        tags,
        summary: 'Take the second factor away',
        description: 'Takes a proof of the last ten minutes that it is you.',
        response: { 200: successOf(nothing) },
      },
      config,
    },
    async (request) => {
      await removeTotp(deps, sessionActorOf(request))
      return ok({}, 'From now on your password is enough to sign in.')
    },
  )
}

/** What answers with secrets. */
const setUpRoutes = (deps: AuthDeps, app: App) => {
  app.post(
    '/auth/totp',
    {
      schema: {
        tags,
        summary: 'Begin to set a second factor',
        description:
          'Codes by time (RFC 6238) from an app: six digits, SHA-1, 30 seconds. Nothing changes until a code is confirmed.',
        response: { 200: successOf(newTotpSchema) },
      },
      config,
    },
    async (request) => ok(await beginTotp(deps, sessionActorOf(request))),
  )

  app.post(
    '/auth/totp/confirm',
    {
      schema: {
        tags,
        summary: 'Set the second factor by a code of the app',
        description: 'From the next sign-in on, it is asked for. The answer holds the recovery codes.',
        body: confirmTotpBody,
        response: { 200: successOf(recoveryCodesSchema) },
      },
      config,
    },
    async (request) =>
      ok({ recoveryCodes: await confirmTotp(deps, sessionActorOf(request), request.body.code) }),
  )

  app.post(
    '/auth/totp/recovery-codes',
    {
      schema: {
        tags,
        summary: 'Make new recovery codes, which end those before',
        response: { 200: successOf(recoveryCodesSchema) },
      },
      config,
    },
    async (request) => ok({ recoveryCodes: await renewRecoveryCodes(deps, sessionActorOf(request)) }),
  )
}
