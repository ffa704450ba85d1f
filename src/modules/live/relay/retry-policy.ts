/** Why a delivery ended. `refused`: the far end said no, or hung up on being given the key. */
export type DeliveryFault = { kind: 'refused' | 'lost' | 'forbidden'; code: string; message: string }

/** A key that was never taken is not asked for over and over: platforms lock out who does. */
const refusalsBeforeGivingUp = 3
const firstDelayMs = 200
/** Who comes back within this time is found within a second. */
const attentiveForMs = 60_000
const attentiveDelayMs = 900
const longestDelayMs = 15_000
/** Who hangs up sooner was not back. */
const recoveredAfterMs = 1_000

export type RetryOptions = {
  /** Until then a refusal may be meant for whoever had the key before. */
  lenientUntilMs?: number
  random?: () => number
}

/**
 * When to try a destination again: undefined when it is no use. Delays double from 200 ms to 0.9 s, and past a minute to
 * 15 s, each with a tenth of jitter, so that the destinations of one far end do not return in step.
 */
export const createRetryPolicy = ({ lenientUntilMs = 0, random = Math.random }: RetryOptions = {}) => {
  let attempts = 0
  let refusals = 0
  let hasBeenTaken = false
  let takenAtMs: number | undefined
  let troubledSinceMs: number | undefined

  return {
    /** The far end has taken media. */
    taken: (nowMs: number) => {
      hasBeenTaken = true
      takenAtMs = nowMs
    },
    nextDelayMs: (fault: DeliveryFault, nowMs: number): number | undefined => {
      if (fault.kind === 'forbidden') return undefined
      if (takenAtMs !== undefined && nowMs - takenAtMs >= recoveredAfterMs) {
        attempts = 0
        troubledSinceMs = undefined
      }
      takenAtMs = undefined
      if (fault.kind === 'refused' && nowMs >= lenientUntilMs) refusals += 1
      if (refusals >= refusalsBeforeGivingUp && !hasBeenTaken) return undefined
      troubledSinceMs ??= nowMs
      const isAttentive = nowMs - troubledSinceMs < attentiveForMs
      attempts = isAttentive ? Math.min(attempts + 1, 4) : attempts + 1
      const longestMs = isAttentive ? attentiveDelayMs : longestDelayMs
      const delayMs = Math.min(firstDelayMs * 2 ** Math.min(attempts - 1, 16), longestMs)
      return Math.round(delayMs * (0.9 + random() / 5))
    },
  }
}
