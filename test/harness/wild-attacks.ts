import type { AmfValue } from '../../src/modules/live/rtmp/amf0.ts'
import { frameMessage } from '../../src/modules/live/rtmp/frame-message.ts'
import { messageTypes } from '../../src/modules/live/rtmp/message.ts'
import type { WildStep } from './wild-publishers.ts'
import {
  commandBytes,
  connectBytes,
  handshake,
  messageBytes,
  publishBytes,
  type RecordedSession,
} from './wild-session.ts'

/** What attacks are made of. */
export type WildMaterial = RecordedSession & { random: () => number; goodKeys: string[] }

export type Attack = { name: string; weight: number; steps: (material: WildMaterial) => WildStep[] }

type Random = () => number
const upTo = (random: Random, most: number): number => Math.floor(random() * (most + 1))
const pick = <Item>(random: Random, items: readonly Item[]): Item => {
  const item = items[upTo(random, items.length - 1)]
  if (item === undefined) throw new RangeError('nothing to pick from')
  return item
}
const bytes = (random: Random, length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => upTo(random, 255)))
const times = (count: number, make: (at: number) => Buffer): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, at) => make(at)))
const u32 = (value: number): Buffer => {
  const four = Buffer.alloc(4)
  four.writeUInt32BE(value >>> 0)
  return four
}
const control = (type: number, payload: Buffer): Buffer => messageBytes(type, payload, 2)
const wrongKey = (random: Random): string => `live_${bytes(random, 24).toString('base64url')}`

/** Rarely a good one: each begins a stream. */
const someKey = ({ random, goodKeys }: WildMaterial): string =>
  goodKeys.length > 0 && random() < 0.15 ? pick(random, goodKeys) : wrongKey(random)
const goodKey = ({ random, goodKeys }: WildMaterial): string =>
  goodKeys.length > 0 ? pick(random, goodKeys) : wrongKey(random)

/** How it ends: in order, by a reset, half-closed, or by waiting for the server to say something. */
const leave = (random: Random): WildStep[] =>
  pick<WildStep[]>(random, [
    ['close'],
    ['reset'],
    ['half-close', { pauseMs: 100 }, 'close'],
    [{ pauseMs: upTo(random, 200) }, 'close'],
  ])

const greeted = (random: Random, ...steps: WildStep[]): WildStep[] => [
  handshake(),
  ...(random() < 0.5 ? (['answer'] as const) : []),
  ...steps,
  ...leave(random),
]
const connected = (random: Random, ...steps: WildStep[]): WildStep[] =>
  greeted(random, connectBytes('live'), ...steps)
const publishing = (material: WildMaterial, ...steps: WildStep[]): WildStep[] =>
  connected(material.random, publishBytes(goodKey(material)), 'answer', { pauseMs: 20 }, ...steps)

/** Bits turned, parts cut out, repeated, moved or overwritten. */
const mutate = (random: Random, original: Buffer): Buffer => {
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
const inPieces = (random: Random, whole: Buffer): WildStep[] => {
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
const amfBomb = (random: Random): Buffer => {
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

const wildNames = (random: Random): AmfValue =>
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
const promise = (id: number, type: number, length: number): Buffer =>
  Buffer.from([id, 0, 0, 0, (length >> 16) & 255, (length >> 8) & 255, length & 255, type, 1, 0, 0, 0])

const chunkStreamHeader = (id: number): Buffer => {
  const header = Buffer.alloc(3, 1)
  header.writeUInt16LE(id - 64, 1)
  return header
}

const wildMedia = (random: Random): Buffer =>
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
const jumpingFilm = ({ random, film }: WildMaterial): Buffer =>
  times(60, (at) => {
    const message = film[at % film.length]
    if (message === undefined) return Buffer.alloc(0)
    const timestamp = random() < 0.3 ? upTo(random, 0xffffffff) : message.timestamp
    return frameMessage({ ...message, timestamp }, message.type === 8 ? 4 : 6, 128)
  })

export const attacks: readonly Attack[] = [
  {
    name: 'random bytes',
    weight: 12,
    steps: ({ random }) => [bytes(random, 1 + upTo(random, 6_000)), ...leave(random)],
  },
  {
    name: 'version 3, then random bytes',
    weight: 6,
    steps: ({ random }) => [Buffer.of(3), bytes(random, upTo(random, 6_000)), ...leave(random)],
  },
  {
    name: 'random chunks',
    weight: 12,
    steps: ({ random }) => greeted(random, bytes(random, upTo(random, 6_000))),
  },
  {
    name: 'mutated session',
    weight: 22,
    steps: (material) =>
      greeted(
        material.random,
        ...inPieces(material.random, mutate(material.random, material.session(someKey(material)))),
      ),
  },
  {
    name: 'session cut short',
    weight: 5,
    steps: (material) => {
      const whole = material.session(someKey(material))
      return greeted(material.random, whole.subarray(0, upTo(material.random, 3_000)))
    },
  },
  {
    name: 'chunk sizes',
    weight: 4,
    steps: ({ random }) => {
      const size = pick(random, [0, 1, 1, 2, 0x7fffffff, 0x80000000, 0xffffffff, 0x1000000])
      const framed = frameMessage(
        { type: 20, streamId: 0, timestamp: 0, payload: bytes(random, 4_000) },
        3,
        Math.max(1, size | 0),
      )
      return greeted(random, control(messageTypes.setChunkSize, u32(size)), framed)
    },
  },
  {
    name: 'abort storm',
    weight: 4,
    steps: ({ random }) => {
      const aborted = Buffer.concat([
        promise(5, 9, 60_000),
        Buffer.alloc(100),
        control(messageTypes.abort, u32(5)),
      ])
      return greeted(
        random,
        times(200, () => aborted),
        control(messageTypes.abort, u32(upTo(random, 0xffffffff))),
      )
    },
  },
  {
    name: 'thousands of chunk streams',
    weight: 3,
    steps: ({ random }) =>
      greeted(
        random,
        times(3_000, (at) =>
          Buffer.concat([chunkStreamHeader(64 + at), promise(0, 9, 100).subarray(1), Buffer.alloc(1)]),
        ),
      ),
  },
  {
    name: '16 MB announced',
    weight: 4,
    steps: ({ random }) => greeted(random, promise(3, 20, 0xffffff), Buffer.alloc(upTo(random, 300))),
  },
  {
    name: 'window of 1 and pings',
    weight: 3,
    steps: ({ random }) =>
      greeted(
        random,
        control(messageTypes.windowAcknowledgementSize, u32(1)),
        control(messageTypes.setPeerBandwidth, Buffer.concat([u32(1), Buffer.of(2)])),
        times(1_000, (at) =>
          control(messageTypes.userControl, Buffer.concat([Buffer.from([0, 6]), u32(at)])),
        ),
      ),
  },
  { name: 'AMF bomb', weight: 6, steps: ({ random }) => greeted(random, amfBomb(random)) },
  {
    name: 'tiny messages',
    weight: 2,
    steps: ({ random }) =>
      greeted(
        random,
        times(8_000, () => Buffer.from([3, 0, 0, 0, 0, 0, 0, 99, 0, 0, 0, 0])),
      ),
  },
  {
    name: 'media before publish',
    weight: 4,
    steps: ({ random }) =>
      random() < 0.5 ? greeted(random, wildMedia(random)) : connected(random, wildMedia(random)),
  },
  {
    name: 'keys of every shape',
    weight: 5,
    steps: ({ random }) => {
      const name = wildNames(random)
      const app = pick(random, [
        'live',
        'live/',
        `live/${wrongKey(random)}`,
        'live/a/b',
        'other',
        '',
        'x'.repeat(9_000),
      ])
      return greeted(random, connectBytes(app), publishBytes(name), 'answer')
    },
  },
  {
    name: 'publish twice',
    weight: 2,
    steps: (material) =>
      connected(material.random, publishBytes(someKey(material)), publishBytes(someKey(material)), 'answer'),
  },
  {
    name: 'hangs up while the key is looked at',
    weight: 2,
    steps: (material) => [
      handshake(),
      'answer',
      connectBytes('live'),
      publishBytes(goodKey(material)),
      pick(material.random, ['reset', 'close', 'half-close'] as const),
    ],
  },
  {
    name: 'wild media of a good publisher',
    weight: 1,
    steps: (material) =>
      publishing(material, ...Array.from({ length: 30 }, () => wildMedia(material.random))),
  },
  { name: 'times that jump', weight: 1, steps: (material) => publishing(material, jumpingFilm(material)) },
  {
    name: 'publish and unpublish',
    weight: 1,
    steps: (material) => publishing(material, commandBytes(0, 'deleteStream', 6, null, 1)),
  },
  {
    name: 'says nothing',
    weight: 3,
    steps: ({ random }) => [{ pauseMs: upTo(random, 1_500) }, ...leave(random)],
  },
  { name: 'comes and goes', weight: 6, steps: ({ random }) => leave(random) },
  {
    name: 'slow handshake',
    weight: 0.3,
    steps: () => Array.from({ length: 20 }, () => [Buffer.of(3), { pauseMs: 1_000 }]).flat(),
  },
  {
    name: 'says nothing behind connect',
    weight: 0.2,
    steps: () => [handshake(), 'answer', connectBytes('live'), { pauseMs: 12_000 }],
  },
]
