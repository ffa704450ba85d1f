import type { FastifyReply } from 'fastify'
import { sessionDays } from './sessions.ts'

/** The prefix makes browsers refuse the cookie unless it is Secure, for all of this host, and set by this host. */
export const sessionCookie = '__Host-backlot'

const attributes = { httpOnly: true, secure: true, sameSite: 'lax', path: '/' } as const

export const setSessionCookie = (reply: FastifyReply, token: string): void => {
  reply.setCookie(sessionCookie, token, { ...attributes, maxAge: sessionDays * 24 * 60 * 60 })
}

export const clearSessionCookie = (reply: FastifyReply): void => {
  reply.clearCookie(sessionCookie, attributes)
}
