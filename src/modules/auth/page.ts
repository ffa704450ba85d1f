import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { toAppError } from '../../platform/http/error-response.ts'
import { type Html, html } from '../../platform/http/html.ts'

const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:4rem auto;padding:0 1rem}' +
  'label,input,button{display:block;width:100%;box-sizing:border-box}input,button{font:inherit;margin:0 0 1rem;padding:.5rem}'
const styleHash = createHash('sha256').update(style).digest('base64')
const contentSecurityPolicy = `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`

/** For the one script of a page, which may talk to this server alone. */
const policyFor = (script: string) =>
  `${contentSecurityPolicy}; script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'; connect-src 'self'`

export const paragraphs = (texts: string[]): Html => ({
  markup: texts.map((text) => html`<p>${text}</p>`.markup).join(''),
})

export const links = (targets: { to: string; text: string }[]): Html => ({
  markup: targets.map(({ to, text }) => html`<p><a href="${to}">${text}</a></p>`.markup).join(''),
})

export const form = (action: string, fields: Html, button: string): Html =>
  html`<form method="post" action="${action}">${fields}<button>${button}</button></form>`

export const hiddenInput = (name: string, value: string) =>
  html`<input type="hidden" name="${name}" value="${value}">`
export const emailInput = html`<label for="email">E-mail address</label><input id="email" name="email" type="email" required autocomplete="username">`
export const newPasswordInput = html`<label for="password">Password, 8 to 128 characters</label><input id="password" name="password" type="password" required minlength="8" maxlength="128" autocomplete="new-password">`
export const passwordInput = html`<label for="password">Password</label><input id="password" name="password" type="password" required autocomplete="current-password">`
export const codeInput = html`<label for="code">Code of your app, or a recovery code</label><input id="code" name="code" required maxlength="40" autocomplete="one-time-code">`

const scriptElement = (script: string | undefined): Html => ({
  markup: script === undefined ? '' : `<script>${script}</script>`,
})

/** A page of our own, which works without scripts and loads nothing. A script, of ours and without any input, may make it easier. */
export const sendPage = (reply: FastifyReply, title: string, body: Html, script?: string) =>
  reply
    .header('content-security-policy', script === undefined ? contentSecurityPolicy : policyFor(script))
    // The address of these pages may hold a token.
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(
      html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${{ markup: style }}</style></head><body><h1>${title}</h1>${body}${scriptElement(script)}</body></html>`
        .markup,
    )

/** What went wrong, for people. */
export const sendFaultPage = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
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
}
