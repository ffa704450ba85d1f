import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { clientGone } from '../../platform/http/client-gone.ts'
import { toAppError } from '../../platform/http/error-response.ts'
import { type Html, html } from '../../platform/http/html.ts'
import type { App } from '../../platform/http/http-server.ts'
import { hasAdmin } from '../users/users.service.ts'
import { forgotPasswordBody, resetPasswordBody, setupBody, tokenBody } from './auth.schema.ts'
import type { AuthDeps } from './auth-deps.ts'
import { verifyEmail } from './email-verification.ts'
import { setUpFirstAdmin } from './first-admin.ts'
import { forgotPassword, resetPassword } from './password-reset.ts'

const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:4rem auto;padding:0 1rem}' +
  'label,input,button{display:block;width:100%;box-sizing:border-box}input,button{font:inherit;margin:0 0 1rem;padding:.5rem}'
const styleHash = createHash('sha256').update(style).digest('base64')
const contentSecurityPolicy = `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`
const maxFormBytes = 16 * 1024

/** A link's token. It is only used when the form is sent: programs that look into mails open links too. */
const linkQuery = z.object({ token: z.string().max(200).default('') })

const hidden = { hide: true }
const config = { access: 'public' } as const

/** The pages that mailed links lead to: plain forms that work without scripts. They have no version. */
export const accountPages = (deps: AuthDeps) => async (app: App) => {
  readForms(app)
  app.setErrorHandler((error, request, reply) => {
    const fault = toAppError(error)
    if (fault.status >= 500) {
      const { status } = fault
      request.log.error(
        { err: error, requestId: request.id, route: request.routeOptions.url, status },
        fault.code,
      )
    }
    const reasons = fault.errors.length > 0 ? fault.errors.map(({ message }) => message) : [fault.message]
    if (fault.retryAfterSeconds !== undefined) reply.header('retry-after', Math.ceil(fault.retryAfterSeconds))
    reply.status(fault.status)
    return sendPage(reply, 'That did not work', html`${paragraphs(reasons)}<p>Go back and try again.</p>`)
  })

  app.get('/setup', { schema: { ...hidden, querystring: linkQuery }, config }, async (request, reply) => {
    if (await hasAdmin(deps.db)) return sendPage(reply, 'Backlot', html`<p>There is an admin already.</p>`)
    const fields = html`${tokenInput(request.query.token)}${emailInput}${newPasswordInput}`
    return sendPage(reply, 'Make the first admin', form('/setup', fields, 'Make the admin'))
  })

  app.post('/setup', { schema: { ...hidden, body: setupBody }, config }, async (request, reply) => {
    const client = { address: request.ip, device: request.headers['user-agent'] }
    const { user } = await setUpFirstAdmin(deps, request.body, client, clientGone(reply))
    return sendPage(
      reply,
      'Backlot is set up',
      html`<p>${user.email} is the first admin and can sign in now.</p>`,
    )
  })

  const confirmPath = '/account/confirm-address'
  app.get(confirmPath, { schema: { ...hidden, querystring: linkQuery }, config }, async (request, reply) =>
    sendPage(
      reply,
      'Is this address yours?',
      form(
        confirmPath,
        html`<p>Confirm only if you made the account yourself.</p>${tokenInput(request.query.token)}`,
        'Confirm',
      ),
    ),
  )

  app.post(confirmPath, { schema: { ...hidden, body: tokenBody }, config }, async (request, reply) => {
    const user = await verifyEmail(deps, request.body.token)
    return sendPage(reply, 'Thank you', html`<p>${user.email} is confirmed.</p>`)
  })

  const forgotPath = '/account/forgot-password'
  app.get(forgotPath, { schema: hidden, config }, async (_request, reply) =>
    sendPage(reply, 'Choose a new password', form(forgotPath, emailInput, 'Mail me a link')),
  )

  app.post(
    forgotPath,
    { schema: { ...hidden, body: forgotPasswordBody }, config },
    async (request, reply) => {
      await forgotPassword(deps, request.body.email, request.ip)
      const text = 'If there is an account with this address, a link is on its way.'
      return sendPage(reply, 'Look into your mail', html`<p>${text}</p>`)
    },
  )

  const resetPath = '/account/reset-password'
  app.get(resetPath, { schema: { ...hidden, querystring: linkQuery }, config }, async (request, reply) => {
    const fields = html`${tokenInput(request.query.token)}${newPasswordInput}`
    return sendPage(reply, 'Choose a new password', form(resetPath, fields, 'Set the password'))
  })

  app.post(resetPath, { schema: { ...hidden, body: resetPasswordBody }, config }, async (request, reply) => {
    await resetPassword(deps, request.body, clientGone(reply))
    return sendPage(reply, 'Your password is changed', html`<p>Sign in with the new one.</p>`)
  })
}

/** Reads what HTML forms send. Of a field that comes twice the last counts. */
const readForms = (app: App) => {
  app.addContentTypeParser<string>(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: maxFormBytes },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body))),
  )
}

const paragraphs = (texts: string[]): Html => ({
  markup: texts.map((text) => html`<p>${text}</p>`.markup).join(''),
})

const form = (action: string, fields: Html, button: string): Html =>
  html`<form method="post" action="${action}">${fields}<button>${button}</button></form>`

const tokenInput = (token: string) => html`<input type="hidden" name="token" value="${token}">`
const emailInput = html`<label for="email">E-mail address</label><input id="email" name="email" type="email" required autocomplete="username">`
const newPasswordInput = html`<label for="password">Password, 8 to 128 characters</label><input id="password" name="password" type="password" required minlength="8" maxlength="128" autocomplete="new-password">`

const sendPage = (reply: FastifyReply, title: string, body: Html) =>
  reply
    .header('content-security-policy', contentSecurityPolicy)
    // The address of these pages holds a token.
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(
      html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${{ markup: style }}</style></head><body><h1>${title}</h1>${body}</body></html>`
        .markup,
    )
