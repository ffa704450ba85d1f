import { describe, expect, it } from 'vitest'
import { createSlots } from './slots.ts'

const never = new AbortController().signal

describe('createSlots', () => {
  it('runs no more than its slots at a time, in order of arrival', async () => {
    const slots = createSlots({ slots: 2, maxWaiting: 10, waitTimeoutMs: 5_000 })
    const order: number[] = []
    let running = 0
    let most = 0
    await Promise.all(
      [0, 1, 2, 3, 4, 5].map((n) =>
        slots.run(never, async () => {
          order.push(n)
          most = Math.max(most, ++running)
          await new Promise(setImmediate)
          running--
        }),
      ),
    )
    expect(order).toEqual([0, 1, 2, 3, 4, 5])
    expect(most).toBe(2)
  })

  it('frees the slot of work that throws', async () => {
    const slots = createSlots({ slots: 1, maxWaiting: 1, waitTimeoutMs: 5_000 })
    await expect(slots.run(never, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await slots.run(never, async () => 'free')).toBe('free')
  })

  it('turns callers away when too many wait, or they wait too long', async () => {
    const slots = createSlots({ slots: 1, maxWaiting: 1, waitTimeoutMs: 20 })
    const held = Promise.withResolvers<void>()
    const holder = slots.run(never, () => held.promise)
    const patient = slots.run(never, async () => 'late')
    await expect(slots.run(never, async () => 'more')).rejects.toMatchObject({
      kind: 'retryable',
      code: 'PROVIDER_BUSY',
    })
    await expect(patient).rejects.toMatchObject({ code: 'PROVIDER_BUSY' })
    held.resolve()
    await holder
    expect(await slots.run(never, async () => 'free')).toBe('free')
  })

  it('lets a waiting caller leave', async () => {
    const slots = createSlots({ slots: 1, maxWaiting: 1, waitTimeoutMs: 5_000 })
    const held = Promise.withResolvers<void>()
    const holder = slots.run(never, () => held.promise)
    const leaving = new AbortController()
    const left = slots.run(leaving.signal, async () => 'ran')
    leaving.abort(new Error('changed my mind'))
    await expect(left).rejects.toThrow('changed my mind')
    held.resolve()
    await holder
    expect(await slots.run(never, async () => 'free')).toBe('free')
  })
})
