import { expect, test } from 'vitest'
import { createRetryPolicy, type DeliveryFault } from './retry-policy.ts'

const lost: DeliveryFault = { kind: 'lost', code: 'ECONNREFUSED', message: '' }
const refused: DeliveryFault = { kind: 'refused', code: 'NetStream.Publish.BadName', message: '' }
const unjittered = () => createRetryPolicy({ random: () => 0.5 })

test('for a minute a destination is looked for every second, then ever more rarely', () => {
  const policy = unjittered()
  const delays: (number | undefined)[] = []
  for (let nowMs = 0; nowMs < 150_000; ) {
    const delayMs = policy.nextDelayMs(lost, nowMs) ?? Number.NaN
    delays.push(delayMs)
    nowMs += delayMs
  }
  expect(delays.slice(0, 5)).toEqual([200, 400, 800, 900, 900])
  expect(delays.filter((delayMs) => delayMs === 900).length).toBeGreaterThan(60)
  expect(delays.slice(delays.lastIndexOf(900) + 1, -1).slice(0, 3)).toEqual([3_200, 6_400, 12_800])
  expect(delays.at(-1)).toBe(15_000)
})

test('a key that was never taken is given up after three refusals', () => {
  const policy = unjittered()
  expect([1, 2, 3].map((second) => policy.nextDelayMs(refused, second * 1_000))).toEqual([
    200,
    400,
    undefined,
  ])
})

test('a key that was taken once is tried on: the far end may still hold the last session', () => {
  const policy = unjittered()
  policy.taken(0)
  for (let attempt = 0; attempt < 20; attempt += 1)
    expect(policy.nextDelayMs(refused, attempt * 1_000)).toBeGreaterThan(0)
})

test('what is forbidden is not tried again', () => {
  expect(
    unjittered().nextDelayMs({ kind: 'forbidden', code: 'PRIVATE_ADDRESS', message: '' }, 0),
  ).toBeUndefined()
})

test('a success makes the next trouble a new one, unless it lasts no second', () => {
  const policy = unjittered()
  for (let attempt = 0; attempt < 100; attempt += 1) policy.nextDelayMs(lost, attempt * 1_000)
  policy.taken(199_500)
  expect(policy.nextDelayMs(lost, 200_000)).toBe(15_000)
  policy.taken(210_000)
  expect(policy.nextDelayMs(lost, 220_000)).toBe(200)
})

test('what a far end refuses while another process may still be connected does not count', () => {
  const policy = createRetryPolicy({ lenientUntilMs: 5_000, random: () => 0.5 })
  for (let nowMs = 0; nowMs < 5_000; nowMs += 500)
    expect(policy.nextDelayMs(refused, nowMs)).toBeGreaterThan(0)
  expect([5_000, 6_000, 7_000].map((nowMs) => policy.nextDelayMs(refused, nowMs))).toEqual([
    900,
    900,
    undefined,
  ])
})

test('jitter is a tenth at most', () => {
  const delays = Array.from({ length: 500 }, () => createRetryPolicy().nextDelayMs(lost, 0) ?? 0)
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(180)
  expect(Math.max(...delays)).toBeLessThanOrEqual(220)
  expect(new Set(delays).size).toBeGreaterThan(10)
})
