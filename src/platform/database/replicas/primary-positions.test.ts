import { expect, test } from 'vitest'
import { formatLsn, parseLsn } from './lsn.ts'
import { PrimaryPositions } from './primary-positions.ts'

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

test('an idle primary makes nobody lag', () => {
  const positions = new PrimaryPositions(1_000)
  for (let atMs = 0; atMs < 60_000; atMs += 250) positions.add(100n, atMs)
  expect(positions.lagMs(100n, 60_000)).toBe(0)
  expect(positions.isRecent({ lsn: 100n, askedAtMs: 59_900 })).toBe(true)
})

test('what is older than the bound is not recent, however long ago it became so', () => {
  const positions = new PrimaryPositions(1_000)
  const startMs = performance.now() - 100_000
  for (let step = 0; step <= 400; step += 1) positions.add(BigInt(step), startMs + step * 250)
  const nowMs = performance.now()
  expect(positions.isRecent({ lsn: 400n, askedAtMs: nowMs })).toBe(true)
  expect(positions.isRecent({ lsn: 398n, askedAtMs: nowMs })).toBe(true)
  expect(positions.isRecent({ lsn: 390n, askedAtMs: nowMs })).toBe(false)
  expect(positions.isRecent({ lsn: 0n, askedAtMs: nowMs })).toBe(false)
})

test('nothing is recent before the primary was asked, or when it is ahead of the primary', () => {
  const positions = new PrimaryPositions(1_000)
  expect(positions.isRecent({ lsn: 1n, askedAtMs: 0 })).toBe(false)
  positions.add(100n, 10)
  expect(positions.isRecent({ lsn: 101n, askedAtMs: 5 })).toBe(false)
  // Asked later than the primary, it may well have gone on.
  expect(positions.isRecent({ lsn: 101n, askedAtMs: 15 })).toBe(true)
})

test('after a failover that lost writes only the new timeline counts', () => {
  const positions = new PrimaryPositions(1_000)
  const nowMs = performance.now()
  positions.add(500n, nowMs - 20)
  positions.add(300n, nowMs - 10)
  expect(positions.isRecent({ lsn: 500n, askedAtMs: nowMs - 15 })).toBe(false)
  expect(positions.isRecent({ lsn: 300n, askedAtMs: nowMs })).toBe(true)
})
