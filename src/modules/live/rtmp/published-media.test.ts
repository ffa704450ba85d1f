import { expect, test } from 'vitest'
import { messageOf } from '../../../../test/harness/rtmp-clients.ts'
import { messageTypes } from './message.ts'
import { publishedMedia } from './published-media.ts'

const part = (type: number, timestamp: number, ...bytes: number[]) => {
  const header = [type, 0, 0, bytes.length, (timestamp >> 16) & 255, (timestamp >> 8) & 255, timestamp & 255]
  return Buffer.from([...header, timestamp >>> 24, 0, 0, 0, ...bytes, 0, 0, 0, 11 + bytes.length])
}
const split = (timestamp: number, ...parts: Buffer[]) =>
  publishedMedia(messageOf(messageTypes.aggregate, timestamp, Buffer.concat(parts)))

test('keeps the distances between the parts of an aggregate, over the wrap of the clock', () => {
  const parts = [part(8, 0x01000000, 1), part(9, 0x01000020, 2), part(18, 0x01000010, 3)]
  expect(split(0xfffffff0, ...parts)).toEqual([
    messageOf(8, 0xfffffff0, Buffer.of(1)),
    messageOf(9, 0x10, Buffer.of(2)),
    messageOf(18, 0, Buffer.of(3)),
  ])
  expect(split(0)).toEqual([])
})

test('takes no aggregate apart that is none', () => {
  const whole = part(8, 0, 1, 2)
  for (let length = 1; length < whole.length - 4; length += 1) {
    expect(() => split(0, whole.subarray(0, length))).toThrow('an aggregate is cut off')
  }
  // Some leave the last back pointer out.
  expect(split(0, whole.subarray(0, -4))).toHaveLength(1)
  expect(() => split(0, part(22, 0, 1))).toThrow('an aggregate holds what is no media')
  expect(split(0, ...Array<Buffer>(1_000).fill(part(8, 0)))).toHaveLength(1_000)
  expect(() => split(0, ...Array<Buffer>(1_001).fill(part(8, 0)))).toThrow('too many parts')
})
