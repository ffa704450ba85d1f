import { afterEach, expect, test, vi } from 'vitest'
import { DispatcherProgress } from './dispatcher-progress.ts'

afterEach(() => void vi.useRealTimers())

test('a dispatcher is stuck when it waits for its queue engine, and not when that is away', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] })
  const progress = new DispatcherProgress()
  const { promise: answer, reject } = Promise.withResolvers<string>()
  const store = progress.noteIn({
    openQueue: () => expect.unreachable(),
    openWorker: () => expect.unreachable(),
    findIncarnation: () => answer,
    close: async () => undefined,
  })
  const waiting = store.findIncarnation()
  expect(progress.isStuck()).toBe(false)
  vi.advanceTimersByTime(61_000)
  expect(progress.isStuck()).toBe(true)
  reject(new Error('redis is away'))
  await expect(waiting).rejects.toThrow('redis is away')
  expect(progress.isStuck()).toBe(false)
})
