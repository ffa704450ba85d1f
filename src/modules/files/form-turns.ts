import { boundedTurns } from '../../platform/bounded-turns.ts'

type UserTurns = { inTurn: ReturnType<typeof boundedTurns>; forms: number }

const users = new Map<string, UserTurns>()

/**
 * Reads three forms of a user at a time: what arrives counts for the quota only when it is registered, so each could bring
 * all that is left of it. The body of a form that waits stays with its sender.
 * @throws 503 when too many wait
 */
export const inFormTurn = async <T>(userId: string, read: () => Promise<T>): Promise<T> => {
  const user = users.get(userId) ?? {
    inTurn: boundedTurns('reading of your forms', { atOnce: 3, maxWaiting: 20 }),
    forms: 0,
  }
  users.set(userId, user)
  user.forms += 1
  try {
    return await user.inTurn(read)
  } finally {
    user.forms -= 1
    if (user.forms === 0) users.delete(userId)
  }
}
