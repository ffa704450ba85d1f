import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import type { Logger } from 'pino'
import { attemptLimit } from '../../../platform/attempt-limit.ts'
import { subscriberOf } from '../../../platform/net/subscriber-of.ts'
import { type IngestEnd, IngestSession, type PublishAnswer } from '../rtmp/ingest-session.ts'
import type { RtmpMessage } from '../rtmp/message.ts'

/** An encoder that wants to publish, or does. */
export type Publisher = {
  streamKey: string
  address: string
  encoder: string | undefined
  /** Everything received so far; what does not grow is stale. */
  bytesReceived: () => number
  /** To be called a few times a second: what floods between two calls is cut off. */
  listenOn: () => void
  /** Says why, in RTMP's `onStatus`, and hangs up. */
  close: (code: string, description: string) => void
}

/** Who takes a publisher's media. */
export type PublisherSink = {
  onMedia: (message: RtmpMessage) => void
  /** Exactly once. */
  onEnd: (reason: IngestEnd, error?: Error) => void
}

export type Refused = { code: string; description: string; isWrongKey: boolean }

export type IngestListenerOptions = {
  host: string
  port: number
  /** PEM texts; with them the listener speaks RTMPS. */
  tls?: { cert: string; key: string }
  log: Logger
  authorize: (publisher: Publisher) => Promise<PublisherSink | Refused>
}

const mostConnections = 2_000
/** Connections of one address that have not shown a key yet. */
const mostStrangersOfAddress = 64
/** Wrong keys of one address: 30 at once, then one each 2 s. */
const wrongKeys = { burst: 30, refillMs: 2_000 }
const keepAliveAfterMs = 10_000

/** A port that encoders publish to. */
export class IngestListener {
  readonly #options: IngestListenerOptions
  readonly #server: net.Server
  readonly #sockets = new Set<net.Socket>()
  /** Their ports by their addresses, from before the handshake of TLS on. */
  readonly #strangers = new Map<string, Set<string>>()
  readonly #attempts = attemptLimit(wrongKeys)

  constructor(options: IngestListenerOptions) {
    this.#options = options
    const accept = (socket: net.Socket) => this.#accept(socket)
    this.#server =
      options.tls === undefined
        ? net.createServer({ noDelay: true }, accept)
        : tls.createServer({ ...options.tls, noDelay: true, handshakeTimeout: 5_000 }, accept)
    this.#server.maxConnections = mostConnections
    this.#server.prependListener('connection', (socket: net.Socket) => this.#admit(socket))
    this.#server.on('tlsClientError', (_error, socket) => socket.destroy())
  }

  /** @throws EADDRINUSE, EACCES */
  async open(): Promise<void> {
    const { host, port } = this.#options
    this.#server.listen({ host, port })
    await once(this.#server, 'listening')
    this.#server.on('error', (error) => this.#options.log.warn({ err: error }, 'ingest'))
  }

  get port(): number {
    const address = this.#server.address()
    return address !== null && typeof address === 'object' ? address.port : 0
  }

  /** Takes nobody new. Who publishes goes on until `closeAll`. */
  stopListening(): void {
    this.#server.close()
  }

  closeAll(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #admit(socket: net.Socket) {
    const { remoteAddress: address, remotePort: port } = socket
    const subscriber = subscriberOf(address ?? '')
    const others = this.#strangers.get(subscriber) ?? new Set()
    if (address === undefined || port === undefined || others.size >= mostStrangersOfAddress) {
      socket.destroy()
      return
    }
    this.#strangers.set(subscriber, others.add(`${address} ${port}`))
    socket.once('close', () => this.#forgetStranger(address, port))
  }

  #accept(socket: net.Socket) {
    const { remoteAddress: address, remotePort: port } = socket
    if (socket.destroyed || address === undefined || port === undefined) {
      socket.destroy()
      return
    }
    this.#sockets.add(socket)
    socket.setKeepAlive(true, keepAliveAfterMs)
    let sink: PublisherSink | undefined
    let ended: [reason: IngestEnd, error?: Error] | undefined
    const session = new IngestSession({
      socket,
      handlers: {
        onPublish: async ({ streamKey, encoder }) => {
          const answer = await this.#authorize({
            streamKey,
            encoder,
            address,
            bytesReceived: () => session.bytesReceived,
            listenOn: () => session.listenOn(),
            close: (code, description) => session.close(code, description),
          })
          this.#forgetStranger(address, port)
          if ('onMedia' in answer) sink = answer
          // Who hangs up while his key is looked at has published for no time at all.
          if (ended !== undefined) sink?.onEnd(...ended)
          return answerOf(answer)
        },
        onMedia: (message) => sink?.onMedia(message),
        onEnd: (reason, error) => {
          this.#sockets.delete(socket)
          ended = error === undefined ? [reason] : [reason, error]
          sink?.onEnd(reason, error)
        },
      },
    })
  }

  async #authorize(publisher: Publisher): Promise<PublisherSink | Refused> {
    const subscriber = subscriberOf(publisher.address)
    if (this.#attempts.take(subscriber) > 0) return tooManyAttempts
    const answer = await this.#options.authorize(publisher)
    if (!('isWrongKey' in answer && answer.isWrongKey)) this.#attempts.giveBack(subscriber)
    return answer
  }

  #forgetStranger(address: string, port: number) {
    const subscriber = subscriberOf(address)
    const strangers = this.#strangers.get(subscriber)
    strangers?.delete(`${address} ${port}`)
    if (strangers?.size === 0) this.#strangers.delete(subscriber)
  }
}

const answerOf = (answer: PublisherSink | Refused): PublishAnswer =>
  'onMedia' in answer
    ? { accepted: true }
    : { accepted: false, code: answer.code, description: answer.description }

const tooManyAttempts: Refused = {
  code: 'NetStream.Publish.BadName',
  description: 'Too many wrong stream keys. Wait a little.',
  isWrongKey: false,
}
