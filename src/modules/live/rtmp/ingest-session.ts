import type { Duplex } from 'node:stream'
import { type AmfValue, encodeAmf0 } from './amf0.ts'
import { type Command, commandMessage, readCommand, statusOf } from './command.ts'
import {
  type ConnectRequest,
  connectRejected,
  connectSucceeded,
  readConnect,
  withoutQuery,
} from './connect-request.ts'
import {
  controlChunkStreamId,
  setPeerBandwidth,
  streamBegin,
  windowAcknowledgementSize,
} from './control-messages.ts'
import { messageTypes, type RtmpMessage } from './message.ts'
import { ProtocolError } from './protocol-error.ts'
import { publishedMedia } from './published-media.ts'
import { RtmpConnection } from './rtmp-connection.ts'

/** `encoder` is what the publisher calls itself (flashVer). `tcUrl` may hold the stream key. */
export type PublishRequest = { streamKey: string; encoder: string | undefined; tcUrl: string | undefined }

/** A refusal's code is one of RTMP's, such as `NetStream.Publish.BadName`; the publisher reads both. */
export type PublishAnswer = { accepted: true } | { accepted: false; code: string; description: string }

/**
 * `unpublished`: the publisher said that it ends. `closed`: the connection ended without a word, or `close` was called.
 * `failed`: it was refused, broke the protocol or let the deadline pass.
 */
export type IngestEnd = 'unpublished' | 'closed' | 'failed'

export type IngestHandlers = {
  /** Called at most once. An answer that comes after `onEnd` changes nothing. */
  onPublish(request: PublishRequest): Promise<PublishAnswer>
  /** Audio (8), video (9) and data (18) of the accepted publisher; data without `@setDataFrame`. */
  onMedia(message: RtmpMessage): void
  /** Called exactly once, last. */
  onEnd(reason: IngestEnd, error?: Error): void
}

type IngestState = 'greeting' | 'connecting' | 'connected' | 'deciding' | 'publishing' | 'ended'

/** One stream a connection; its id in RTMP. */
const publishedStreamId = 1
const commandChunkStreamId = 3
const defaultPublishDeadlineMs = 10_000
const maxStreamKeyLength = 256
const windowBytes = 5_000_000
const outgoingChunkBytes = 65_536

/** Encoders say ten things or so before they publish; a read of the socket, with media behind them, is 64 KiB at most. */
const strangerBounds = {
  maxMessageBytes: 64 * 1024,
  maxBufferedBytes: 256 * 1024,
  maxChunkStreams: 8,
  maxMessages: 100,
  maxBytes: 256 * 1024,
}
const publisherBounds = {
  maxMessageBytes: 8 * 1024 * 1024,
  maxBufferedBytes: 16 * 1024 * 1024,
  maxChunkStreams: 32,
}

/** Between two calls of `listenOn`: far beyond any feed, and what follows a stall of half a minute. */
const maxMessagesAtOnce = 5_000

/** What of one read of the socket (at most 64 KiB) may follow `publish` before it is answered. */
const maxHeldMessages = 1_000

/** The server's side of one connection that publishes a stream: from the handshake to the last message. */
export class IngestSession {
  readonly #connection: RtmpConnection
  readonly #handlers: IngestHandlers
  readonly #deadline: NodeJS.Timeout
  #state: IngestState = 'greeting'
  #client: ConnectRequest | undefined
  #streamId = 0
  #held: RtmpMessage[] = []

  constructor({
    socket,
    handlers,
    publishDeadlineMs = defaultPublishDeadlineMs,
  }: {
    socket: Duplex
    handlers: IngestHandlers
    publishDeadlineMs?: number
  }) {
    this.#handlers = handlers
    this.#deadline = setTimeout(
      () => this.#connection.close(new ProtocolError('nothing was published in time')),
      publishDeadlineMs,
    )
    this.#connection = new RtmpConnection({
      socket,
      side: 'server',
      bounds: strangerBounds,
      handlers: {
        onReady: () => {
          this.#state = 'connecting'
        },
        onMessage: (message) => this.#receive(message),
        onClosed: (error) => this.#end(error === undefined ? 'closed' : 'failed', error),
      },
    })
  }

  /** Bytes of the whole connection so far, handshake included. */
  get bytesReceived(): number {
    return this.#connection.bytesReceived
  }

  /** To be called a few times a second: who publishes more than `maxMessagesAtOnce` between two calls is disconnected. */
  listenOn(): void {
    if (this.#state !== 'publishing') return
    const maxMessages = this.#connection.messagesReceived + maxMessagesAtOnce
    this.#connection.bounds = { ...publisherBounds, maxMessages }
  }

  /** Tells the publisher why (an onStatus of level error) and ends the connection within a second. */
  close(code: string, description: string): void {
    if (this.#state === 'ended') return
    // A peer that still shakes hands would read the words as part of that.
    if (this.#state !== 'greeting') this.#sayStatus('error', code, description)
    this.#endAfterAnswer('closed')
  }

  #receive(message: RtmpMessage): void {
    switch (message.type) {
      case messageTypes.command:
      case messageTypes.commandAmf3:
        this.#obey(readCommand(message), message.streamId)
        break
      case messageTypes.audio:
      case messageTypes.video:
      case messageTypes.data:
      case messageTypes.dataAmf3:
      case messageTypes.aggregate:
        this.#receiveMedia(message)
    }
  }

  #receiveMedia(message: RtmpMessage): void {
    if (this.#state === 'publishing') {
      this.#deliver(message)
    } else if (this.#state === 'deciding') {
      // nginx-rtmp and others do not wait for the answer; these came in the same read of the socket.
      if (this.#held.length === maxHeldMessages) throw new ProtocolError('too much before the answer')
      this.#held.push(message)
    } else {
      throw new ProtocolError('media before publish')
    }
  }

  #deliver(message: RtmpMessage): void {
    for (const part of publishedMedia(message)) {
      // A consumer may close the session for what a part says.
      if (this.#state === 'publishing') this.#handlers.onMedia(part)
    }
  }

  #obey(command: Command, streamId: number): void {
    if (this.#state === 'connecting' && command.name !== 'connect') {
      throw new ProtocolError('a command before connect')
    }
    switch (command.name) {
      case 'connect':
        this.#connect(command)
        break
      case 'releaseStream':
      case 'FCPublish':
        this.#answer(0, '_result', command.transactionId, null, undefined)
        break
      case 'createStream':
        this.#answer(0, '_result', command.transactionId, null, publishedStreamId)
        break
      case 'publish':
        this.#publish(command, streamId)
        break
      case 'play':
      case 'play2':
        this.#streamId = streamId
        this.#refuse('NetStream.Play.Failed', 'This server takes streams and plays none.')
        break
      case 'FCUnpublish':
      case 'closeStream':
      case 'deleteStream':
        this.#unpublish()
    }
  }

  #connect(command: Command): void {
    if (this.#state !== 'connecting') throw new ProtocolError('a second connect')
    this.#client = readConnect(command)
    if (this.#client === undefined) {
      this.#answer(0, '_error', command.transactionId, ...connectRejected)
      this.#endAfterAnswer('failed', new ProtocolError('unknown application'))
      return
    }
    this.#state = 'connected'
    this.#connection.send(windowAcknowledgementSize(windowBytes), controlChunkStreamId)
    this.#connection.send(setPeerBandwidth(windowBytes), controlChunkStreamId)
    this.#connection.setOutgoingChunkSize(outgoingChunkBytes)
    this.#answer(0, '_result', command.transactionId, ...connectSucceeded)
  }

  #publish({ values: [name] }: Command, streamId: number): void {
    if (this.#state !== 'connected' || this.#client === undefined) throw new ProtocolError('a second publish')
    const { keyInApp, encoder, tcUrl } = this.#client
    this.#streamId = streamId
    const streamKey = (typeof name === 'string' && withoutQuery(name)) || keyInApp
    if (streamKey === '' || streamKey.length > maxStreamKeyLength) {
      this.#refuse('NetStream.Publish.BadName', 'The name to publish under is the stream key.')
      return
    }
    this.#state = 'deciding'
    // A stranger's media waits in the network; the little that is read already may be the start of a large message.
    this.#connection.socket.pause()
    this.#connection.bounds = { ...publisherBounds, maxChunkStreams: strangerBounds.maxChunkStreams }
    this.#decide({ streamKey, encoder, tcUrl }).catch((error: Error) => this.#connection.close(error))
  }

  async #decide(request: PublishRequest): Promise<void> {
    let answer: PublishAnswer
    try {
      answer = await this.#handlers.onPublish(request)
    } catch (error) {
      this.#refuse('NetStream.Publish.Failed', 'The server cannot take a stream now.', error)
      return
    }
    if (this.#state !== 'deciding') return
    if (answer.accepted) this.#accept()
    else this.#refuse(answer.code, answer.description)
  }

  #accept(): void {
    clearTimeout(this.#deadline)
    this.#state = 'publishing'
    this.listenOn()
    this.#connection.send(streamBegin(this.#streamId), controlChunkStreamId)
    const status = statusOf('status', 'NetStream.Publish.Start', 'Publishing.')
    this.#answer(this.#streamId, 'onFCPublish', 0, null, status)
    this.#answer(this.#streamId, 'onStatus', 0, null, status)
    const held = this.#held
    this.#held = []
    for (const message of held) this.#deliver(message)
    this.#connection.socket.resume()
  }

  #unpublish(): void {
    // Some encoders clear an old name away before they publish.
    if (this.#state !== 'publishing' && this.#state !== 'deciding') return
    this.#sayStatus('status', 'NetStream.Unpublish.Success', 'The stream has ended.')
    this.#endAfterAnswer('unpublished')
  }

  #refuse(code: string, description: string, cause?: unknown): void {
    if (this.#state === 'ended') return
    this.#sayStatus('error', code, description)
    this.#endAfterAnswer('failed', new Error(`${code}: ${description}`, { cause }))
  }

  #sayStatus(level: 'status' | 'error', code: string, description: string): void {
    this.#answer(this.#streamId, 'onStatus', 0, null, statusOf(level, code, description))
  }

  #answer(streamId: number, name: string, transactionId: number, ...values: AmfValue[]): void {
    const payload = encodeAmf0(name, transactionId, ...values)
    this.#connection.send(commandMessage(streamId, payload), commandChunkStreamId)
  }

  #endAfterAnswer(reason: IngestEnd, error?: Error): void {
    this.#connection.end()
    this.#end(reason, error)
  }

  #end(reason: IngestEnd, error?: Error): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    clearTimeout(this.#deadline)
    this.#held = []
    this.#handlers.onEnd(reason, error)
  }
}
