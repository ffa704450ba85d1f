import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ChunkReader } from './chunk-reader.ts'
import { controlChunkStreamId, setChunkSize } from './control-messages.ts'
import { frameMessage } from './frame-message.ts'
import type { RtmpMessage } from './message.ts'

const hex = (buffer: Buffer) => buffer.toString('hex')
const audio = (timestamp: number, payload: string): RtmpMessage => ({
  type: 8,
  streamId: 1,
  timestamp,
  payload: Buffer.from(payload, 'hex'),
})

test('writes a full header, then continuations', () => {
  expect(hex(frameMessage(audio(100, 'a1a2a3a4a5'), 5, 2))).toBe(
    ['05', '000064', '000005', '08', '01000000', 'a1a2', 'c5', 'a3a4', 'c5', 'a5'].join(''),
  )
})

test('writes no continuation for a payload that fills its chunks, and a header alone for an empty one', () => {
  expect(hex(frameMessage(audio(0, 'a1a2'), 5, 2))).toBe('05000000000002080100000'.concat('0a1a2'))
  expect(hex(frameMessage(audio(0, ''), 5, 2))).toBe('050000000000000801000000')
})

test('writes the extended timestamp from 16,777,215 ms on, in every chunk', () => {
  expect(hex(frameMessage(audio(0xfffffe, 'a1'), 5, 1))).toBe('05fffffe0000010801000000a1')
  expect(hex(frameMessage(audio(0xffffff, 'a1a2'), 5, 1))).toBe(
    ['05', 'ffffff', '000002', '08', '01000000', '00ffffff', 'a1', 'c5', '00ffffff', 'a2'].join(''),
  )
})

test.each([
  [2, '02', 'c2'],
  [63, '3f', 'ff'],
  [64, '0000', 'c000'],
  [319, '00ff', 'c0ff'],
  [320, '010001', 'c10001'],
  [65_599, '01ffff', 'c1ffff'],
])('writes chunk stream id %i', (id, full, repeated) => {
  expect(hex(frameMessage(audio(1, 'a1a2'), id, 1))).toBe(
    [full, '000001', '000002', '08', '01000000', 'a1', repeated, 'a2'].join(''),
  )
})

test('refuses a payload that the length field cannot say', () => {
  expect(() => frameMessage({ ...audio(0, ''), payload: Buffer.alloc(0x1000000) }, 5, 128)).toThrow(
    RangeError,
  )
})

const uint32 = fc.oneof(fc.nat(0xffffffff), fc.constantFrom(0, 0xfffffe, 0xffffff, 0x1000000, 0xffffffff))
const message: fc.Arbitrary<RtmpMessage> = fc.record({
  type: fc.integer({ min: 7, max: 255 }),
  streamId: uint32,
  timestamp: uint32,
  payload: fc.uint8Array({ maxLength: 600 }).map((payload) => Buffer.from(payload)),
})
const sent = fc.record({
  message,
  id: fc.oneof(fc.integer({ min: 2, max: 65_599 }), fc.constantFrom(3, 4)),
  chunkSize: fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined }),
})

test('gives back every message, however it is framed and cut', () => {
  fc.assert(
    fc.property(
      fc.array(sent, { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 700 })),
      (list, cuts) => {
        let size = 128
        const frames = list.flatMap(({ message, id, chunkSize = size }) => {
          const change = frameMessage(setChunkSize(chunkSize), controlChunkStreamId, size)
          size = chunkSize
          return [change, frameMessage(message, id, size)]
        })
        const stream = Buffer.concat(frames)
        const reader = new ChunkReader({ maxMessageBytes: 600, maxBufferedBytes: 4096, maxChunkStreams: 13 })
        const read: RtmpMessage[] = []
        let at = 0
        for (const cut of [...cuts, stream.length]) {
          reader.read(stream.subarray(at, at + cut), (each) => read.push(each))
          at += cut
        }
        expect(read).toEqual(list.map((each) => each.message))
      },
    ),
    { numRuns: 500 },
  )
})
