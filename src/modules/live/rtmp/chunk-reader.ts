import { messageTypes, type RtmpMessage } from './message.ts'
import { ProtocolError } from './protocol-error.ts'

/**
 * `maxMessageBytes`: the longest payload. `maxBufferedBytes`: memory of all unfinished messages together.
 * `maxChunkStreams`: chunk stream ids one peer may use. `maxMessages` and `maxBytes`: of all that it sends, without a bound when
 * left out.
 */
export type ChunkBounds = {
  maxMessageBytes: number
  maxBufferedBytes: number
  maxChunkStreams: number
  maxMessages?: number
  maxBytes?: number
}

type ChunkStream = {
  /** Of the latest message, absolute. */
  timestamp: number
  /** What the latest full header said: a delta, or after format 0 the timestamp itself. */
  timestampField: number
  isExtended: boolean
  length: number
  type: number
  streamId: number
  /** Holds at least `received` bytes; grows to `length` as the payload arrives. */
  payload: Buffer
  received: number
}

const defaultChunkBytes = 128
/** Longer chunks change nothing: a message has at most this many bytes (section 5.4.1). */
const maxChunkBytes = 0xffffff
const extendedTimestamp = 0xffffff
/** Bytes of the message header of formats 0, 1 and 2 (section 5.3.1.2). */
const messageHeaderBytes = [11, 7, 3]
/** Basic header 3, message header 11, extended timestamp 4. */
const maxHeaderBytes = 18
const minAllocationBytes = 4096
const empty = Buffer.alloc(0)

/**
 * Puts messages together from a chunk stream (RTMP 1.0 section 5.3), however its bytes are cut.
 * Throws ProtocolError; the reader is of no use after that.
 */
export class ChunkReader {
  /** May be raised between messages, also from within `onMessage`. */
  bounds: ChunkBounds
  bytesRead = 0
  messagesRead = 0
  #chunkBytes = defaultChunkBytes
  readonly #streams = new Map<number, ChunkStream>()
  #bufferedBytes = 0
  /** The stream whose chunk is being read; undefined between chunks. */
  #current: ChunkStream | undefined
  #chunkBytesLeft = 0
  /** The beginning of a header whose end has not arrived. */
  readonly #header = Buffer.alloc(maxHeaderBytes)
  #headerBytes = 0

  constructor(bounds: ChunkBounds) {
    this.bounds = bounds
  }

  /** Delivers each message that `data` completes, in order; Set Chunk Size and Abort are obeyed, not delivered. */
  read(data: Buffer, onMessage: (message: RtmpMessage) => void): void {
    this.bytesRead += data.length
    const { maxBytes = Number.POSITIVE_INFINITY } = this.bounds
    if (this.bytesRead > maxBytes) throw new ProtocolError('too many bytes')
    this.#consume(data, onMessage)
  }

  #consume(data: Buffer, onMessage: (message: RtmpMessage) => void): void {
    let offset = 0
    while (offset < data.length) {
      if (!this.#current) offset += this.#readHeader(data, offset, onMessage)
      if (!this.#current) continue
      offset += this.#readPayload(this.#current, data, offset)
      if (this.#chunkBytesLeft === 0) this.#endChunk(this.#current, onMessage)
    }
  }

  /** Returns how many bytes of `data` it took. */
  #readHeader(data: Buffer, offset: number, onMessage: (message: RtmpMessage) => void): number {
    if (this.#headerBytes === 0) {
      const size = this.#parseHeader(data, offset, data.length)
      if (size > 0) return size
    }
    const held = this.#headerBytes
    const taken = data.copy(this.#header, held, offset)
    const size = this.#parseHeader(this.#header, 0, held + taken)
    this.#headerBytes = size > 0 ? 0 : held + taken
    if (size === 0) return taken
    if (size >= held) return size - held
    // Bytes held back as a possible extended timestamp turned out to be payload.
    this.#consume(Buffer.from(this.#header.subarray(size, held)), onMessage)
    return 0
  }

  /** Returns the header's size, or 0 when `bytes` end before it does: then nothing has changed. */
  #parseHeader(bytes: Buffer, start: number, end: number): number {
    const format = bytes.readUInt8(start) >> 6
    let id = bytes.readUInt8(start) & 0x3f
    let at = start + 1
    if (id < 2) {
      const isLong = id === 1
      at += isLong ? 2 : 1
      if (at > end) return 0
      id = 64 + (isLong ? bytes.readUInt16LE(start + 1) : bytes.readUInt8(start + 1))
    }
    const size =
      format === 3 ? this.#repeatHeader(id, bytes, at, end) : this.#fullHeader(id, format, bytes, at, end)
    return size < 0 ? 0 : at - start + size
  }

  /** Formats 0 to 2. Returns the size behind the basic header, or -1 when `bytes` end before it does. */
  #fullHeader(id: number, format: number, bytes: Buffer, at: number, end: number): number {
    const size = messageHeaderBytes[format] ?? 0
    if (at + size > end) return -1
    const isExtended = bytes.readUIntBE(at, 3) === extendedTimestamp
    if (isExtended && at + size + 4 > end) return -1
    const stream = this.#streams.get(id) ?? this.#openStream(id, format)
    if (stream.received > 0) throw new ProtocolError('a message began before the one before it ended')
    stream.isExtended = isExtended
    stream.timestampField = isExtended ? bytes.readUInt32BE(at + size) : bytes.readUIntBE(at, 3)
    if (format < 2) {
      stream.length = bytes.readUIntBE(at + 3, 3)
      stream.type = bytes.readUInt8(at + 6)
    }
    if (format === 0) stream.streamId = bytes.readUInt32LE(at + 7)
    stream.timestamp = ((format === 0 ? 0 : stream.timestamp) + stream.timestampField) >>> 0
    this.#beginChunk(stream)
    return isExtended ? size + 4 : size
  }

  /** Format 3: the rest of a message, or another one like the last. Returns as `#fullHeader` does. */
  #repeatHeader(id: number, bytes: Buffer, at: number, end: number): number {
    const stream = this.#streams.get(id)
    if (!stream) throw new ProtocolError('a chunk stream began without a header')
    const size = stream.isExtended ? findRepeatedTimestamp(stream.timestampField, bytes, at, end) : 0
    if (size < 0) return -1
    if (stream.received === 0) stream.timestamp = (stream.timestamp + stream.timestampField) >>> 0
    this.#beginChunk(stream)
    return size
  }

  #openStream(id: number, format: number): ChunkStream {
    // librtmp begins its control stream with format 1, which leaves only the message stream id open.
    if (format > 1) throw new ProtocolError('a chunk stream began without a header')
    if (this.#streams.size >= this.bounds.maxChunkStreams) throw new ProtocolError('too many chunk streams')
    const stream: ChunkStream = {
      timestamp: 0,
      timestampField: 0,
      isExtended: false,
      length: 0,
      type: 0,
      streamId: 0,
      payload: empty,
      received: 0,
    }
    this.#streams.set(id, stream)
    return stream
  }

  #beginChunk(stream: ChunkStream): void {
    if (stream.length > this.bounds.maxMessageBytes) throw new ProtocolError('message too long')
    this.#current = stream
    this.#chunkBytesLeft = Math.min(this.#chunkBytes, stream.length - stream.received)
  }

  /** Returns how many bytes of `data` it took. */
  #readPayload(stream: ChunkStream, data: Buffer, offset: number): number {
    const available = data.length - offset
    const taken = Math.min(this.#chunkBytesLeft, available)
    if (stream.received + taken > stream.payload.length) this.#grow(stream, available)
    data.copy(stream.payload, stream.received, offset, offset + taken)
    stream.received += taken
    this.#chunkBytesLeft -= taken
    return taken
  }

  /** Memory follows the bytes that are here, never the length that the peer announces; doubling keeps copies linear. */
  #grow(stream: ChunkStream, availableBytes: number): void {
    const wanted = Math.max(stream.payload.length * 2, stream.received + availableBytes, minAllocationBytes)
    const capacity = Math.min(stream.length, wanted)
    this.#bufferedBytes += capacity - stream.payload.length
    if (this.#bufferedBytes > this.bounds.maxBufferedBytes) throw new ProtocolError('too much unfinished')
    // Not from Node's pool: who keeps a small message would keep 64 KiB of others' memory.
    const grown = Buffer.allocUnsafeSlow(capacity)
    stream.payload.copy(grown, 0, 0, stream.received)
    stream.payload = grown
  }

  #endChunk(stream: ChunkStream, onMessage: (message: RtmpMessage) => void): void {
    this.#current = undefined
    if (stream.received < stream.length) return
    const { type, streamId, timestamp, payload } = stream
    this.#release(stream)
    this.messagesRead += 1
    const { maxMessages = Number.POSITIVE_INFINITY } = this.bounds
    if (this.messagesRead > maxMessages) throw new ProtocolError('too many messages')
    if (type === messageTypes.setChunkSize) this.#setChunkSize(payload)
    else if (type === messageTypes.abort) this.#abort(payload)
    else onMessage({ type, streamId, timestamp, payload })
  }

  #release(stream: ChunkStream): void {
    this.#bufferedBytes -= stream.payload.length
    stream.payload = empty
    stream.received = 0
  }

  #setChunkSize(payload: Buffer): void {
    const bytes = payload.length < 4 ? 0 : payload.readInt32BE(0)
    if (bytes < 1) throw new ProtocolError('bad chunk size')
    this.#chunkBytes = Math.min(bytes, maxChunkBytes)
  }

  #abort(payload: Buffer): void {
    if (payload.length < 4) throw new ProtocolError('bad abort')
    const stream = this.#streams.get(payload.readUInt32BE(0))
    if (stream) this.#release(stream)
  }
}

/**
 * Bytes that a format 3 chunk spends on its extended timestamp; -1 when that can't be told yet. Section 5.3.1.3 wants
 * it repeated, but some encoders leave it out: it is there when the next four bytes say it again.
 */
function findRepeatedTimestamp(timestamp: number, bytes: Buffer, at: number, end: number): number {
  for (let index = 0; index < 4; index += 1) {
    if (at + index >= end) return -1
    if (bytes.readUInt8(at + index) !== ((timestamp >>> (24 - 8 * index)) & 0xff)) return 0
  }
  return 4
}
