import type { WebSocket } from 'ws'
import type { ServerMessage } from './realtime.schema.ts'

/** What may wait in this process for a client that does not read; what is on its way in the network is beside that. */
const mostBufferedBytes = 1_024 * 1_024
const flushTimeoutMs = 20_000

/** Sends to one client, and calls `tooSlow` once, when it does not take what it is sent. */
export const createOutbox = (socket: WebSocket, tooSlow: () => void) => {
  let unsent = 0
  const whenSent: (() => void)[] = []
  let isTooSlow = false

  const giveUp = () => {
    if (!isTooSlow) tooSlow()
    isTooSlow = true
  }
  const sent = () => {
    unsent -= 1
    if (unsent > 0) return
    for (const resolve of whenSent.splice(0)) resolve()
  }

  return {
    send: (message: ServerMessage) => {
      if (socket.readyState !== socket.OPEN || isTooSlow) return
      unsent += 1
      socket.send(JSON.stringify(message), sent)
      if (socket.bufferedAmount > mostBufferedBytes) giveUp()
    },
    /** Resolves when all has been handed to the network, or the client is given up. */
    flushed: async () => {
      if (unsent === 0) return
      const timer = setTimeout(() => {
        giveUp()
        for (const resolve of whenSent.splice(0)) resolve()
      }, flushTimeoutMs)
      await new Promise<void>((resolve) => whenSent.push(resolve))
      clearTimeout(timer)
    },
  }
}
