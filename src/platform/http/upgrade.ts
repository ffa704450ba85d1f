import { type IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { App } from './http-server.ts'
import { versionedUrl } from './request-url.ts'

/** A connection whose client asks to speak WebSocket from here on. */
export type Upgrade = { socket: Socket; head: Buffer; response: ServerResponse }

/** How long a client that was refused may take to read why. */
const lingerMs = 2_000
const upgrades = new WeakMap<IncomingMessage, Upgrade>()

/**
 * Lets requests to upgrade to WebSocket (RFC 6455, 4.1) at `path` pass the same pipeline and guards as all others, and be
 * refused with the same answers. Elsewhere `Upgrade` is ignored, as RFC 9110, 7.8 allows.
 */
export const routeUpgrades = (app: App, path: string): void => {
  Object.assign(app.server, {
    shouldUpgradeCallback: ({ method, headers, url = '/' }: IncomingMessage) =>
      method === 'GET' &&
      headers.upgrade?.toLowerCase() === 'websocket' &&
      versionedUrl(url).split('?', 1)[0] === path,
  })
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!(socket instanceof Socket)) {
      socket.destroy()
      return
    }
    socket.on('error', () => socket.destroy())
    const response = new ServerResponse(request)
    response.shouldKeepAlive = false
    response.assignSocket(socket)
    response.once('finish', () => {
      socket.setTimeout(lingerMs, () => socket.destroy())
      socket.end()
    })
    upgrades.set(request, { socket, head, response })
    app.routing(request, response)
  })
}

/** The connection of a request that may be upgraded, undefined for any other. Whoever takes it owns it: it gets no answer. */
export const takeUpgrade = (request: IncomingMessage): Upgrade | undefined => {
  const upgrade = upgrades.get(request)
  upgrades.delete(request)
  return upgrade
}
