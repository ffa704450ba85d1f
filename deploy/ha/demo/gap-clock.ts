/** The longest time between two events in a row, since it was asked to look. Knows one event only, however many there are. */
export class GapClock {
  #lastAt = performance.now()
  #longestMs = 0

  /** From now on; the time since the last event counts. */
  begin(): void {
    this.#longestMs = 0
  }

  mark(): void {
    const now = performance.now()
    this.#longestMs = Math.max(this.#longestMs, now - this.#lastAt)
    this.#lastAt = now
  }

  /** In milliseconds, with the time since the last event. */
  get longestMs(): number {
    return Math.max(this.#longestMs, performance.now() - this.#lastAt)
  }

  /** Whether there was an event in the last `milliseconds`. */
  isRunning(milliseconds: number): boolean {
    return performance.now() - this.#lastAt < milliseconds
  }
}
