import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { readTogether } from './read-together.ts'

const ids: string[] = Array.from({ length: 5 }, () => randomUUID())
const table = new Map(ids.map((id) => [id, { id }]))

/** Reads from `table`, and notes what it was asked for. */
const reader = () => {
  const asked: string[][] = []
  const read = readTogether(async (_executor: object, wanted: string[]) => {
    asked.push(wanted)
    return wanted.flatMap((id) => table.get(id) ?? [])
  })
  return { asked, read, executor: {} }
}

test('what is asked for in one turn is read at once, each row once', async () => {
  const { asked, read, executor } = reader()
  const rows = await Promise.all([...ids, ids[0] ?? ''].map((id) => read(executor, id)))
  expect(rows.map((row) => row?.id)).toEqual([...ids, ids[0]])
  expect(asked).toEqual([ids])
})

test('the next turn reads anew, and so does another executor', async () => {
  const { asked, read, executor } = reader()
  const [id = ''] = ids
  await read(executor, id)
  await Promise.all([read(executor, id), read({}, id)])
  expect(asked).toEqual([[id], [id], [id]])
})

test('a row is found by its id in any letters, and one that is not there is not', async () => {
  const { read, executor } = reader()
  const [id = ''] = ids
  expect(await read(executor, id.toUpperCase())).toEqual({ id })
  expect(await read(executor, randomUUID())).toBeUndefined()
})

test('a failure reaches everybody who asked, and only them', async () => {
  let fails = true
  const read = readTogether(async (_executor: object, wanted: string[]) => {
    if (fails) throw new Error('away')
    return wanted.map((id) => ({ id }))
  })
  const executor = {}
  const outcomes = await Promise.allSettled(ids.map((id) => read(executor, id)))
  expect(outcomes.map(({ status }) => status)).toEqual(ids.map(() => 'rejected'))
  fails = false
  expect(await read(executor, 'x')).toEqual({ id: 'x' })
})
