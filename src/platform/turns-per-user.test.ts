import { expect, test } from 'vitest'
import { turnsPerUser } from './turns-per-user.ts'

test('a user waits for his own work, never for that of others', async () => {
  const inTurn = turnsPerUser('test', { atOnce: 1, maxWaiting: 1 })
  const begun: string[] = []
  const first = Promise.withResolvers<void>()
  const work =
    (name: string, until: Promise<void> = Promise.resolve()) =>
    async () => {
      begun.push(name)
      await until
      return name
    }
  const running = inTurn('ada', work('first', first.promise))
  const waiting = inTurn('ada', work('second'))
  await expect(inTurn('ada', work('third'))).rejects.toMatchObject({ status: 503 })
  expect(await inTurn('bob', work('of bob'))).toBe('of bob')
  expect(begun).toEqual(['first', 'of bob'])
  first.resolve()
  expect(await Promise.all([running, waiting])).toEqual(['first', 'second'])
  expect(await inTurn('ada', work('again'))).toBe('again')
})
