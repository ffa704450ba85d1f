import { pino } from 'pino'
import { expect, test } from 'vitest'
import { taskRunner } from './task.ts'

test('a task that fails again and again is told of once, and once when it works again; each task by itself', async () => {
  const told: string[] = []
  const note = (line: string) => {
    const { task, msg } = JSON.parse(line)
    told.push(`${task}: ${msg}`)
  }
  const runTask = taskRunner(pino({}, { write: note }))
  let isAway = true
  const run = async () => {
    if (isAway) throw new Error('away')
    return 0
  }
  const often = { name: 'often', everySeconds: 2, run }
  const seldom = { ...often, name: 'seldom' }
  const once = async () => true
  for (let times = 0; times < 5; times += 1)
    expect((await runTask(often, once)).error).toEqual(new Error('away'))
  await runTask(seldom, once)
  isAway = false
  for (const task of [often, often, seldom]) await runTask(task, once)
  isAway = true
  await runTask(often, once)
  expect(told).toEqual([
    'often: housekeeping failed',
    'seldom: housekeeping failed',
    'often: housekeeping works again',
    'seldom: housekeeping works again',
    'often: housekeeping failed',
  ])
})
