import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { openText, sealText } from '../../../platform/config/sealed-text.ts'
import type { AuthKeys } from '../auth-keys.ts'

/** How long somebody may take at the provider. */
export const flowMinutes = 10

const forUser = { userId: z.uuid(), sessionId: z.uuid() }
const purposeSchema = z.discriminatedUnion('purpose', [
  z.object({ purpose: z.literal('sign-in'), codeChallenge: z.string().optional() }),
  z.object({ purpose: z.literal('link'), ...forUser }),
  z.object({ purpose: z.literal('reauthenticate'), ...forUser }),
])
const flowSchema = z.object({
  provider: z.string(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  startedAtMs: z.number(),
  /** Where the browser goes in the end: checked when the flow began. */
  returnTo: z.string().optional(),
  aim: purposeSchema,
})

/** What a sign-in elsewhere was begun for. */
export type FlowAim = z.infer<typeof purposeSchema>
export type Flow = z.infer<typeof flowSchema>

type FlowKeys = Pick<AuthKeys, 'oauthFlow'>

const flowCookie = '__Host-backlot-oauth'
// Lax lets the provider's redirect bring it along.
const attributes = { httpOnly: true, secure: true, sameSite: 'lax', path: '/' } as const
const context = 'oauth-flow'

/**
 * Keeps a sign-in that is underway in the browser that began it, sealed: nobody else can go on with it, and whoever begins
 * and never ends costs nothing. The one begun last counts.
 */
export const setFlowCookie = (reply: FastifyReply, keys: FlowKeys, flow: Flow): void => {
  const value = sealText(keys.oauthFlow, JSON.stringify(flow), context).toString('base64url')
  reply.setCookie(flowCookie, value, { ...attributes, maxAge: flowMinutes * 60 })
}

export const clearFlowCookie = (reply: FastifyReply): void => {
  reply.clearCookie(flowCookie, attributes)
}

/** Undefined for none, one that was made up, and one that took too long. */
export const flowOf = (request: FastifyRequest, keys: FlowKeys): Flow | undefined => {
  const flow = opened(request.cookies[flowCookie] ?? '', keys)
  const isOver = flow === undefined || Date.now() - flow.startedAtMs > flowMinutes * 60_000
  return isOver ? undefined : flow
}

const opened = (value: string, { oauthFlow }: FlowKeys): Flow | undefined => {
  try {
    return flowSchema.parse(JSON.parse(openText(oauthFlow, Buffer.from(value, 'base64url'), context)))
  } catch {
    return undefined
  }
}
