import { expect, test } from 'vitest'
import {
  acknowledgement,
  continueCount,
  pingRequest,
  pingResponse,
  setChunkSize,
  setPeerBandwidth,
  streamBegin,
  windowAcknowledgementSize,
} from './control-messages.ts'

test.each([
  ['Set Chunk Size', setChunkSize(65_536), 1, '00010000'],
  ['Acknowledgement, wrapped at 32 bits', acknowledgement(2 ** 32 + 5), 3, '00000005'],
  ['Acknowledgement of more than 31 bits', acknowledgement(0x80000001), 3, '80000001'],
  ['Window Acknowledgement Size', windowAcknowledgementSize(2_500_000), 5, '002625a0'],
  ['Set Peer Bandwidth, dynamic', setPeerBandwidth(2_500_000), 6, '002625a002'],
  ['Stream Begin', streamBegin(1), 4, '000000000001'],
  ['Ping Request', pingRequest(0x01020304), 4, '000601020304'],
  ['Ping Response', pingResponse(0x01020304), 4, '000701020304'],
])('%s', (_name, message, type, payload) => {
  expect({ ...message, payload: message.payload.toString('hex') }).toEqual({
    type,
    streamId: 0,
    timestamp: 0,
    payload,
  })
})

test('counts acknowledged bytes past 32 bits, never backwards', () => {
  const counts: number[] = []
  for (const sequenceNumber of [
    0x70000000, 0xe0000000, 0xd0000000, 0x10000000, 0x10000000, 0x0fffffff, 0x80000000,
  ]) {
    counts.push(continueCount(counts.at(-1) ?? 0, sequenceNumber))
  }
  expect(counts.map((count) => count.toString(16))).toEqual([
    '70000000',
    'e0000000',
    'e0000000',
    '110000000',
    '110000000',
    '110000000',
    '180000000',
  ])
})
