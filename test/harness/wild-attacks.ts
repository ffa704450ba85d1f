import { frameMessage } from '../../src/modules/live/rtmp/frame-message.ts'
import { messageTypes } from '../../src/modules/live/rtmp/message.ts'
import {
  amfBomb,
  bytes,
  chunkStreamHeader,
  connected,
  control,
  goodKey,
  greeted,
  inPieces,
  jumpingFilm,
  leave,
  mutate,
  pick,
  promise,
  publishing,
  someKey,
  times,
  u32,
  upTo,
  type WildMaterial,
  wildMedia,
  wildNames,
  wrongKey,
} from './wild-material.ts'
import type { WildStep } from './wild-publishers.ts'
import { commandBytes, connectBytes, handshake, publishBytes } from './wild-session.ts'

export type Attack = { name: string; weight: number; steps: (material: WildMaterial) => WildStep[] }

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
