import { expect, test } from 'vitest'
import { restartDelays } from './restart-delay.ts'

test('delays double up to ten seconds, and begin anew after ten seconds of steady work', () => {
  const delays = restartDelays()
  const quick = Array.from({ length: 8 }, () => delays.nextMs(100))
  expect(quick).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000])
  expect(delays.nextMs(10_000)).toBe(250)
  expect(delays.nextMs(9_999)).toBe(500)
})
