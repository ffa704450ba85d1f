import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createTimeBudget } from './time-budget.ts'

it('counts the time of all waits together, and not what is between them', async () => {
  let spent = false
  const budget = createTimeBudget(0.3, () => {
    spent = true
  })
  await budget.spend(() => wait(10))
  await wait(400)
  await budget.spend(() => wait(10))
  expect(spent).toBe(false)
  for (let count = 0; count < 20 && !spent; count += 1) await budget.spend(() => wait(50))
  expect(spent).toBe(true)
})
