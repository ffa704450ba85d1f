import { expect, test } from 'vitest'
import type { MediaInfo } from '../flv/media-message.ts'
import { Feed } from './feed.ts'
import type { FeedReader } from './feed-reader.ts'

const video = (isKeyFrame: boolean, isSequenceHeader = false): MediaInfo => ({
  kind: 'video',
  codec: 'h264',
  isKeyFrame,
  isSequenceHeader,
})
const kinds = {
  H: video(false, true),
  K: video(true),
  p: video(false),
  S: { kind: 'audio', codec: 'aac', isSequenceHeader: true },
  a: { kind: 'audio', codec: 'aac', isSequenceHeader: false },
  M: { kind: 'metadata' },
} as const satisfies Record<string, MediaInfo>
type Kind = keyof typeof kinds
const types: Record<string, number> = { video: 9, audio: 8, metadata: 18 }

/** Each letter is a message, each a frame of 40 ms after the one before. */
const push = (feed: Feed, letters: string, fromMs = 0, bytes = 10): number => {
  let atMs = fromMs
  for (const letter of letters) {
    const media = kinds[letter as Kind]
    const payload = Buffer.alloc(bytes, letter)
    feed.append({ type: types[media.kind] ?? 0, streamId: 1, timestamp: atMs >>> 0, payload }, media)
    atMs += 40
  }
  return atMs
}

const open = (feed: Feed, keepsUpMs = 2_000) => {
  let woken = 0
  const reader = feed.openReader({ onAvailable: () => (woken += 1), keepsUpMs })
  return { reader, wakings: () => woken }
}

const readAll = (reader: FeedReader): string => {
  let letters = ''
  for (let entry = reader.next(); entry !== undefined; entry = reader.next())
    letters += String.fromCharCode(entry.message.payload[0] ?? 0)
  return letters
}

test('who joins starts at the newest key frame, after the headers', () => {
  const feed = new Feed()
  push(feed, 'MHSKappKapp')
  expect(readAll(open(feed).reader)).toBe('MHSKapp')
})

test('the headers that come before a late start carry the time of its key frame', () => {
  const feed = new Feed()
  push(feed, 'MHSKppKp', 1_000)
  const { reader } = open(feed)
  const times = [0, 1, 2, 3].map(() => reader.next()?.message.timestamp)
  expect(times).toEqual([1_240, 1_240, 1_240, 1_240])
})

test('sound without pictures can start anywhere', () => {
  const feed = new Feed()
  push(feed, 'Saaaa')
  expect(readAll(open(feed).reader)).toBe('Sa')
})

test('pictures that come later do not let anybody start without a key frame', () => {
  const feed = new Feed()
  push(feed, 'SaaHp')
  const { reader } = open(feed)
  expect(readAll(reader)).toBe('')
  push(feed, 'Kp', 200)
  expect(readAll(reader)).toBe('SHKp')
})

test('a reader is called once when there is something again', async () => {
  const feed = new Feed()
  const { reader, wakings } = open(feed)
  expect(readAll(reader)).toBe('')
  push(feed, 'HKp')
  await new Promise(setImmediate)
  expect(wakings()).toBe(1)
  push(feed, 'pp', 200)
  await new Promise(setImmediate)
  expect(wakings()).toBe(1)
  expect(readAll(reader)).toBe('HKppp')
})

test('a reader that falls behind goes on at the newest key frame, and the others do not notice', () => {
  const feed = new Feed()
  let atMs = push(feed, 'HSKa')
  const [slow, quick] = [open(feed, 1_000).reader, open(feed, 1_000).reader]
  expect(readAll(slow)).toBe('HSKa')
  let all = readAll(quick)
  for (let group = 0; group < 5; group += 1) {
    atMs = push(feed, 'Kpapapapap', atMs)
    all += readAll(quick)
  }
  expect(all).toBe(`HSKa${'Kpapapapap'.repeat(5)}`)
  expect(quick.skipped).toBe(0)
  expect(readAll(slow)).toBe('HSKpapapapap')
  expect(slow.skipped).toBe(40)
})

test('a group of pictures longer than a reader may lag is not cut short for it', () => {
  const feed = new Feed()
  const atMs = push(feed, 'HK')
  const { reader } = open(feed, 100)
  expect(readAll(reader)).toBe('HK')
  push(feed, 'p'.repeat(50), atMs)
  expect(readAll(reader)).toBe('p'.repeat(50))
  expect(reader.skipped).toBe(0)
})

test('a group of pictures too large to keep is left, and readers wait for the next one', () => {
  const feed = new Feed()
  const mebibyte = 1024 ** 2
  let atMs = push(feed, 'HK')
  const { reader } = open(feed)
  atMs = push(feed, 'p'.repeat(40), atMs, mebibyte)
  expect(readAll(reader)).toBe('')
  expect(readAll(open(feed).reader)).toBe('')
  push(feed, 'Kp', atMs)
  expect(readAll(reader)).toBe('HKp')
})

test('old media goes, whether anybody reads it or not', () => {
  const feed = new Feed()
  let atMs = push(feed, 'H')
  for (let second = 0; second < 120; second += 1) atMs = push(feed, `K${'p'.repeat(24)}`, atMs)
  const held = feed.end - feed.start
  expect(held).toBeGreaterThan(24)
  expect(held).toBeLessThan(11 * 25)
})

test('time that wraps is no reason to skip', () => {
  const feed = new Feed()
  const { reader } = open(feed, 1_000)
  const before = 2 ** 32 - 100
  expect(push(feed, 'HKpppp', before)).toBeGreaterThan(2 ** 32)
  expect(readAll(reader)).toBe('HKpppp')
  push(feed, 'pp', 2 ** 32 + 140)
  expect(readAll(reader)).toBe('pp')
  expect(reader.skipped).toBe(0)
})

test('after another publisher nothing is sent that refers to pictures of the former', () => {
  const feed = new Feed()
  let atMs = push(feed, 'HSKp')
  const { reader } = open(feed)
  expect(readAll(reader)).toBe('HSKp')
  feed.restart()
  atMs = push(feed, 'HSpapKp', atMs)
  expect(readAll(reader)).toBe('HSaKp')
})

test('chunks are made once for all that use the same stream id', () => {
  const feed = new Feed()
  push(feed, 'HK')
  const [first, second] = [open(feed).reader, open(feed).reader]
  first.next()
  second.next()
  const [mine, theirs] = [first.next(), second.next()]
  expect(mine?.framed(1)).toBe(theirs?.framed(1))
  expect(mine?.framed(2).subarray(12)).toEqual(mine?.framed(1).subarray(12))
  expect(mine?.framed(2).readUInt32LE(8)).toBe(2)
})

test('a closed reader is not called any more', async () => {
  const feed = new Feed()
  const { reader, wakings } = open(feed)
  expect(readAll(reader)).toBe('')
  reader.close()
  push(feed, 'HK')
  await new Promise(setImmediate)
  expect(wakings()).toBe(0)
})

test('messages of next to nothing count too, and what is over is not kept', () => {
  const feed = new Feed()
  for (let count = 0; count < 100_000; count += 1) {
    feed.append({ type: 8, streamId: 1, timestamp: 0, payload: Buffer.of(0x2f, 1) }, kinds.a)
  }
  expect(feed.end - feed.start).toBeLessThan(70_000)
  for (let before = 1; before <= 1_024; before += 1) expect(feed.entry(feed.start - before)).toBeUndefined()
})
