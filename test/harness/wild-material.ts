import type { AmfValue } from '../../src/modules/live/rtmp/amf0.ts'
import { frameMessage } from '../../src/modules/live/rtmp/frame-message.ts'
import type { WildStep } from './wild-publishers.ts'
import { connectBytes, handshake, messageBytes, publishBytes, type RecordedSession } from './wild-session.ts'

/** What attacks are made of. */
export type WildMaterial = RecordedSession & { random: () => number; goodKeys: string[] }

type Random = () => number
export const upTo = (random: Random, most: number): number => Math.floor(random() * (most + 1))
export const pick = <Item>(random: Random, items: readonly Item[]): Item => {
  const item = items[upTo(random, items.length - 1)]
  if (item === undefined) throw new RangeError('nothing to pick from')
  return item
}
export const bytes = (random: Random, length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => upTo(random, 255)))
export const times = (count: number, make: (at: number) => Buffer): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, at) => make(at)))
export const u32 = (value: number): Buffer => {
  const four = Buffer.alloc(4)
  four.writeUInt32BE(value >>> 0)
  return four
}
export const control = (type: number, payload: Buffer): Buffer => messageBytes(type, payload, 2)
export const wrongKey = (random: Random): string => `live_${bytes(random, 24).toString('base64url')}`

/** Rarely a good one: each begins a stream. */
export const someKey = ({ random, goodKeys }: WildMaterial): string =>
  goodKeys.length > 0 && random() < 0.15 ? pick(random, goodKeys) : wrongKey(random)
export const goodKey = ({ random, goodKeys }: WildMaterial): string =>
  goodKeys.length > 0 ? pick(random, goodKeys) : wrongKey(random)

/** How it ends: in order, by a reset, half-closed, or by waiting for the server to say something. */
export const leave = (random: Random): WildStep[] =>
  pick<WildStep[]>(random, [
    ['close'],
    ['reset'],
    ['half-close', { pauseMs: 100 }, 'close'],
    [{ pauseMs: upTo(random, 200) }, 'close'],
  ])

export const greeted = (random: Random, ...steps: WildStep[]): WildStep[] => [
  handshake(),
  ...(random() < 0.5 ? (['answer'] as const) : []),
  ...steps,
  ...leave(random),
]
export const connected = (random: Random, ...steps: WildStep[]): WildStep[] =>
  greeted(random, connectBytes('live'), ...steps)
export const publishing = (material: WildMaterial, ...steps: WildStep[]): WildStep[] =>
  connected(material.random, publishBytes(goodKey(material)), 'answer', { pauseMs: 20 }, ...steps)

/** Bits turned, parts cut out, repeated, moved or overwritten. */
export const mutate = (random: Random, original: Buffer): Buffer => {
  let mutant = Buffer.from(original.subarray(0, 1 + upTo(random, Math.min(original.length - 1, 60_000))))
  for (let count = 1 + upTo(random, 8); count > 0; count -= 1) {
    // The commands at the beginning are hit as often as all the media behind them.
    const at = upTo(random, (random() < 0.5 ? Math.min(1_000, mutant.length) : mutant.length) - 1)
    const end = Math.min(mutant.length, at + 1 + upTo(random, 300))
    const change = upTo(random, 4)
    if (change === 0) mutant.writeUInt8((mutant[at] ?? 0) ^ (1 << upTo(random, 7)), at)
    if (change === 1) mutant = Buffer.concat([mutant.subarray(0, at), mutant.subarray(end)])
    if (change === 2) mutant = Buffer.concat([mutant.subarray(0, end), mutant.subarray(at)])
    if (change === 3) mutant.fill(pick(random, [0, 0xff, upTo(random, 255)]), at, Math.min(end, at + 4))
    if (change === 4) mutant = Buffer.concat([mutant.subarray(0, at), bytes(random, 40), mutant.subarray(at)])
    if (mutant.length === 0) return Buffer.alloc(1)
  }
  return mutant
}

/** In pieces, as networks cut it. */
export const inPieces = (random: Random, whole: Buffer): WildStep[] => {
  const pieces: WildStep[] = []
  for (let at = 0; at < whole.length; ) {
    const end = at + 1 + upTo(random, whole.length / 2)
    pieces.push(whole.subarray(at, end), { pauseMs: upTo(random, 3) })
    at = end
  }
  return pieces
}

const deepAmf = (depth: number): Buffer =>
  Buffer.concat([times(depth, () => Buffer.from([3, 0, 1, 0x61])), Buffer.of(5)])

/** Names, counts and markers of AMF0 that cost more than they weigh. */
export const amfBomb = (random: Random): Buffer => {
  const head = Buffer.from([2, 0, 7, ...Buffer.from('connect'), 0, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0])
  const body = pick<() => Buffer>(random, [
    () => deepAmf(pick(random, [15, 17, 1_000, 15_000])),
    () => Buffer.concat([Buffer.of(10), u32(0xffffffff), Buffer.alloc(60_000, 5)]),
    () =>
      Buffer.concat([
        Buffer.of(8),
        u32(0xffffffff),
        times(6_000, (at) => Buffer.from([0, 1, at & 127, 1, 1])),
      ]),
    () =>
      Buffer.concat([
        Buffer.of(12),
        u32(pick(random, [0xffffffff, 0x7fffffff, 60_000])),
        Buffer.alloc(60_000, 0x61),
      ]),
    () => times(20_000, () => Buffer.from([7, 0, 0])),
    () => Buffer.from([3, 0, 9, ...Buffer.from('__proto__'), 3, 0, 1, 0x61, 5, 0, 0, 9, 0, 0, 9]),
    () => Buffer.from([11, ...bytes(random, 10)]),
    () => bytes(random, 1 + upTo(random, 400)),
  ])()
  return messageBytes(pick(random, [20, 20, 17, 18, 15]), Buffer.concat([head, body]).subarray(0, 65_000), 3)
}

export const wildNames = (random: Random): AmfValue =>
  pick<() => AmfValue>(random, [
    () => '',
    () => '?key=live_',
    () => wrongKey(random),
    () => `${wrongKey(random)}?bandwidthtest=true`,
    () => 'x'.repeat(pick(random, [255, 256, 257, 60_000])),
    () => "' or 1=1; --",
    () => '\u0000\u202e\ud83d\ude00%00../../etc/passwd',
    () => 12,
    () => null,
    () => [wrongKey(random)],
    () => ({ name: wrongKey(random) }),
  ])()

/** A header that promises `length` bytes; format 0, chunk stream `id` below 64. */
export const promise = (id: number, type: number, length: number): Buffer =>
  Buffer.from([id, 0, 0, 0, (length >> 16) & 255, (length >> 8) & 255, length & 255, type, 1, 0, 0, 0])

export const chunkStreamHeader = (id: number): Buffer => {
  const header = Buffer.alloc(3, 1)
  header.writeUInt16LE(id - 64, 1)
  return header
}

export const wildMedia = (random: Random): Buffer =>
  messageBytes(
    pick(random, [8, 9, 9, 18, 22, 15]),
    Buffer.concat([
      Buffer.from(
        pick(random, [
          [0x17, 0],
          [0x17, 1],
          [0x27, 1],
          [0xaf, 0],
          [0xaf, 1],
          [0x90, 0x68],
          [0x86, 0],
          [0x97, 5],
        ]),
      ),
      bytes(random, upTo(random, 300)),
    ]),
    pick(random, [4, 6]),
    upTo(random, 0xffffffff),
  )

/** The film as its publisher would send it, with times that jump. */
export const jumpingFilm = ({ random, film }: WildMaterial): Buffer =>
  times(60, (at) => {
    const message = film[at % film.length]
    if (message === undefined) return Buffer.alloc(0)
    const timestamp = random() < 0.3 ? upTo(random, 0xffffffff) : message.timestamp
    return frameMessage({ ...message, timestamp }, message.type === 8 ? 4 : 6, 128)
  })
