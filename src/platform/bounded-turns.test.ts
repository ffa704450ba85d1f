import { describe, expect, test } from 'vitest'
import { boundedTurns } from './bounded-turns.ts'

describe('bounded turns', () => {
  const never = new AbortController().signal
  const started = () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    return { work: () => promise, finish: resolve }
  }

  test('run so many at once and no more, in the order in which they came', async () => {
    const inTurn = boundedTurns('work', { atOnce: 2, maxWaiting: 100 })
    let running = 0
    let most = 0
    const order: number[] = []
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        inTurn(async () => {
          order.push(index)
          running += 1
          most = Math.max(most, running)
          await new Promise((resolve) => setImmediate(resolve))
          running -= 1
        }, never),
      ),
    )
    expect(most).toBe(2)
    expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index))
  })

  test('refuse with a 503 when too many wait', async () => {
    const inTurn = boundedTurns('work', { atOnce: 1, maxWaiting: 1 })
    const first = started()
    const running = inTurn(first.work, never)
    const waiting = inTurn(async () => 'done', never)
    await expect(inTurn(async () => 'never', never)).rejects.toMatchObject({
      status: 503,
      retryAfterSeconds: 5,
    })
    first.finish()
    await running
    expect(await waiting).toBe('done')
  })

  test('never begin work whose client has gone, and go on after work that failed', async () => {
    const inTurn = boundedTurns('work', { atOnce: 1, maxWaiting: 10 })
    const first = started()
    const running = inTurn(first.work, never)
    const gone = new AbortController()
    let begun = false
    const abandoned = inTurn(async () => {
      begun = true
    }, gone.signal)
    const failing = inTurn(() => Promise.reject(new Error('broken')), never)
    const last = inTurn(async () => 'done', never)
    gone.abort()
    await expect(abandoned).rejects.toMatchObject({ code: 'CLIENT_GONE' })
    first.finish()
    await running
    await expect(failing).rejects.toThrow('broken')
    expect(await last).toBe('done')
    expect(begun).toBe(false)
  })
})
