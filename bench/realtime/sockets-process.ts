import { once } from 'node:events'
import { WebSocket } from 'ws'

/** Opens sockets that are signed in and subscribed, forked by `realtime.ts`, and keeps them open until it is ended. */
export type SocketsOrder = { port: number; sockets: { token: string; topics: string[] }[] }

const openedTogether = 50

const open = async (port: number, { token, topics }: SocketsOrder['sockets'][number]) => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/realtime`, {
    headers: { authorization: `Bearer ${token}` },
    perMessageDeflate: false,
  })
  socket.on('error', (error) => console.error(error.message))
  socket.on('close', (code, reason) => console.error(`closed with ${code} ${reason}`))
  await once(socket, 'open')
  const subscribed = Promise.withResolvers<void>()
  let missing = topics.length
  socket.on('message', (data) => {
    if (!String(data).includes('"subscribed"')) return
    missing -= 1
    if (missing === 0) subscribed.resolve()
  })
  for (const topic of topics) socket.send(JSON.stringify({ type: 'subscribe', topic }))
  await subscribed.promise
}

process.on('message', async ({ port, sockets }: SocketsOrder) => {
  for (let first = 0; first < sockets.length; first += openedTogether) {
    await Promise.all(sockets.slice(first, first + openedTogether).map((each) => open(port, each)))
  }
  process.send?.({ opened: sockets.length })
})
process.send?.({})
