import { expect, test } from 'vitest'
import { createBitrateMeter } from './bitrate-meter.ts'

test('bits a second over two seconds, and nothing two seconds after the last byte', () => {
  const meter = createBitrateMeter()
  for (let nowMs = 5_000; nowMs < 9_000; nowMs += 10) meter.add(1_250, nowMs)
  expect(meter.bitrate(9_000)).toBeGreaterThan(850_000)
  expect(meter.bitrate(9_000)).toBeLessThanOrEqual(1_000_000)
  expect(meter.bitrate(10_000)).toBeLessThan(600_000)
  expect(meter.bitrate(11_300)).toBe(0)
  expect(meter.totalBytes).toBe(500_000)
})

test('a long silence leaves nothing of what was before', () => {
  const meter = createBitrateMeter()
  meter.add(1_000_000, 0)
  meter.add(250, 1_000_000)
  expect(meter.bitrate(1_000_000)).toBe(1_000)
})
