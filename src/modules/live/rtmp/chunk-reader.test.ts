import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ChunkBounds, ChunkReader } from './chunk-reader.ts'
import type { RtmpMessage } from './message.ts'
import { ProtocolError } from './protocol-error.ts'

const bounds: ChunkBounds = { maxMessageBytes: 1 << 23, maxBufferedBytes: 1 << 24, maxChunkStreams: 8 }
const setChunkSize4 = '02 000000 000004 01 00000000 00000004'

const bytes = (...hex: string[]) => Buffer.from(hex.join('').replaceAll(' ', ''), 'hex')

/** One line a message: type, stream, timestamp, payload in hex. */
function readAll(data: Buffer, readBytes = data.length, limits = bounds): string[] {
  const reader = new ChunkReader(limits)
  const lines: string[] = []
  for (let at = 0; at < data.length; at += readBytes) {
    reader.read(data.subarray(at, at + readBytes), ({ type, streamId, timestamp, payload }) =>
      lines.push(`${type} ${streamId} ${timestamp} ${payload.toString('hex')}`),
    )
  }
  expect(reader.bytesRead).toBe(data.length)
  return lines
}

function expectHoweverCut(data: Buffer, lines: string[]): void {
  for (let readBytes = 1; readBytes <= data.length; readBytes += 1) {
    expect(readAll(data, readBytes), `read by ${readBytes}`).toEqual(lines)
  }
}

test('reads each header format', () => {
  const data = bytes(
    '05 000064 000002 08 01000000 aaab', // at 100, stream id little endian
    '45 000014 000001 09 ac', // 20 later, another length and type
    '85 00000a ad', // 10 later
    'c5 ae', // 10 later again
  )
  expectHoweverCut(data, ['8 1 100 aaab', '9 1 120 ac', '9 1 130 ad', '9 1 140 ae'])
})

test('takes the timestamp of a full header as the delta of a format 3 header behind it', () => {
  expectHoweverCut(bytes('05 000064 000001 08 01000000 aa', 'c5 ab'), ['8 1 100 aa', '8 1 200 ab'])
})

test.each([
  ['2', '02', 'c2'],
  ['63', '3f', 'ff'],
  ['64', '0000', 'c000'],
  ['319', '00ff', 'c0ff'],
  ['320', '010001', 'c10001'],
  ['65599', '01ffff', 'c1ffff'],
])('reads chunk stream id %s', (_id, full, repeated) => {
  const data = bytes(full, '000001 000001 08 01000000 aa', repeated, 'ab')
  expectHoweverCut(data, ['8 1 1 aa', '8 1 2 ab'])
})

test('takes the two- and three-byte forms of one chunk stream id for the same stream', () => {
  expect(readAll(bytes('00ff 000001 000001 08 01000000 aa', 'c1ff00 ab'))).toEqual(['8 1 1 aa', '8 1 2 ab'])
})

test('reads extended timestamps in every format', () => {
  const data = bytes(
    setChunkSize4,
    '05 ffffff 000006 08 01000000 01000000 a1a2a3a4',
    'c5 01000000 a5a6',
    '45 ffffff 000006 08 02000000 b1b2b3b4',
    'c5 02000000 b5b6',
    '85 ffffff 03000000 c1c2c3c4',
    'c5 03000000 c5c6',
    'c5 03000000 d1d2d3d4',
    'c5 03000000 d5d6',
    '85 000001 e1e2e3e4',
    'c5 e5e6',
  )
  expectHoweverCut(data, [
    `8 1 ${0x01000000} a1a2a3a4a5a6`,
    `8 1 ${0x03000000} b1b2b3b4b5b6`,
    `8 1 ${0x06000000} c1c2c3c4c5c6`,
    `8 1 ${0x09000000} d1d2d3d4d5d6`,
    `8 1 ${0x09000001} e1e2e3e4e5e6`,
  ])
})

test('reads chunks of encoders that do not repeat the extended timestamp', () => {
  const data = bytes(
    setChunkSize4,
    '05 ffffff 000006 08 01000000 01020304 a1a2a3a4',
    'c5 0102', // begins like the timestamp, and is payload
    '06 000007 000001 09 01000000 b1',
    '05 ffffff 000005 08 01000000 01020304 a1a2a3a4',
    'c5 01',
    'c6 b2',
  )
  expectHoweverCut(data, ['8 1 16909060 a1a2a3a40102', '9 1 7 b1', '8 1 16909060 a1a2a3a401', '9 1 14 b2'])
})

test('wraps timestamps at 32 bits', () => {
  const data = bytes('05 ffffff 000001 08 01000000 fffffff0 aa', '85 000020 ab')
  expectHoweverCut(data, ['8 1 4294967280 aa', '8 1 16 ab'])
})

test('puts interleaved messages together, with the chunk size changing inside one of them', () => {
  const data = bytes(
    setChunkSize4,
    '05 000001 000006 08 01000000 a1a2a3a4',
    '06 000002 00000a 09 01000000 b1b2b3b4',
    '02 000000 000004 01 00000000 00000002',
    'c5 a5a6',
    'c6 b5b6',
    '02 000000 000004 01 00000000 0000', // its own chunk keeps the size it began with
    'c2 0080',
    'c6 b7b8b9ba',
  )
  expectHoweverCut(data, ['8 1 1 a1a2a3a4a5a6', '9 1 2 b1b2b3b4b5b6b7b8b9ba'])
})

test('has chunks of 128 bytes until told otherwise', () => {
  const payload = Buffer.alloc(129, 7)
  const data = Buffer.concat([
    bytes('05 000001 000081 08 01000000'),
    payload.subarray(0, 128),
    bytes('c5'),
    payload.subarray(128),
  ])
  expect(readAll(data)).toEqual([`8 1 1 ${payload.toString('hex')}`])
})

test('forgets an aborted message', () => {
  const data = bytes(
    setChunkSize4,
    '05 000001 000006 08 01000000 a1a2a3a4',
    '02 000000 000004 02 00000000 00000005',
    'c5 b1b2b3b4',
    'c5 b5b6',
    '02 000000 000004 02 00000000 00000063', // a stream that was never used
  )
  expectHoweverCut(data, ['8 1 2 b1b2b3b4b5b6'])
})

test('delivers empty messages, and a control stream that begins as librtmp begins it', () => {
  expectHoweverCut(bytes('05 000001 000000 08 01000000', 'c5', '42 000000 000002 04 0003'), [
    '8 1 1 ',
    '8 1 2 ',
    '4 0 0 0003',
  ])
})

test('clamps a chunk size beyond the longest message', () => {
  const data = bytes('02 000000 000004 01 00000000 7fffffff', '05 000000 000001 08 00000000 aa')
  expect(readAll(data)).toEqual(['8 0 0 aa'])
})

test('delivers memory of its own', () => {
  const data = bytes('05 000001 000002 08 01000000 aaab')
  const messages: RtmpMessage[] = []
  new ChunkReader(bounds).read(data, (message) => messages.push(message))
  data.fill(0)
  expect(messages[0]?.payload.toString('hex')).toBe('aaab')
})

test.each([
  ['format 2 first', '85 000001 aa'],
  ['format 3 first', 'c5 aa'],
  ['a header inside a message', `${setChunkSize4} 05 000001 000006 08 01000000 a1a2a3a4 05 000001`],
  ['chunk size 0', '02 000000 000004 01 00000000 00000000'],
  ['chunk size with the top bit', '02 000000 000004 01 00000000 80000001'],
  ['a short Set Chunk Size', '02 000000 000003 01 00000000 000001'],
  ['a short Abort', '02 000000 000001 02 00000000 00'],
  ['a message over the bound', '05 000001 800001 08 01000000'],
])('refuses %s', (_name, hex) => {
  const rest = '000006 08 01000000 a1'
  expect(() => readAll(bytes(hex, hex.endsWith('05 000001') ? rest : ''))).toThrow(ProtocolError)
})

test('bounds the chunk streams', () => {
  const opened = Array.from({ length: 9 }, (_, index) =>
    bytes(`0${(index + 2).toString(16)} 000001 000001 08 01000000 aa`),
  )
  expect(readAll(Buffer.concat(opened.slice(0, 8)))).toHaveLength(8)
  expect(() => readAll(Buffer.concat(opened))).toThrow('too many chunk streams')
})

test('bounds what unfinished messages hold, counting what an abort gives back', () => {
  const limits = { ...bounds, maxBufferedBytes: 100_000 }
  const half = (id: string) => Buffer.concat([bytes(id, '000001 00ea60 09 01000000'), Buffer.alloc(59_999)])
  const start = bytes('02 000000 000004 01 00000000 0000ea5f')
  expect(() => readAll(Buffer.concat([start, half('05'), half('06')]), 1000, limits)).toThrow('unfinished')
  const abort = bytes('02 000000 000004 02 00000000 00000005')
  expect(readAll(Buffer.concat([start, half('05'), abort, half('06')]), 1000, limits)).toEqual([])
})

test('takes a raised bound for the next message', () => {
  const reader = new ChunkReader({ ...bounds, maxMessageBytes: 1 })
  const payloads: string[] = []
  reader.read(bytes('05 000001 000001 08 01000000 aa', '05 000001 000002 08 01000000 abac'), (message) => {
    payloads.push(message.payload.toString('hex'))
    reader.bounds = bounds
  })
  expect(payloads).toEqual(['aa', 'abac'])
})

test('allocates for the bytes that came, not for the length announced', () => {
  const readers = Array.from({ length: 200 }, () => new ChunkReader(bounds))
  const before = process.memoryUsage().arrayBuffers
  for (const reader of readers) reader.read(bytes('05 000001 7fffff 09 01000000 aa'), () => undefined)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * 65_536)
  expect(readers).toHaveLength(200)
})

test.each([
  ['one byte a read', 1],
  ['chunks of one byte', 65_536],
])('spends time in proportion to the bytes: %s', (_name, readBytes) => {
  const data = Buffer.concat([
    bytes('02 000000 000004 01 00000000 00000001', '05 000001 200000 09 01000000 aa'),
    Buffer.alloc((0x200000 - 1) * 2, 'c5aa', 'hex'),
  ])
  const reader = new ChunkReader(bounds)
  const startedAt = process.cpuUsage()
  let delivered = 0
  for (let at = 0; at < data.length; at += readBytes) {
    reader.read(data.subarray(at, at + readBytes), (message) => {
      delivered += message.payload.length
    })
  }
  expect(delivered).toBe(0x200000)
  // A copy of what is there for each of two million chunks would be 2 TB: hours.
  expect(process.cpuUsage(startedAt).user / 1000).toBeLessThan(10_000)
})

test('only ever throws ProtocolError, however hostile the bytes', () => {
  // Small ids, lengths and chunk sizes get further than evenly random bytes do.
  const byte = fc.oneof(fc.constantFrom(0, 1, 2, 3, 5, 0x42, 0x83, 0xc2, 0xc3, 0xff), fc.nat(255))
  const reads = fc.array(fc.array(byte, { maxLength: 60 }), { maxLength: 20 })
  const limits = { maxMessageBytes: 2000, maxBufferedBytes: 3000, maxChunkStreams: 4 }
  fc.assert(
    fc.property(reads, (pieces) => {
      const reader = new ChunkReader(limits)
      try {
        for (const piece of pieces) {
          reader.read(Buffer.from(piece), ({ payload }) => expect(payload.length).toBeLessThanOrEqual(2000))
        }
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
      }
    }),
    { numRuns: 5000 },
  )
})
