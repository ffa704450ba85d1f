import { expect, test, vi } from 'vitest'
import { QueueLane } from './queue-lane.ts'

/** How many claims there is room for, of 100. */
const roomOf = async (lane: QueueLane) => {
  const entered = await Promise.all(Array.from({ length: 100 }, () => lane.enter()))
  return entered.filter((hasEntered) => hasEntered).length
}
const pass = async (lane: QueueLane, times: number, hasRun: boolean) => {
  for (let n = 0; n < times; n += 1) {
    expect(await lane.enter()).toBe(true)
    lane.leave(hasRun)
  }
}

test('claims go ahead of quick jobs by as many as have ended, above what runs at a time', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const lane = new QueueLane(2, true)
  await pass(lane, 12, true)
  expect(await roomOf(lane)).toBe(12)
  vi.useRealTimers()
})

test('no claim goes ahead where jobs are slow, where they were not run, or where none may', async () => {
  const [slow, handedBack, alone] = [new QueueLane(2, true), new QueueLane(2, true), new QueueLane(2, false)]
  await pass(slow, 2, true)
  await pass(handedBack, 12, false)
  await pass(alone, 12, true)
  expect(await Promise.all([slow, handedBack, alone].map(roomOf))).toEqual([2, 2, 2])
})

test('who waits for room gets it when somebody leaves, and nothing once the lane is closed', async () => {
  const lane = new QueueLane(1, true)
  expect(await lane.enter()).toBe(true)
  const [next, room] = [lane.enter(), lane.room()]
  lane.leave(true)
  expect(await next).toBe(true)
  lane.close()
  await room
  expect(await Promise.all([lane.enter(), lane.startRunning()])).toEqual([false, false])
})
