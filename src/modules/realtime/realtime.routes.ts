import type { FastifyReply, FastifyRequest } from 'fastify'
import { WebSocketServer } from 'ws'
import { z } from 'zod'
import { AppError, forbidden } from '../../platform/errors.ts'
import { errorSchema } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { takeUpgrade } from '../../platform/http/upgrade.ts'
import { findActorState, type IdentifyDeps, type Identity, identifyToken } from '../auth/identify.ts'
import type { RealtimeHub } from './realtime-hub.ts'

declare module 'fastify' {
  interface FastifySchema {
    /** What goes over the WebSocket that a route opens, either way. */
    'x-websocket-messages'?: Record<'client' | 'server', { $ref: string }>
  }
}

export const realtimePath = '/v1/realtime'

export type RealtimeDeps = {
  hub: RealtimeHub
  auth: IdentifyDeps & { publicUrl: string; corsOrigins: string[] }
}

const longestMessageBytes = 4_096

const description = `A WebSocket (RFC 6455) that tells what happens to your jobs, generations, projects, and what you are notified of.
Messages are JSON objects. Send \`Authorization\`, or within 5 s \`{"type":"authenticate","token":"..."}\` with an access token or API
key; then \`{"type":"subscribe","topic":"jobs/<id>","after":0}\`. Topics: \`jobs/<id>\`, \`generations/<id>\`, \`projects/<id>\`,
\`notifications\`. Each event has the number \`seq\`: give the last one that you have seen as \`after\` to resume without loss.`

/** OpenAPI knows no WebSockets. */
const messages = {
  client: { $ref: '#/components/schemas/RealtimeRequestInput' },
  server: { $ref: '#/components/schemas/RealtimeMessage' },
}

/** `GET /realtime`: everybody may open a socket; who he is he says on the way or on it, before he hears anything. */
export const realtimeRoutes =
  ({ hub, auth }: RealtimeDeps) =>
  async (app: App) => {
    const trustedOrigins = new Set([auth.publicUrl, ...auth.corsOrigins])
    const server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: longestMessageBytes,
    })
    app.get(
      '/realtime',
      {
        schema: {
          tags: ['realtime'],
          summary: 'Open a socket for events',
          description,
          'x-websocket-messages': messages,
          response: { 101: z.null().describe('The connection is a WebSocket now.'), 426: errorSchema },
        },
        config: { access: 'anyone' },
      },
      async (request, reply) => {
        const upgrade = takeUpgrade(request.raw)
        if (upgrade === undefined) throw upgradeRequired(reply)
        requireTrustedOrigin(request, trustedOrigins)
        hub.requireRoom()
        const identity = await identityOf(auth, request)
        const { socket, head, response } = upgrade
        reply.hijack()
        response.detachSocket(socket)
        server.handleUpgrade(request.raw, socket, head, (webSocket) => hub.add(webSocket, identity))
        return reply
      },
    )
    app.addHook('preClose', () => hub.close())
  }

const upgradeRequired = (reply: FastifyReply) => {
  reply.header('upgrade', 'websocket').header('connection', 'upgrade')
  return new AppError(426, 'UPGRADE_REQUIRED', 'Open this address as a WebSocket.')
}

/**
 * Browsers let a page of any site open a socket, with our cookie, and say in `Origin` which one it is (RFC 6455, 10.2). Programs
 * send none, and no cookie either.
 * @throws 403 `ORIGIN_REFUSED`
 */
const requireTrustedOrigin = (request: FastifyRequest, trustedOrigins: ReadonlySet<string>): void => {
  const { origin, authorization } = request.headers
  if (origin === undefined) {
    if (request.actor !== undefined && authorization === undefined) throw originRefused()
    return
  }
  if (origin !== `${request.protocol}://${request.host}` && !trustedOrigins.has(origin)) throw originRefused()
}

const originRefused = () => forbidden('A page of this origin may not open a socket here.', 'ORIGIN_REFUSED')

/** Who the guard has let in, with what it does not need to know: until when. */
const identityOf = async (auth: IdentifyDeps, request: FastifyRequest): Promise<Identity | undefined> => {
  const { actor, loggedUser } = request
  if (actor === undefined || loggedUser === undefined) return undefined
  const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  if (token !== undefined) return identifyToken(auth, token)
  return (await findActorState(auth, actor)) && { actor, loggedUser }
}
