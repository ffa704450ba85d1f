/** As many subscriptions at once as a socket may have, after a reconnection, and some more. */
const mostAtOnce = 120
const perSecond = 10

/** How many messages a client may still send: a bucket that fills by `perSecond`. */
export const messageAllowance = () => {
  let left = mostAtOnce
  let filledAtMs = Date.now()
  return {
    take: (): boolean => {
      const nowMs = Date.now()
      left = Math.min(mostAtOnce, left + ((nowMs - filledAtMs) / 1_000) * perSecond)
      filledAtMs = nowMs
      if (left < 1) return false
      left -= 1
      return true
    },
  }
}
