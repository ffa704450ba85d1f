import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { RecentChanges } from './recent-changes.ts'

const rememberMs = 1_000

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => vi.useRealTimers())

const quiet = () => {
  const changes = new RecentChanges(rememberMs)
  vi.advanceTimersByTime(rememberMs + 1)
  return changes
}

test('at first everything may have changed', () => {
  const changes = new RecentChanges(rememberMs)
  expect(changes.hasAny(['post:1'])).toBe(true)
  vi.advanceTimersByTime(rememberMs + 1)
  expect(changes.hasAny(['post:1'])).toBe(false)
})

test('a tag counts as changed for its time, and no other does', () => {
  const changes = quiet()
  changes.add('post:1')
  expect(changes.hasAny(['posts', 'post:1'])).toBe(true)
  expect(changes.hasAny(['post:2'])).toBe(false)
  vi.advanceTimersByTime(rememberMs + 2)
  expect(changes.hasAny(['post:1'])).toBe(false)
})

test('more changes than can be remembered are a change of everything', () => {
  const changes = quiet()
  for (let n = 0; n <= 20_000; n += 1) changes.add(`post:${n}`)
  expect(changes.hasAny(['post:0'])).toBe(true)
  expect(changes.hasAny(['something else'])).toBe(true)
})

test('after a gap everything may have changed', () => {
  const changes = quiet()
  changes.addEverything()
  expect(changes.hasAny(['post:1'])).toBe(true)
})
