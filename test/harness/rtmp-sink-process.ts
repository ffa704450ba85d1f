import { once } from 'node:events'
import net from 'node:net'
import { IngestSession, type PublishAnswer } from '../../src/modules/live/rtmp/ingest-session.ts'
import type { SinkAnswer, SinkBehaviour, SinkCommand, SinkLatency, SinkReport } from './rtmp-sink.ts'
import { SinkStreamCounter } from './rtmp-sink-stream.ts'
import { readSendStamp, stampClockMs } from './send-stamp.ts'

const mostLatencies = 500_000
/** Far beyond any test: a publish may be held. */
const publishDeadlineMs = 3_600_000

const listeners = new Map<number, { server: net.Server; sockets: Set<net.Socket> }>()
const streams = new Map<string, SinkStreamCounter>()
const behaviours = new Map<string | undefined, SinkBehaviour>()
let latenciesMs: number[] = []

const behaviourOf = (key: string): SinkBehaviour =>
  behaviours.get(key) ?? behaviours.get(undefined) ?? { kind: 'read' }

const open = async (port: number): Promise<number> => {
  const sockets = new Set<net.Socket>()
  const server = net.createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    take(socket)
  })
  server.listen({ port, host: '127.0.0.1' })
  await once(server, 'listening')
  const address = server.address()
  const actual = address !== null && typeof address === 'object' ? address.port : port
  listeners.set(actual, { server, sockets })
  return actual
}

const close = (port: number): void => {
  const listener = listeners.get(port)
  if (listener === undefined) throw new Error(`The sink does not listen on ${port}`)
  listeners.delete(port)
  listener.server.close()
  for (const socket of listener.sockets) socket.destroy()
}

/** A session bounds what it takes between two calls. */
const listenOnEveryMs = 200

const take = (socket: net.Socket): void => {
  const connectedAtMs = stampClockMs()
  let stream: SinkStreamCounter | undefined
  const session: IngestSession = new IngestSession({
    socket,
    publishDeadlineMs,
    handlers: {
      onPublish: async ({ streamKey }): Promise<PublishAnswer> => {
        const behaviour = behaviourOf(streamKey)
        if (behaviour.kind === 'hold') return await new Promise<PublishAnswer>(() => undefined)
        if (behaviour.kind === 'refuse') {
          return { accepted: false, code: behaviour.code, description: behaviour.description }
        }
        stream = streams.get(streamKey) ?? new SinkStreamCounter(streamKey)
        streams.set(streamKey, stream)
        stream.begin(socket, session, connectedAtMs, behaviour)
        return { accepted: true }
      },
      onMedia: (message) => {
        stream?.count(message)
        const sentAtMs = message.type === 8 ? readSendStamp(message.payload) : undefined
        if (sentAtMs === undefined || latenciesMs.length === mostLatencies) return
        latenciesMs.push(stampClockMs() - sentAtMs)
      },
      onEnd: (reason, error) => {
        clearInterval(listening)
        stream?.finish(session, reason, error)
      },
    },
  })
  const listening = setInterval(() => session.listenOn(), listenOnEveryMs)
}

const latency = (): SinkLatency => {
  const sorted = Float64Array.from(latenciesMs).sort()
  const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
  return { samples: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), largestMs: at(1) }
}

const report = (): SinkReport => ({
  streams: [...streams.values()].map((stream) => stream.report()),
  latency: latency(),
})

const obey = async (command: SinkCommand): Promise<Omit<SinkAnswer, 'id'>> => {
  switch (command.do) {
    case 'open':
      return { port: await open(command.port) }
    case 'close':
      close(command.port)
      return {}
    case 'behave':
      behaviours.set(command.key, command.behaviour)
      for (const [key, stream] of streams) stream.behave(behaviourOf(key))
      return {}
    case 'dismiss':
      streams.get(command.key)?.dismiss(command.code, command.description)
      return {}
    case 'break':
      streams.get(command.key)?.break()
      return {}
    case 'forget':
      for (const stream of streams.values()) stream.forget()
      latenciesMs = []
      return {}
    case 'report':
      return { report: report() }
  }
}

process.on('message', ({ id, command }: { id: number; command: SinkCommand }) => {
  obey(command)
    .catch((error: Error) => ({ error: error.message }))
    .then((answer) => process.send?.({ id, ...answer }))
})
process.on('disconnect', () => process.exit(0))
process.send?.('ready')
