import { expect, test } from 'vitest'
import { messageTypes } from '../rtmp/message.ts'
import { describeMedia } from './media-message.ts'

const bytes = (...parts: (number | string)[]) =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.of(part))),
  )
const describe = (type: number, ...parts: (number | string)[]) =>
  describeMedia({ type, streamId: 1, timestamp: 0, payload: bytes(...parts) })
const video = (...parts: (number | string)[]) => describe(messageTypes.video, ...parts)
const audio = (...parts: (number | string)[]) => describe(messageTypes.audio, ...parts)

const videoFrame = { kind: 'video', isKeyFrame: false, isSequenceHeader: false }
const audioFrame = { kind: 'audio', isSequenceHeader: false }

test('tells the packets of legacy video apart', () => {
  const frame = { ...videoFrame, codec: 'h264' }
  expect(video(0x17, 0, 0, 0, 0, 1)).toEqual({ ...frame, isSequenceHeader: true })
  expect(video(0x17, 1, 0, 0, 0, 9)).toEqual({ ...frame, isKeyFrame: true })
  expect(video(0x27, 1, 0, 0, 40, 9)).toEqual(frame)
  expect(video(0x37, 1, 0, 0, 0, 9)).toEqual(frame)
  expect(video(0x17, 2, 0, 0, 0)).toEqual({ ...frame, isEnd: true })
  expect(video(0x1c, 0, 0, 0, 0, 1)).toEqual({ ...videoFrame, codec: 'hevc', isSequenceHeader: true })
  expect(video(0x12, 0, 0)).toEqual({ ...videoFrame, codec: 'h263', isKeyFrame: true })
  expect(video(0x24, 0)).toEqual({ ...videoFrame, codec: 'other' })
  expect(video(0x57, 0)).toBeUndefined()
})

test('tells the packets of legacy audio apart', () => {
  expect(audio(0xaf, 0, 0x12, 0x10)).toEqual({ kind: 'audio', codec: 'aac', isSequenceHeader: true })
  expect(audio(0xaf, 1, 0x21)).toEqual({ ...audioFrame, codec: 'aac' })
  expect(audio(0x2f, 0xff, 0xfb)).toEqual({ ...audioFrame, codec: 'mp3' })
  expect(audio(0x72, 0)).toEqual({ ...audioFrame, codec: 'other' })
})

test.each([
  ['avc1', 'h264'],
  ['hvc1', 'hevc'],
  ['av01', 'av1'],
  ['vp09', 'vp9'],
  ['vvc1', 'other'],
])('reads enhanced video of %s', (fourCc, codec) => {
  const frame = { ...videoFrame, codec }
  expect(video(0x90, fourCc, 1)).toEqual({ ...frame, isSequenceHeader: true })
  expect(video(0x91, fourCc, 0, 0, 0, 1)).toEqual({ ...frame, isKeyFrame: true })
  expect(video(0xa1, fourCc, 0, 0, 0, 1)).toEqual(frame)
  expect(video(0x93, fourCc, 1)).toEqual({ ...frame, isKeyFrame: true })
  expect(video(0xa3, fourCc, 1)).toEqual(frame)
  expect(video(0x92, fourCc)).toEqual({ ...frame, isEnd: true })
  expect(video(0x95, fourCc, 1)).toEqual({ ...frame, isSequenceHeader: true })
  for (const frameType of [0x80, 0x90, 0xd0]) {
    expect(video(frameType + 4, fourCc, 2)).toEqual({ ...frame, isMetadata: true })
  }
  expect(video(0xd1, fourCc, 0)).toBeUndefined()
})

test.each([
  ['mp4a', 'aac'],
  ['.mp3', 'mp3'],
  ['Opus', 'opus'],
  ['fLaC', 'flac'],
  ['ac-3', 'ac3'],
  ['ec-3', 'eac3'],
])('reads enhanced audio of %s', (fourCc, codec) => {
  const frame = { ...audioFrame, codec }
  expect(audio(0x90, fourCc, 'OpusHead')).toEqual({ ...frame, isSequenceHeader: true })
  expect(audio(0x91, fourCc, 1)).toEqual(frame)
  expect(audio(0x92, fourCc)).toEqual({ ...frame, isEnd: true })
  expect(audio(0x94, fourCc, 0, 2)).toEqual({ ...frame, isMetadata: true })
})

test('reads through modifiers', () => {
  const modifier = [2, 0, 1, 2]
  const wideModifier = [0xff, 1, 0x2b, ...Array<number>(300).fill(7)]
  const keyFrame = { ...videoFrame, codec: 'hevc', isKeyFrame: true }
  expect(video(0x97, ...modifier, 0x03, 'hvc1', 1)).toEqual(keyFrame)
  expect(video(0x97, ...wideModifier, 0x01, 'hvc1', 1)).toEqual(keyFrame)
  expect(video(0x97, ...modifier, 0x07, ...modifier, 0x03, 'hvc1', 1)).toEqual(keyFrame)
  expect(audio(0x97, ...modifier, 0x00, 'Opus')).toEqual({
    ...audioFrame,
    codec: 'opus',
    isSequenceHeader: true,
  })
  const tooMany = Array.from({ length: 9 }, () => [...modifier, 0x07]).flat()
  expect(video(0x97, ...tooMany, ...modifier, 0x03, 'hvc1', 1)).toBeUndefined()
})

test('reads multitrack messages, also behind a modifier', () => {
  const frame = { ...videoFrame, codec: 'av1' }
  expect(video(0x96, 0x00, 'av01', 1, 9)).toEqual({ ...frame, isSequenceHeader: true, track: 1 })
  expect(video(0x96, 0x11, 'av01', 0, 0, 0, 1, 9)).toEqual({ ...frame, isKeyFrame: true, track: 0 })
  expect(video(0xa6, 0x21, 'av01', 2, 0, 0, 1, 9)).toEqual({ ...frame, track: 2 })
  expect(video(0x97, 0, 1, 0x06, 0x00, 'av01', 3)).toEqual({ ...frame, isSequenceHeader: true, track: 3 })
  expect(audio(0x95, 0x01, 'Opus', 1, 9)).toEqual({ ...audioFrame, codec: 'opus', track: 1 })
})

test('knows onMetaData, and no other data', () => {
  expect(describe(messageTypes.data, 2, 0, 10, 'onMetaData', 3, 0, 0, 9)).toEqual({ kind: 'metadata' })
  expect(describe(messageTypes.data, 2, 0, 10, 'onCuePoint', 3, 0, 0, 9)).toBeUndefined()
  expect(describe(messageTypes.command, 0x17, 1, 0, 0, 0)).toBeUndefined()
})

test('answers undefined for every beginning that does not reach the media', () => {
  const messages = [
    bytes(0x97, 2, 0, 1, 2, 0x06, 0x00, 'hvc1', 1),
    bytes(0x97, 0xff, 0, 2, 1, 2, 3, 0x03, 'hvc1'),
    bytes(0x93, 'hvc1'),
  ]
  for (const payload of messages) {
    for (let length = 0; length < payload.length; length += 1) {
      const cut = payload.subarray(0, length)
      expect(
        describeMedia({ type: messageTypes.video, streamId: 1, timestamp: 0, payload: cut }),
      ).toBeUndefined()
      expect(() =>
        describeMedia({ type: messageTypes.audio, streamId: 1, timestamp: 0, payload: cut }),
      ).not.toThrow()
    }
  }
  expect(video(0x17)).toBeUndefined()
  expect(audio(0xaf)).toBeUndefined()
})

test('shares its answers between frames', () => {
  expect(video(0x27, 1, 0, 0, 0)).toBe(video(0x27, 1, 0, 0, 9))
  expect(video(0xa3, 'hvc1')).toBe(video(0xa1, 'hvc1'))
})
