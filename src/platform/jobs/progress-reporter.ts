const minIntervalMs = 250

/** Writes at most one progress event each quarter of a second: the newest report wins. */
export class ProgressReporter {
  readonly #write: (fraction: number, message: string | undefined) => Promise<void>
  #newest: { fraction: number; message: string | undefined } | undefined
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #lastWriteAt = 0

  constructor(write: (fraction: number, message: string | undefined) => Promise<void>) {
    this.#write = write
  }

  readonly report = (fraction: number, message?: string): void => {
    this.#newest = { fraction, message }
    const waitMs = this.#lastWriteAt + minIntervalMs - Date.now()
    if (waitMs <= 0) this.#flush()
    else this.#timer ??= setTimeout(() => this.#flush(), waitMs)
  }

  #flush() {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const report = this.#newest
    if (report === undefined) return
    this.#newest = undefined
    this.#lastWriteAt = Date.now()
    // Progress is a courtesy: failing to tell it must not fail the work.
    this.#writing = this.#writing
      .then(() => this.#write(report.fraction, report.message))
      .catch(() => undefined)
  }

  /** Writes what is still to be told, in order, before the job's end is stored. */
  async close() {
    this.#flush()
    await this.#writing
  }
}
