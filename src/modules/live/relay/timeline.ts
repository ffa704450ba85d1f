const period = 2 ** 32
/** Steps back that are no disorder between sound and picture but a clock that began anew. */
const longestStepBackMs = 1_000
/** Between the last message of a publisher and the first of the next, at least. */
const shortestGapMs = 20

export type Timeline = ReturnType<typeof createTimeline>

/**
 * Timestamps of one stream over any number of publishers, each of which begins its own: those of the first are kept as
 * they are, the next goes on where the last one ended, with the time between them. `startMs` and `nowMs` take part in a stream that
 * began elsewhere. Timestamps are milliseconds and wrap at 32 bits (RTMP 1.0, 5.3.1.3).
 */
export const createTimeline = (begun?: { elapsedMs: number; nowMs: number }) => {
  let offset = 0
  let last: { raw: number; rawWrapped: number } | undefined
  /** The furthest that was given out, and when. */
  let reached = begun?.elapsedMs ?? 0
  let reachedAtMs = begun?.nowMs ?? 0
  let continues = begun !== undefined

  const unwrap = (timestamp: number): number =>
    last === undefined ? timestamp : last.raw + ((timestamp - last.rawWrapped) | 0)

  return {
    /** The next message comes from another publisher. */
    restart: (): void => {
      continues = continues || last !== undefined
      last = undefined
    },
    /** @returns the timestamp on the stream's timeline, unsigned 32 bits */
    map: (timestamp: number, nowMs: number): number => {
      const raw = unwrap(timestamp)
      if (last === undefined && continues) {
        offset = reached + Math.max(shortestGapMs, Math.round(nowMs - reachedAtMs)) - raw
        continues = false
      } else if (raw + offset < reached - longestStepBackMs) {
        offset = reached + shortestGapMs - raw
      }
      last = { raw, rawWrapped: timestamp }
      const mapped = Math.max(0, raw + offset)
      if (mapped > reached) reached = mapped
      reachedAtMs = nowMs
      return mapped % period
    },
  }
}
