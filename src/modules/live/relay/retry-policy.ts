/** Why a delivery ended. `refused`: the far end said no, or hung up on being given the key. */
export type DeliveryFault = { kind: 'refused' | 'lost' | 'forbidden'; code: string; message: string }

/** A key that was never taken is not asked for over and over: platforms lock out who does. */
const refusalsBeforeGivingUp = 3
const firstDelayMs = 200
/** Who comes back within this time is found within a second. */
const attentiveForMs = 60_000
const attentiveDelayMs = 900
const longestDelayMs = 15_000

/**
 * When to try a destination again: undefined when it is no use. Delays double from 200 ms to 0.9 s, and past a minute to
 * 15 s, each with a tenth of jitter, so that the destinations of one far end do not return in step.
 */
export const createRetryPolicy = (random: () => number = Math.random) => {
  let attempts = 0
  let refusals = 0
  let hasBeenTaken = false
  let troubledSinceMs: number | undefined

  return {
    taken: () => {
      hasBeenTaken = true
      attempts = 0
      refusals = 0
      troubledSinceMs = undefined
    },
    nextDelayMs: (fault: DeliveryFault, nowMs: number): number | undefined => {
      if (fault.kind === 'forbidden') return undefined
      refusals = fault.kind === 'refused' ? refusals + 1 : refusals
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
