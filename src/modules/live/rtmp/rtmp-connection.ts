import type { Duplex } from 'node:stream'
import { type ChunkBounds, ChunkReader } from './chunk-reader.ts'
import {
  acknowledgement,
  continueCount,
  controlChunkStreamId,
  pingResponse,
  setChunkSize,
  userControlEvents,
  windowAcknowledgementSize,
} from './control-messages.ts'
import { frameMessage } from './frame-message.ts'
import { ClientHandshake, ServerHandshake } from './handshake.ts'
import { messageTypes, type RtmpMessage } from './message.ts'
import { ProtocolError } from './protocol-error.ts'

/**
 * `onMessage`: everything that is not connection control; what it throws closes the connection. `onAcknowledged`: all
 * bytes that the peer says it has. `onClosed`: exactly once, after the socket closed; without an error when either
 * side ended it in order.
 */
export type RtmpConnectionHandlers = {
  onReady(): void
  onMessage(message: RtmpMessage): void
  onAcknowledged?(bytes: number): void
  onClosed(error?: Error): void
}

const defaultHandshakeTimeoutMs = 5_000
const flushTimeoutMs = 1_000
const defaultChunkBytes = 128
const maxUnsentReplyBytes = 1024 * 1024
/** What the socket's queue spends on a write beside its bytes. */
const queuedWriteBytes = 256

/** One RTMP connection over an open or opening socket, which it owns: handshake, chunks, acknowledgements, pings. */
export class RtmpConnection {
  readonly socket: Duplex
  readonly #handlers: RtmpConnectionHandlers
  readonly #reader: ChunkReader
  #handshake: ServerHandshake | ClientHandshake | undefined
  #timer: NodeJS.Timeout
  #state: 'open' | 'ending' | 'closed' = 'open'
  #closeError: Error | undefined
  #bytesReceived = 0
  #bytesSent = 0
  #outgoingChunkBytes = defaultChunkBytes
  #unsentReplyBytes = 0
  /** The window the peer asked us to acknowledge; until it asks, nothing is owed. */
  #owedWindowBytes = Number.POSITIVE_INFINITY
  #acknowledgedToPeerBytes = 0
  #requestedWindowBytes = Number.POSITIVE_INFINITY
  /** As the peer counts; its wrapped sequence numbers continue it. */
  #peerCountBytes = 0

  constructor(options: {
    socket: Duplex
    side: 'server' | 'client'
    bounds: ChunkBounds
    handlers: RtmpConnectionHandlers
    handshakeTimeoutMs?: number
  }) {
    const { socket, handshakeTimeoutMs = defaultHandshakeTimeoutMs } = options
    this.socket = socket
    this.#handlers = options.handlers
    this.#reader = new ChunkReader(options.bounds)
    this.#timer = setTimeout(() => this.close(new ProtocolError('handshake timed out')), handshakeTimeoutMs)
    socket.on('data', (data: Buffer) => this.#receive(data))
    socket.on('end', () => this.end())
    socket.on('error', (error) => {
      this.#closeError ??= error
    })
    if (socket.closed) process.nextTick(() => this.#finish())
    else socket.once('close', () => this.#finish())
    if (options.side === 'server') {
      this.#handshake = new ServerHandshake()
    } else {
      const handshake = new ClientHandshake()
      this.#handshake = handshake
      this.sendFramed(handshake.start())
    }
  }

  get bounds(): ChunkBounds {
    return this.#reader.bounds
  }

  set bounds(bounds: ChunkBounds) {
    this.#reader.bounds = bounds
  }

  /** Everything off the socket, handshake included. */
  get bytesReceived(): number {
    return this.#bytesReceived
  }

  /** Complete ones of any kind, control included. */
  get messagesReceived(): number {
    return this.#reader.messagesRead
  }

  /** Everything given to the socket, whether or not it has left. */
  get bytesSent(): number {
    return this.#bytesSent
  }

  /** What the peer says it has received; never more than was sent. */
  get acknowledgedBytes(): number {
    return Math.min(this.#peerCountBytes, this.#bytesSent)
  }

  /** For commands and control. A peer that leaves 1 MiB of these unread is disconnected. */
  send(message: RtmpMessage, chunkStreamId: number): void {
    if (this.#state !== 'open') return
    const frame = frameMessage(message, chunkStreamId, this.#outgoingChunkBytes)
    const cost = frame.length + queuedWriteBytes
    this.#unsentReplyBytes += cost
    this.#bytesSent += frame.length
    this.socket.write(frame, () => {
      this.#unsentReplyBytes -= cost
      this.#acknowledge()
    })
    if (this.#unsentReplyBytes > maxUnsentReplyBytes) this.close(new ProtocolError('the peer does not read'))
  }

  /** Bytes already framed with the current outgoing chunk size. False: wait for the socket's `drain`. */
  sendFramed(buffer: Buffer): boolean {
    if (this.#state !== 'open') return false
    this.#bytesSent += buffer.length
    return this.socket.write(buffer)
  }

  /** Tells the peer, and frames what follows accordingly. */
  setOutgoingChunkSize(bytes: number): void {
    this.send(setChunkSize(bytes), controlChunkStreamId)
    this.#outgoingChunkBytes = bytes
  }

  /** Asks the peer to acknowledge every `windowBytes` that it receives. */
  requestAcknowledgements(windowBytes: number): void {
    this.#requestedWindowBytes = windowBytes
    this.send(windowAcknowledgementSize(windowBytes), controlChunkStreamId)
  }

  /** Ends it at once; what is not sent is lost. */
  close(error?: Error): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#closeError ??= error
    this.socket.destroy()
  }

  /** Sends what is queued, then closes; within a second in any case. Nothing more is received. */
  end(): void {
    if (this.#state !== 'open') return
    this.#state = 'ending'
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.close(), flushTimeoutMs)
    // What still arrives is read and dropped: closing on unread bytes would reset the connection and lose our last words.
    this.socket.resume()
    this.socket.end()
  }

  #finish(): void {
    clearTimeout(this.#timer)
    this.#state = 'closed'
    this.#handlers.onClosed(this.#closeError)
  }

  #receive(data: Buffer): void {
    if (this.#state !== 'open') return
    this.#bytesReceived += data.length
    try {
      const chunks = this.#handshake ? this.#shakeHands(this.#handshake, data) : data
      if (!chunks) return
      this.#reader.read(chunks, (message) => this.#handle(message))
      this.#acknowledge()
    } catch (error) {
      this.close(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #shakeHands(handshake: ServerHandshake | ClientHandshake, data: Buffer): Buffer | undefined {
    const { reply, rest } = handshake.read(data)
    if (reply) this.sendFramed(reply)
    if (!rest) return undefined
    this.#handshake = undefined
    clearTimeout(this.#timer)
    this.#handlers.onReady()
    return rest
  }

  #handle(message: RtmpMessage): void {
    if (this.#state !== 'open') return
    const { type, payload } = message
    switch (type) {
      case messageTypes.acknowledgement:
        this.#readAcknowledgement(readUint32(payload, 0))
        break
      case messageTypes.windowAcknowledgementSize:
        this.#owedWindowBytes = readUint32(payload, 0) || Number.POSITIVE_INFINITY
        break
      case messageTypes.setPeerBandwidth:
        this.#limitBandwidth(readUint32(payload, 0))
        break
      case messageTypes.userControl:
        this.#readUserControl(payload)
        break
      default:
        this.#handlers.onMessage(message)
    }
  }

  #readUserControl(payload: Buffer): void {
    if (payload.length < 2) throw new ProtocolError('truncated control message')
    if (payload.readUInt16BE(0) !== userControlEvents.pingRequest) return
    this.send(pingResponse(readUint32(payload, 2)), controlChunkStreamId)
  }

  #readAcknowledgement(sequenceNumber: number): void {
    const countBytes = continueCount(this.#peerCountBytes, sequenceNumber)
    if (countBytes === this.#peerCountBytes) return
    this.#peerCountBytes = countBytes
    this.#handlers.onAcknowledged?.(this.acknowledgedBytes)
  }

  /** Section 5.4.5 wants the window announced when it changes; one that we asked for, if smaller, keeps the limit too. */
  #limitBandwidth(windowBytes: number): void {
    if (windowBytes > 0 && windowBytes < this.#requestedWindowBytes) this.requestAcknowledgements(windowBytes)
  }

  #acknowledge(): void {
    if (this.#bytesReceived - this.#acknowledgedToPeerBytes < this.#owedWindowBytes) return
    // The count is cumulative: while earlier replies wait in the socket, it can wait for them too.
    if (this.#unsentReplyBytes > 0) return
    this.#acknowledgedToPeerBytes = this.#bytesReceived
    this.send(acknowledgement(this.#bytesReceived), controlChunkStreamId)
  }
}

function readUint32(payload: Buffer, at: number): number {
  if (payload.length < at + 4) throw new ProtocolError('truncated control message')
  return payload.readUInt32BE(at)
}
