import { z } from 'zod'
import { clientGone } from '../../platform/http/client-gone.ts'
import { html } from '../../platform/http/html.ts'
import type { App } from '../../platform/http/http-server.ts'
import { hasAdmin } from '../users/users.service.ts'
import { forgotPasswordBody, resetPasswordBody, setupBody, verifyEmailBody } from './auth.schema.ts'
import type { AuthDeps } from './auth-deps.ts'
import { verifyEmail } from './email-verification.ts'
import { setUpFirstAdmin } from './first-admin.ts'
import {
  emailInput,
  form,
  hiddenInput,
  links,
  newPasswordInput,
  passwordInput,
  sendFaultPage,
  sendPage,
} from './page.ts'
import { forgotPassword, resetPassword } from './password-reset.ts'
import { signInPage } from './sign-in-page.ts'

const maxFormBytes = 16 * 1024

/** A link's token. It is only used when the form is sent: programs that look into mails open links too. */
const linkQuery = z.object({ token: z.string().max(200).default('') })

const hidden = { hide: true }
const config = { access: 'public' } as const

/** The pages that mailed links lead to, and the one to sign in: plain forms that work without scripts. They have no version. */
export const accountPages = (deps: AuthDeps) => async (app: App) => {
  readForms(app)
  app.setErrorHandler(sendFaultPage)

  app.get('/setup', { schema: { ...hidden, querystring: linkQuery }, config }, async (request, reply) => {
    if (await hasAdmin(deps.db)) return sendPage(reply, 'Backlot', html`<p>There is an admin already.</p>`)
    const fields = html`${hiddenInput('token', request.query.token)}${emailInput}${newPasswordInput}`
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

  signInPage(app, deps)

  const forgotPath = '/account/forgot-password'
  const confirmPath = '/account/confirm-address'
  app.get(confirmPath, { schema: { ...hidden, querystring: linkQuery }, config }, async (request, reply) => {
    const fields = html`<p>Enter the password with which you made the account.</p>${hiddenInput('token', request.query.token)}${passwordInput}`
    const text = 'I did not make this account, or have forgotten its password'
    return sendPage(
      reply,
      'Is this address yours?',
      html`${form(confirmPath, fields, 'Confirm')}${links([{ to: forgotPath, text }])}`,
    )
  })

  const confirmBody = verifyEmailBody.required()
  app.post(confirmPath, { schema: { ...hidden, body: confirmBody }, config }, async (request, reply) => {
    const user = await verifyEmail(deps, request.body, { address: request.ip }, clientGone(reply))
    return sendPage(reply, 'Thank you', html`<p>${user.email} is confirmed.</p>`)
  })

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
    const fields = html`${hiddenInput('token', request.query.token)}${newPasswordInput}`
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
