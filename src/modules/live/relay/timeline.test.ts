import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTimeline } from './timeline.ts'

const period = 2 ** 32

test('the first publisher keeps its timestamps', () => {
  const timeline = createTimeline()
  expect([16_777_000, 16_777_033, 16_777_020, 16_777_300].map((at) => timeline.map(at, at))).toEqual([
    16_777_000, 16_777_033, 16_777_020, 16_777_300,
  ])
})

test('timestamps that wrap at 32 bits go on', () => {
  const timeline = createTimeline()
  expect([period - 40, period - 1, 39, 79].map((at, index) => timeline.map(at, index * 40))).toEqual([
    period - 40,
    period - 1,
    39,
    79,
  ])
})

test('the next publisher goes on where the last one ended, with the time between them', () => {
  const timeline = createTimeline()
  timeline.map(5_000, 100)
  timeline.map(5_040, 140)
  timeline.restart()
  expect(timeline.map(0, 20_140)).toBe(25_040)
  expect(timeline.map(40, 20_180)).toBe(25_080)
})

test('a clock that begins anew without a word does not take time back', () => {
  const timeline = createTimeline()
  timeline.map(900_000, 0)
  expect(timeline.map(0, 40)).toBe(900_020)
  expect(timeline.map(40, 80)).toBe(900_060)
})

test('a stream that began elsewhere goes on by its age', () => {
  const timeline = createTimeline({ elapsedMs: 60_000, nowMs: 1_000 })
  expect(timeline.map(3, 1_500)).toBe(60_500)
})

test('over any publishers, time goes back by the disorder of sound and picture at most', () => {
  const publisher = fc.record({
    startMs: fc.integer({ min: 0, max: period - 1 }),
    stepsMs: fc.array(fc.integer({ min: -200, max: 400 }), { minLength: 1, maxLength: 30 }),
    pauseMs: fc.integer({ min: 0, max: 60_000 }),
  })
  fc.assert(
    fc.property(fc.array(publisher, { minLength: 1, maxLength: 6 }), (publishers) => {
      const timeline = createTimeline({ elapsedMs: 0, nowMs: 0 })
      let nowMs = 0
      let furthest = 0
      for (const { startMs, stepsMs, pauseMs } of publishers) {
        let raw = startMs
        let lowest = 0
        timeline.restart()
        nowMs += pauseMs
        for (const stepMs of [0, ...stepsMs]) {
          raw += stepMs
          nowMs += 40
          const mapped = timeline.map(raw >>> 0, nowMs)
          lowest = Math.min(lowest, mapped - furthest)
          furthest = Math.max(furthest, mapped)
        }
        expect(lowest).toBeGreaterThanOrEqual(-1_000)
      }
    }),
  )
})
