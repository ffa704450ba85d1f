import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError } from '../../../platform/errors.ts'
import { html } from '../../../platform/http/html.ts'
import type { App } from '../../../platform/http/http-server.ts'
import type { AuthDeps } from '../auth-deps.ts'
import { clientOf } from '../client-of.ts'
import { sendFaultPage, sendPage } from '../page.ts'
import { enter, sendCodePage } from '../sign-in-page.ts'
import { type FlowOutcome, finishFlow, requireFlow } from './finish-flow.ts'
import { clearFlowCookie, type Flow, flowOf } from './flow-cookie.ts'
import { callbackQuery, providerParams } from './oauth.schema.ts'
import type { SignInProviders } from './open-providers.ts'
import { isPathOfOurs, withParameter } from './return-to.ts'

/** Where providers send browsers back to. What goes wrong is told to the app that waits, else on a page. */
export const callbackRoute = (deps: AuthDeps, providers: SignInProviders, app: App): void => {
  app.get(
    '/auth/oauth/:provider/callback',
    {
      schema: {
        tags: ['auth'],
        summary: 'End a sign-in by a provider',
        description:
          'The address to register at the provider, which sends browsers here. An app gets `code`, or `error` with the code ' +
          'of what went wrong, at its `returnTo`.',
        params: providerParams,
        querystring: callbackQuery,
        response: { 200: z.string().describe('A page.'), 303: z.null().describe('To `returnTo`.') },
      },
      config: { access: 'public' },
      errorHandler: sendFault,
    },
    async (request, reply) => {
      // The address holds the provider's code.
      reply.header('referrer-policy', 'no-referrer')
      const provider = providers.get(request.params.provider)
      const flow = requireFlow(flowOf(request, deps.keys), provider, request.query.state)
      clearFlowCookie(reply)
      try {
        const answer = new URLSearchParams(request.query)
        return leave(request, reply, flow, await finishFlow(deps, provider, flow, answer, clientOf(request)))
      } catch (error) {
        if (!(error instanceof AppError) || !isAppsOwn(flow.returnTo)) throw error
        return reply.redirect(withParameter(flow.returnTo, 'error', error.code), 303)
      }
    },
  )
}

const sendFault = (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
  const isPage = request.headers.accept?.includes('text/html') ?? false
  return isPage ? sendFaultPage(error, request, reply) : reply.send(error)
}

const isAppsOwn = (returnTo: string | undefined): returnTo is string =>
  returnTo !== undefined && !isPathOfOurs(returnTo)

const leave = (
  request: FastifyRequest,
  reply: FastifyReply,
  { returnTo = '' }: Flow,
  outcome: FlowOutcome,
) => {
  switch (outcome.kind) {
    case 'session':
      return enter(request, reply, outcome.opened, returnTo)
    case 'second-factor':
      return sendCodePage(reply, outcome.challenge.challengeToken, returnTo)
    case 'code':
      return reply.redirect(withParameter(returnTo, 'code', outcome.code), 303)
    case 'done':
      return returnTo === ''
        ? sendPage(reply, 'Thank you', html`<p>That is done. You can close this page.</p>`)
        : reply.redirect(isAppsOwn(returnTo) ? new URL(returnTo).href : returnTo, 303)
  }
}
