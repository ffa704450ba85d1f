import { expect, test } from 'vitest'
import { formatLsn, parseLsn } from './lsn.ts'
import { PrimaryPositions, type Replayed } from './primary-positions.ts'

const at = (lsn: bigint, askedAtMs: number, isProven = true): Replayed => ({
  lsn,
  askedAtMs,
  answeredAtMs: askedAtMs,
  isProven,
  divergedAt: undefined,
})

const answer = (lsn: bigint, atMs: number) => ({ lsn, askedAtMs: atMs, answeredAtMs: atMs })

test('a position is read and written as PostgreSQL writes it', () => {
  expect(parseLsn('16/B374D848')).toBe(0x16_b374_d848n)
  expect(formatLsn(parseLsn('16/B374D848'))).toBe('16/B374D848')
  expect(formatLsn(parseLsn('0/1000028'))).toBe('0/1000028')
  expect(() => parseLsn('B374D848')).toThrow('Not a position')
})

test('a replica is as far behind as the primary left the place where it is long ago', () => {
  const positions = new PrimaryPositions(1_000)
  positions.add(100n, 0)
  positions.add(200n, 250)
  positions.add(200n, 500)
  positions.add(300n, 750)
  expect(positions.lagMs(300n, 800)).toBe(0)
  expect(positions.lagMs(250n, 800)).toBe(50)
  expect(positions.lagMs(150n, 800)).toBe(550)
})

test('how far behind a place is that the primary had left before it was first asked, nobody knows', () => {
  const positions = new PrimaryPositions(1_000)
  const nowMs = performance.now()
  positions.add(100n, nowMs)
  expect(positions.lagMs(99n)).toBe(Number.POSITIVE_INFINITY)
  expect(positions.isRecent(at(99n, nowMs - 1))).toBe(false)
  expect(positions.isRecent(at(100n, nowMs - 1))).toBe(true)
})

test('an idle primary makes nobody lag', () => {
  const positions = new PrimaryPositions(1_000)
  for (let atMs = 0; atMs < 60_000; atMs += 250) positions.add(100n, atMs)
  expect(positions.lagMs(100n, 60_000)).toBe(0)
  expect(positions.isRecent(at(100n, 59_900))).toBe(true)
})

test('what is older than the bound is not recent, however long ago it became so', () => {
  const positions = new PrimaryPositions(1_000)
  const startMs = performance.now() - 100_000
  for (let step = 0; step <= 400; step += 1) positions.add(BigInt(step), startMs + step * 250)
  const nowMs = performance.now()
  expect(positions.isRecent(at(400n, nowMs))).toBe(true)
  expect(positions.isRecent(at(398n, nowMs))).toBe(true)
  expect(positions.isRecent(at(390n, nowMs))).toBe(false)
  expect(positions.isRecent(at(0n, nowMs))).toBe(false)
})

test('a server counts once the primary was seen where it is', () => {
  const positions = new PrimaryPositions(1_000)
  expect(positions.isRecent(at(1n, 0))).toBe(false)
  positions.add(100n, 10)
  const first = positions.after(undefined, answer(100n, 20))
  expect(positions.isRecent(first)).toBe(false)
  positions.add(100n, 30)
  expect(positions.isRecent(first)).toBe(true)
  // Asked later than the primary, it may well have gone on.
  expect(positions.isRecent(positions.after(first, answer(101n, 40)))).toBe(true)
})

test('who was ahead of the primary is not trusted where he stands, even when the primary has passed', () => {
  const positions = new PrimaryPositions(1_000_000)
  positions.add(100n, 10)
  const ahead = positions.after(at(100n, 5), answer(150n, 15))
  positions.add(120n, 20)
  expect(positions.isRecent(ahead)).toBe(false)
  const again = positions.after(ahead, answer(150n, 25))
  positions.add(200n, 30)
  expect(positions.isRecent(again)).toBe(false)
  const still = positions.after(again, answer(150n, 35))
  positions.add(200n, 40)
  expect(positions.isRecent(still)).toBe(false)
  const moved = positions.after(still, answer(190n, 45))
  positions.add(200n, 50)
  expect(positions.isRecent(moved)).toBe(true)
})

test('who answers late may have gone on since the primary was asked', () => {
  const positions = new PrimaryPositions(1_000_000)
  positions.add(100n, 10)
  const late = positions.after(at(100n, 5), { lsn: 150n, askedAtMs: 15, answeredAtMs: 40 })
  positions.add(120n, 20)
  expect(positions.isRecent(late)).toBe(true)
  positions.add(150n, 50)
  expect(positions.isRecent(late)).toBe(true)
})

test('after a failover that lost writes only the new timeline counts', () => {
  const positions = new PrimaryPositions(1_000)
  const nowMs = performance.now()
  positions.add(500n, nowMs - 20)
  positions.add(300n, nowMs - 10)
  expect(positions.isRecent(at(500n, nowMs - 15))).toBe(false)
  expect(positions.isRecent(at(300n, nowMs))).toBe(true)
})
