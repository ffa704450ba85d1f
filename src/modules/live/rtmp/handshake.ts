import { randomBytes } from 'node:crypto'
import { ProtocolError } from './protocol-error.ts'

const version = 3
const packetBytes = 1536

/** `reply` goes to the peer. `rest`, set once the handshake is done, is what follows it in `data`. */
export type HandshakeStep = { reply?: Buffer; rest?: Buffer }

/**
 * The simple handshake of RTMP 1.0 section 5.2, server side. Peers that sign theirs (Flash, OBS, ffmpeg) take the
 * plain answer; what they send third is then no echo, so it is not compared. Throws ProtocolError.
 */
export class ServerHandshake {
  readonly #received = new Received()

  read(data: Buffer): HandshakeStep {
    const { opening, rest } = this.#received.add(data)
    return { reply: opening && Buffer.concat([createOpening(), createEcho(opening)]), rest }
  }
}

/** The client side: send what `start` gives, then feed what comes back. Throws ProtocolError. */
export class ClientHandshake {
  readonly #received = new Received()

  start(): Buffer {
    return createOpening()
  }

  read(data: Buffer): HandshakeStep {
    const { opening, rest } = this.#received.add(data)
    return { reply: opening && createEcho(opening), rest }
  }
}

/** What either side receives: version and packet (C0 C1, S0 S1), then the answer to its own packet (C2, S2). */
class Received {
  readonly #opening = Buffer.alloc(1 + packetBytes)
  #bytes = 0

  /** `opening`: the peer's packet, when this data completes it. */
  add(data: Buffer): { opening?: Buffer; rest?: Buffer } {
    const before = this.#bytes
    this.#bytes += data.length
    if (before < this.#opening.length) {
      data.copy(this.#opening, before)
      if (this.#bytes > 0 && this.#opening[0] !== version) throw new ProtocolError('not RTMP version 3')
    }
    const isOpened = before < this.#opening.length && this.#bytes >= this.#opening.length
    const behind = this.#bytes - this.#opening.length - packetBytes
    return {
      opening: isOpened ? this.#opening.subarray(1) : undefined,
      rest: behind >= 0 ? data.subarray(data.length - behind) : undefined,
    }
  }
}

/** Time 0 and four zero bytes, which say that the packet is not signed. */
function createOpening(): Buffer {
  return Buffer.concat([Buffer.of(version), Buffer.alloc(8), randomBytes(packetBytes - 8)])
}

/** The peer's packet with the time at which it was read: 0, as our clock starts with the handshake. */
function createEcho(opening: Buffer): Buffer {
  const echo = Buffer.from(opening)
  echo.writeUInt32BE(0, 4)
  return echo
}
