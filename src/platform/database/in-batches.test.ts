import { expect, test } from 'vitest'
import { inBatches } from './in-batches.ts'

/** Writes numbers, three at a time, as their doubles, and notes each batch. `refuses` says which it does not take. */
const writer = (refuses: (items: number[]) => Error | undefined = () => undefined) => {
  const batches: number[][] = []
  const write = inBatches(3, async (_owner: object, items: number[]) => {
    batches.push(items)
    const refusal = refuses(items)
    if (refusal !== undefined) throw refusal
    return items.map((item) => item * 2)
  })
  const owner = {}
  return { batches, write: (item: number) => write(owner, item) }
}

const statuses = (outcomes: PromiseSettledResult<number>[]) => outcomes.map(({ status }) => status)

test('what is asked for in one turn goes together, in batches of a bounded size', async () => {
  const { batches, write } = writer()
  expect(await Promise.all([1, 2, 3, 4, 5].map(write))).toEqual([2, 4, 6, 8, 10])
  expect(batches).toEqual([
    [1, 2, 3],
    [4, 5],
  ])
})

test('what comes while a batch is under way goes with the next', async () => {
  const batches: number[][] = []
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>()
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>()
  const write = inBatches(3, async (_owner: object, items: number[]) => {
    batches.push(items)
    ask()
    await answered
    return items
  })
  const owner = {}
  const first = write(owner, 1)
  await asked
  const others = [write(owner, 2), write(owner, 3)]
  answer()
  await Promise.all([first, ...others])
  expect(batches).toEqual([[1], [2, 3]])
  expect(await write(owner, 4)).toBe(4)
})

test('an item that is refused fails alone', async () => {
  const { write } = writer((items) => (items.includes(2) ? new Error('not 2') : undefined))
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map(write))
  expect(statuses(outcomes)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
})

test('a database that is away fails all, and is not asked for each', async () => {
  const away = Object.assign(new Error('away'), { code: 'ECONNREFUSED' })
  const { batches, write } = writer(() => away)
  const outcomes = await Promise.allSettled([1, 2, 3].map(write))
  expect(statuses(outcomes)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(batches).toEqual([[1, 2, 3]])
})
