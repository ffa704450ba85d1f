import { setTimeout as delay } from 'node:timers/promises'

const pollMs = 100

/** Asks until there is an answer. What throws counts as none. @throws when the time is over, with the last fault as cause */
export const until = async <Answer>(
  what: string,
  timeoutMs: number,
  find: () => Promise<Answer | undefined>,
): Promise<Answer> => {
  const deadline = performance.now() + timeoutMs
  let cause: unknown
  while (performance.now() < deadline) {
    try {
      const found = await find()
      if (found !== undefined) return found
    } catch (error) {
      cause = error
    }
    await delay(pollMs)
  }
  throw new Error(`Waited ${timeoutMs / 1_000} s in vain for ${what}`, { cause })
}
