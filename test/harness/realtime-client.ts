import { once } from 'node:events'
import { expect } from 'vitest'
import { WebSocket } from 'ws'

export type Told = { type: string; topic?: string; seq?: number; event?: string; code?: string } & Record<
  string,
  unknown
>

type Options = { token?: string; headers?: Record<string, string>; origin?: string }

/** A client of `/v1/realtime` that keeps all it is told, and how it was closed. */
export const connectRealtime = async (url: string, { token, headers = {}, origin }: Options = {}) => {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/realtime`, {
    headers: { ...headers, ...authorization },
    ...(origin === undefined ? {} : { origin }),
  })
  const told: Told[] = []
  let closed: { code: number; reason: string } | undefined
  socket.on('message', (data) => void told.push(JSON.parse(String(data))))
  socket.on('close', (code, reason) => {
    closed = { code, reason: String(reason) }
  })
  socket.on('error', () => undefined)
  const refused = once(socket, 'unexpected-response').then(([, response]) => {
    throw new Error(`refused with ${response.statusCode}`)
  })
  await Promise.race([once(socket, 'open'), refused])
  refused.catch(() => undefined)
  const of = (type: string, topic?: string) =>
    told.filter((each) => each.type === type && (topic === undefined || each.topic === topic))
  return {
    socket,
    told,
    of,
    say: (message: object | string) =>
      socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    /** The numbers of the events that were told, in the order of telling. */
    seqs: (topic: string) => of('event', topic).map(({ seq }) => seq),
    until: (type: string, count = 1) =>
      expect.poll(() => of(type).length, { timeout: 10_000, interval: 5 }).toBeGreaterThanOrEqual(count),
    closed: async () => {
      await expect.poll(() => closed, { timeout: 10_000, interval: 5 }).toBeDefined()
      return closed
    },
    isOpen: () => socket.readyState === socket.OPEN,
    close: () => socket.terminate(),
  }
}

export type RealtimeClient = Awaited<ReturnType<typeof connectRealtime>>

/** Clients of an app that are there by then, of which none stays open after `closeAll`. */
export const realtimeClients = (app: () => { url: string }) => {
  const clients: RealtimeClient[] = []
  const connect = async (options: Options = {}, to = app()) => {
    const client = await connectRealtime(to.url, options)
    clients.push(client)
    return client
  }
  const signedIn = async (token: string, to = app()) => {
    const client = await connect({ token }, to)
    await client.until('authenticated')
    return client
  }
  const closeAll = () => {
    for (const client of clients.splice(0)) client.close()
  }
  return { connect, signedIn, closeAll }
}
