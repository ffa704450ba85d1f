import { expect, test } from 'vitest'
import { syncTiming, turnAfter } from './sync-timing.ts'

test.each(['15 6 * * 1-5', '*/5 * * * *', '0,30 * * * *', '0 0 29 2 *', '0 9 * JAN MON'])(
  '%s is taken',
  (cron) => {
    expect(syncTiming.safeParse({ cron }).success).toBe(true)
  },
)

test.each([
  '* * * * *',
  '*/4 * * * *',
  '0,3 * * * *',
  '58,1 * * * *',
  '0 0 31 2 *',
  '*/5 * * * * *',
  '@hourly',
  '0 25 * * *',
  '',
  'a b c d e',
  '0 0 * * ?',
])('%s is refused', (cron) => {
  expect(syncTiming.safeParse({ cron }).success).toBe(false)
})

test('turns are counted from an instant on, in UTC', () => {
  const instant = new Date('2026-03-29T05:58:12.345Z')
  expect(turnAfter({ everyMinutes: 5 }, instant).toISOString()).toBe('2026-03-29T06:03:12.345Z')
  expect(turnAfter({ cron: '15 6 * * 1-5' }, instant).toISOString()).toBe('2026-03-30T06:15:00.000Z')
  for (const everyMinutes of [4, 10_081, 5.5])
    expect(syncTiming.safeParse({ everyMinutes }).success).toBe(false)
})
