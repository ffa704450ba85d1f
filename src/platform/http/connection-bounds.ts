import type { Socket } from 'node:net'
import type { App } from './http-server.ts'

/** Clients that pipeline send a few requests ahead; browsers and proxies send none. */
const mostUnanswered = 32

/**
 * Closes a connection on which more requests are unanswered. Node hands out all requests of one packet at once, and keeps
 * their answers in memory for a client that does not read: 64 kB of requests could cost a gigabyte. Does no work for a
 * client that is gone.
 */
export const boundConnections = (app: App): void => {
  const unanswered = new WeakMap<Socket, number>()
  app.addHook('onRequest', async ({ raw: { socket } }, reply) => {
    const count = (unanswered.get(socket) ?? 0) + 1
    unanswered.set(socket, count)
    if (count > mostUnanswered) socket.destroy()
    if (socket.destroyed) reply.hijack()
  })
  app.addHook('onResponse', async ({ raw: { socket } }) => {
    unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1)
  })
}
