import type { Duplex } from 'node:stream'
import { type AmfValue, encodeAmf0 } from './amf0.ts'
import { type Command, commandMessage, field, readCommand } from './command.ts'
import { messageTypes, type RtmpMessage } from './message.ts'
import { peerText } from './peer-text.ts'
import { ProtocolError } from './protocol-error.ts'
import { RtmpConnection } from './rtmp-connection.ts'

/** `app` and `tcUrl` as the `connect` command takes them: `live2` and `rtmp://host:1935/live2`. */
export type PublishTarget = { app: string; tcUrl: string; streamKey: string }

/** The far end's own words, at most 300 characters each; what it said of the stream key is masked. */
export type Refusal = { code: string; description: string }

export type PublishHandlers = {
  /** The far end takes media from here on, framed for this message stream in chunks of `publishChunkBytes`. */
  onAccepted(streamId: number): void
  /** At most once, before or after acceptance; the connection closes behind it. */
  onRefused(refusal: Refusal): void
  /** `bytes`: how much of all that was sent, handshake included, the far end says it has read. */
  onAcknowledged(bytes: number): void
  /** The socket takes more after `sendFramed` answered false. */
  onDrain(): void
  /** Exactly once, last. Without an error when either side ended it in order. */
  onClosed(error?: Error): void
}

type PublishStep = 'handshake' | 'connect' | 'createStream' | 'publish' | 'publishing' | 'ended'

/** The size of chunks that media must be framed with. */
export const publishChunkBytes = 65_536

const defaultNegotiationTimeoutMs = 10_000
const commandChunkStreamId = 3
const publishChunkStreamId = 4
const transactions = { connect: 1, releaseStream: 2, fcPublish: 3, createStream: 4, publish: 5 } as const

/** Shorter keys are ordinary words, which to mask says more than it hides. */
const minSecretLength = 8

/** A far end sends answers and pings, no media. */
const farEndBounds = { maxMessageBytes: 64 * 1024, maxBufferedBytes: 256 * 1024, maxChunkStreams: 16 }

/** Acknowledgements of each packet are fewer. What arrives at once is read at once, so many more would hold up all else. */
const maxMessagesAtOnce = 5_000

/** The publisher's side of one connection: negotiates, then sends what has been framed already. */
export class PublishSession {
  readonly #connection: RtmpConnection
  readonly #target: PublishTarget
  readonly #handlers: PublishHandlers
  readonly #timer: NodeJS.Timeout
  #step: PublishStep = 'handshake'
  #streamId = 0

  constructor({
    socket,
    target,
    handlers,
    negotiationTimeoutMs = defaultNegotiationTimeoutMs,
  }: {
    socket: Duplex
    target: PublishTarget
    handlers: PublishHandlers
    negotiationTimeoutMs?: number
  }) {
    this.#target = target
    this.#handlers = handlers
    this.#timer = setTimeout(
      () => this.close(new ProtocolError(`no answer to ${this.#step} in time`)),
      negotiationTimeoutMs,
    )
    socket.on('drain', handlers.onDrain)
    this.#connection = new RtmpConnection({
      socket,
      side: 'client',
      bounds: { ...farEndBounds, maxMessages: maxMessagesAtOnce },
      handlers: {
        onReady: () => this.#connect(),
        onMessage: (message) => this.#receive(message),
        onAcknowledged: handlers.onAcknowledged,
        onClosed: (error) => {
          clearTimeout(this.#timer)
          socket.off('drain', handlers.onDrain)
          handlers.onClosed(error ?? this.#unanswered())
          this.#step = 'ended'
        },
      },
    })
  }

  /** Bytes that wait in the socket's own buffer. */
  get writableBytes(): number {
    return this.#connection.socket.writableLength
  }

  /** Bytes given to the socket so far, handshake included: what `acknowledgedBytes` counts up to. */
  get bytesSent(): number {
    return this.#connection.bytesSent
  }

  /** To be called a few times a second: a far end that says more than `maxMessagesAtOnce` between two calls is disconnected. */
  listenOn(): void {
    const maxMessages = this.#connection.messagesReceived + maxMessagesAtOnce
    this.#connection.bounds = { ...farEndBounds, maxMessages }
  }

  get acknowledgedBytes(): number {
    return this.#connection.acknowledgedBytes
  }

  /** Sends chunks as they are. False: the socket's buffer is full, `onDrain` follows. */
  sendFramed(buffer: Buffer): boolean {
    return this.#connection.sendFramed(buffer)
  }

  /** Asks the far end to acknowledge every `windowBytes` that it reads. */
  requestAcknowledgements(windowBytes: number): void {
    this.#connection.requestAcknowledgements(windowBytes)
  }

  /** Says goodbye, lets the socket send what it holds, and closes within a second. */
  unpublish(): void {
    if (this.#step === 'ended') return
    if (this.#step === 'publishing') {
      this.#call('FCUnpublish', 0, this.#target.streamKey)
      this.#call('deleteStream', 0, this.#streamId)
    }
    this.#finish()
  }

  /** Closes at once; what was not sent is lost. */
  close(error?: Error): void {
    this.#step = 'ended'
    this.#connection.close(error)
  }

  /** nginx-rtmp and others refuse a stream key by closing without a word. */
  #unanswered(): Error | undefined {
    const isSettled = this.#step === 'publishing' || this.#step === 'ended'
    return isSettled ? undefined : new ProtocolError(`closed by the far end before it answered ${this.#step}`)
  }

  #connect(): void {
    this.#step = 'connect'
    const { app, tcUrl } = this.#target
    this.#send(0, commandChunkStreamId, 'connect', transactions.connect, {
      app,
      type: 'nonprivate',
      flashVer: 'FMLE/3.0 (compatible; Backlot)',
      tcUrl,
      fourCcList: ['hvc1', 'av01', 'vp09', 'Opus', 'fLaC', 'ac-3', 'ec-3'],
    })
  }

  #receive(message: RtmpMessage): void {
    if (message.type !== messageTypes.command && message.type !== messageTypes.commandAmf3) return
    const command = readCommand(message)
    if (command.name === '_result') this.#proceed(command)
    else if (command.name === '_error') this.#heedError(command)
    else if (command.name === 'onStatus') this.#heedStatus(command)
  }

  #proceed({ transactionId, values }: Command): void {
    const { streamKey } = this.#target
    if (this.#step === 'connect' && transactionId === transactions.connect) {
      this.#step = 'createStream'
      this.#connection.setOutgoingChunkSize(publishChunkBytes)
      this.#call('releaseStream', transactions.releaseStream, streamKey)
      this.#call('FCPublish', transactions.fcPublish, streamKey)
      this.#call('createStream', transactions.createStream)
    } else if (this.#step === 'createStream' && transactionId === transactions.createStream) {
      const [streamId] = values
      if (
        typeof streamId !== 'number' ||
        !Number.isInteger(streamId) ||
        streamId < 0 ||
        streamId > 0xffffffff
      ) {
        throw new ProtocolError('createStream was answered without a stream')
      }
      this.#step = 'publish'
      this.#streamId = streamId
      this.#send(streamId, publishChunkStreamId, 'publish', transactions.publish, null, streamKey, 'live')
    }
  }

  /** Many far ends know nothing of releaseStream and FCPublish, and say so; publishing works all the same. */
  #heedError(command: Command): void {
    const { connect, createStream, publish } = transactions
    const decisive: number[] = [connect, createStream, publish]
    if (decisive.includes(command.transactionId)) this.#refused(command)
  }

  #heedStatus(command: Command): void {
    const information = informationOf(command)
    if (field(information, 'level') === 'error') {
      this.#refused(command)
    } else if (this.#step === 'publish' && field(information, 'code') === 'NetStream.Publish.Start') {
      clearTimeout(this.#timer)
      this.#step = 'publishing'
      this.#handlers.onAccepted(this.#streamId)
    }
  }

  #refused(command: Command): void {
    const information = informationOf(command)
    const words = (name: string) => peerText(this.#masked(field(information, name)), 300)
    const code = words('code') ?? 'NetConnection.Call.Failed'
    const description = words('description') ?? ''
    this.#finish()
    this.#handlers.onRefused({ code, description })
  }

  /** Some far ends name the key that they refuse. */
  #masked(text: AmfValue): AmfValue {
    const { streamKey } = this.#target
    const isMasked = typeof text === 'string' && streamKey.length >= minSecretLength
    return isMasked ? text.replaceAll(streamKey, '***') : text
  }

  #finish(): void {
    clearTimeout(this.#timer)
    this.#step = 'ended'
    this.#connection.end()
  }

  #call(name: string, transactionId: number, ...values: AmfValue[]): void {
    this.#send(0, commandChunkStreamId, name, transactionId, null, ...values)
  }

  #send(streamId: number, chunkStreamId: number, ...values: AmfValue[]): void {
    this.#connection.send(commandMessage(streamId, encodeAmf0(...values)), chunkStreamId)
  }
}

/** The information object stands behind the command object; a few servers put it in its place. */
const informationOf = ({ object, values }: Command): AmfValue =>
  field(values[0], 'code') === undefined && field(object, 'code') !== undefined ? object : values[0]
