/** How far a server had replayed the WAL when it was asked, which was at a time of `performance.now()`. */
export type Replayed = { lsn: bigint; askedAtMs: number }

type Sample = { lsn: bigint; atMs: number }

/**
 * Where the primary's WAL was at what time, as far back as a replica may be behind. From this follows how long ago what a
 * replica shows was the newest state, without trusting anybody's clock.
 */
export class PrimaryPositions {
  readonly #maxLagMs: number
  #samples: Sample[] = []
  #lastAskedAtMs = Number.NEGATIVE_INFINITY

  constructor(maxLagMs: number) {
    this.#maxLagMs = maxLagMs
  }

  /** @param atMs when the primary was asked, in milliseconds of `performance.now()` */
  add(lsn: bigint, atMs: number): void {
    const last = this.#samples.at(-1)
    // After a failover that lost writes the WAL goes on further back, on another timeline.
    if (last !== undefined && lsn < last.lsn) this.#samples = []
    if (last?.lsn !== lsn) this.#samples.push({ lsn, atMs })
    this.#lastAskedAtMs = atMs
    this.#forget(atMs)
  }

  /** Keeps the newest sample of those that are older than what may be shown: it is what has to be replayed. */
  #forget(nowMs: number) {
    const firstKept = this.#samples.findIndex(({ atMs }) => atMs > nowMs - this.#maxLagMs)
    if (firstKept > 1) this.#samples.splice(0, firstKept - 1)
  }

  /** How long ago the primary was where a replica is now, in milliseconds; 0 for one that has replayed all that is known of. */
  lagMs(lsn: bigint, nowMs = performance.now()): number {
    const next = this.#samples[this.#samples.findLastIndex((sample) => sample.lsn <= lsn) + 1]
    return next === undefined ? 0 : nowMs - next.atMs
  }

  /** False for a replica that is too far behind, and for one that is on another timeline: ahead of the primary. */
  isRecent({ lsn, askedAtMs }: Replayed): boolean {
    const last = this.#samples.at(-1)
    if (last === undefined) return false
    const isAhead = lsn > last.lsn && askedAtMs <= this.#lastAskedAtMs
    return !isAhead && (lsn >= last.lsn || this.lagMs(lsn) <= this.#maxLagMs)
  }
}
