/** By how much more than is allowed a replica may be behind, and its lag still be told. */
const toldLagMs = 60_000

type Sample = { lsn: bigint; atMs: number }

/** How far a server had replayed the WAL between two moments of `performance.now()`: when it was asked, and when it answered. */
export type Replayed = {
  lsn: bigint
  askedAtMs: number
  answeredAtMs: number
  /** The primary was seen to have been there: it is the primary's WAL, and not that of another timeline. */
  isProven: boolean
  /** Where it stood when the primary had not been there. It is not trusted before it has left that place. */
  divergedAt: bigint | undefined
}

/**
 * Where the primary's WAL was at what time, as far back as a replica may be behind. From this follows how long ago what a
 * replica shows was the newest state, without trusting anybody's clock.
 */
export class PrimaryPositions {
  /** The identifier of the primary's cluster, which its replicas share. */
  cluster: string | undefined
  readonly #maxLagMs: number
  #samples: Sample[] = []
  #lastAskedAtMs = Number.NEGATIVE_INFINITY

  constructor(maxLagMs: number) {
    this.#maxLagMs = maxLagMs
  }

  get areKnown(): boolean {
    return this.#samples.length > 0
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

  /** Keeps the newest sample of those that are older, too: who is before it is further behind than that. */
  #forget(nowMs: number) {
    const firstKept = this.#samples.findIndex(({ atMs }) => atMs > nowMs - this.#maxLagMs - toldLagMs)
    if (firstKept > 1) this.#samples.splice(0, firstKept - 1)
  }

  /**
   * How long ago the primary was where a replica is now, in milliseconds; 0 for one that has replayed all that is known of,
   * infinity for a place before all that is known of.
   */
  lagMs(lsn: bigint, nowMs = performance.now()): number {
    const reached = this.#samples.findLastIndex((sample) => sample.lsn <= lsn)
    if (reached === -1) return Number.POSITIVE_INFINITY
    const next = this.#samples[reached + 1]
    return next === undefined ? 0 : nowMs - next.atMs
  }

  /** Whether what was replayed up to there may be shown: it is the primary's, and recent. */
  isRecent(replayed: Replayed): boolean {
    return this.#isProven(replayed) && this.lagMs(replayed.lsn) <= this.#maxLagMs
  }

  /** What is known of a server after it was asked again. */
  after(
    before: Replayed | undefined,
    answer: Pick<Replayed, 'lsn' | 'askedAtMs' | 'answeredAtMs'>,
  ): Replayed {
    const divergedAt = before && (this.#isAhead(before) ? before.lsn : before.divergedAt)
    const isProven = before !== undefined && this.#isProven(before)
    return { ...answer, isProven, divergedAt: divergedAt === answer.lsn ? divergedAt : undefined }
  }

  /** Only who had answered before the primary was asked can be told from one that is further because time has passed. */
  #isProven(replayed: Replayed): boolean {
    if (replayed.divergedAt !== undefined) return false
    return replayed.answeredAtMs > this.#lastAskedAtMs ? replayed.isProven : !this.#isAhead(replayed)
  }

  #isAhead({ lsn, answeredAtMs }: Replayed): boolean {
    const last = this.#samples.at(-1)
    return answeredAtMs <= this.#lastAskedAtMs && (last === undefined || lsn > last.lsn)
  }
}
