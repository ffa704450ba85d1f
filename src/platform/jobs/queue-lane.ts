import { Places } from './places.ts'

/** For so long claims may go ahead of what can start. */
const aheadMs = 50
const mostAhead = 250
/** A claim that cannot start for so long is handed back. */
const startPatienceMs = 1_000

/**
 * What one queue has at work in this process: `concurrency` jobs run at a time. Where jobs are quick, more are claimed
 * than run, so that claims are made in large batches: as many ahead as have ended in the last 50 ms above what can run at once.
 * Where they take longer than that, none is claimed before it can start.
 */
export class QueueLane {
  /** Of jobs that are claimed and not yet stored as ended. */
  readonly #claims: Places
  readonly #runs: Places
  readonly #ended = new RecentCount(aheadMs)

  /** @param isAhead whether claims may go ahead */
  constructor(concurrency: number, isAhead: boolean) {
    const ahead = () => (isAhead ? Math.min(mostAhead, Math.max(0, this.#ended.count - concurrency)) : 0)
    this.#claims = new Places(() => concurrency + ahead())
    this.#runs = new Places(() => concurrency)
  }

  /** Room for a claim, which `leave` gives back. False when there is none soon. */
  enter(): Promise<boolean> {
    return this.#claims.enter(aheadMs)
  }

  /** @param hasRun whether a job was run, and not merely claimed */
  leave(hasRun: boolean): void {
    if (hasRun) this.#ended.add()
    this.#claims.leave()
  }

  /** Room to run a claimed job, which `stopRunning` gives back. False when there is none. */
  startRunning(): Promise<boolean> {
    return this.#runs.enter(startPatienceMs)
  }

  stopRunning(): void {
    this.#runs.leave()
  }

  /** Resolves when there is room for a claim, or the lane is closed. */
  room(): Promise<void> {
    return this.#claims.room()
  }

  /** Nothing is claimed or started any more. */
  close(): void {
    this.#claims.close()
    this.#runs.close()
  }
}

/** How many there were in the last `periodMs`, or in the whole period before, whichever were more. */
class RecentCount {
  readonly #periodMs: number
  #startedAt = 0
  #now = 0
  #before = 0

  constructor(periodMs: number) {
    this.#periodMs = periodMs
  }

  add() {
    this.#turn()
    this.#now += 1
  }

  get count(): number {
    this.#turn()
    return Math.max(this.#now, this.#before)
  }

  #turn() {
    const periods = Math.floor((performance.now() - this.#startedAt) / this.#periodMs)
    if (periods === 0) return
    this.#before = periods === 1 ? this.#now : 0
    this.#now = 0
    this.#startedAt += periods * this.#periodMs
  }
}
