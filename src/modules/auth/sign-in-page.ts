import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { clientGone } from '../../platform/http/client-gone.ts'
import { toAppError } from '../../platform/http/error-response.ts'
import { html } from '../../platform/http/html.ts'
import type { App } from '../../platform/http/http-server.ts'
import { loginBody } from './auth.schema.ts'
import type { AuthDeps } from './auth-deps.ts'
import { clientOf } from './client-of.ts'
import { requireSameOrigin } from './csrf.ts'
import { login } from './login.ts'
import { codeInput, emailInput, form, hiddenInput, links, passwordInput, sendPage } from './page.ts'
import { passkeyButton, passkeyScript } from './passkeys/passkey-button.ts'
import { finishLogin } from './second-factor/finish-login.ts'
import { codeInputField } from './second-factor/second-factor.schema.ts'
import { setSessionCookie } from './session-cookie.ts'
import type { OpenedSession } from './sessions.ts'

const signInPath = '/account/sign-in'
const codePath = '/account/sign-in/code'
/** A path of ours: `//host` and `/\host` are other sites to a browser. */
export const pathOfOurs = z
  .string()
  .max(500)
  .regex(/^\/(?![/\\])[\w\-.~%/?&=]*$/, 'Not a path of this site.')
const target = z.literal('').or(pathOfOurs).default('')
const config = { access: 'public' } as const

/** For pages that only who is signed in may see: a browser is sent to the form, others get the 401. */
export const redirectToSignIn = (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
  const isPage = request.headers.accept?.includes('text/html') ?? false
  if (!isPage || toAppError(error).status !== 401) return reply.send(error)
  return reply.redirect(`${signInPath}?to=${encodeURIComponent(request.originalUrl)}`, 303)
}

/** A form that begins a session of a browser, which then has its cookie. */
export const signInPage = (app: App, deps: AuthDeps): void => {
  const trustedOrigins = new Set([deps.publicUrl, ...deps.corsOrigins])
  const query = z.object({ to: pathOfOurs.optional() })
  app.get(
    signInPath,
    { schema: { hide: true, querystring: query }, config },
    async ({ query: { to = '' } }, reply) =>
      sendPage(
        reply,
        'Sign in',
        html`${form(signInPath, html`${hiddenInput('to', to)}${emailInput}${passwordInput}`, 'Sign in')}${passkeyButton}${links(
          deps.signInProviders.map(({ name, label }) => ({
            to: `/v1/auth/oauth/${name}${to === '' ? '' : `?returnTo=${encodeURIComponent(to)}`}`,
            text: `Sign in with ${label}`,
          })),
        )}`,
        passkeyScript,
      ),
  )

  const body = loginBody.extend({ to: target })
  app.post(signInPath, { schema: { hide: true, body }, config }, async (request, reply) => {
    // Else a page of another site could sign a browser in as somebody else.
    requireSameOrigin(request, trustedOrigins)
    const { to, ...given } = request.body
    const outcome = await login(deps, given, clientOf(request), clientGone(reply))
    return 'challengeToken' in outcome
      ? sendCodePage(reply, outcome.challengeToken, to)
      : enter(request, reply, outcome, to)
  })

  const codeBody = z.object({ challengeToken: z.string().min(1).max(200), code: codeInputField, to: target })
  app.post(codePath, { schema: { hide: true, body: codeBody }, config }, async (request, reply) => {
    requireSameOrigin(request, trustedOrigins)
    const { challengeToken, code, to } = request.body
    return enter(request, reply, await finishLogin(deps, { challengeToken, ...code }, clientOf(request)), to)
  })
}

export const sendCodePage = (reply: FastifyReply, challengeToken: string, to: string) => {
  const hidden = html`${hiddenInput('challengeToken', challengeToken)}${hiddenInput('to', to)}`
  return sendPage(reply, 'Enter a code', form(codePath, html`${hidden}${codeInput}`, 'Sign in'))
}

/** Gives a browser its session, and sends it on. */
export const enter = (
  request: FastifyRequest,
  reply: FastifyReply,
  { user, sessionId, sessionToken }: OpenedSession,
  to: string,
) => {
  request.actor = { userId: user.id, role: user.role, sessionId }
  setSessionCookie(reply, sessionToken)
  if (to !== '') return reply.redirect(to, 303)
  return sendPage(reply, 'Backlot', html`<p>You are signed in as ${user.email}.</p>`)
}
