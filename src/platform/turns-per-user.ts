import { boundedTurns } from './bounded-turns.ts'

type Turns = ReturnType<typeof boundedTurns>

/** Bounded turns of each user's own, so that nobody's work waits behind that of one who asks for much. */
export const turnsPerUser = (name: string, bounds: { atOnce: number; maxWaiting: number }) => {
  const users = new Map<string, { inTurn: Turns; held: number }>()
  return async <T>(userId: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    const user = users.get(userId) ?? { inTurn: boundedTurns(name, bounds), held: 0 }
    users.set(userId, user)
    user.held += 1
    try {
      return await user.inTurn(work, signal)
    } finally {
      user.held -= 1
      if (user.held === 0) users.delete(userId)
    }
  }
}
