/** Runs `step` at once and then again and again; it says after how many milliseconds. It must not fail. */
export class Repeat {
  readonly #step: () => Promise<number>
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void>
  #closed = false

  constructor(step: () => Promise<number>) {
    this.#step = step
    this.#running = this.#run()
  }

  async #run() {
    const delayMs = await this.#step()
    if (this.#closed) return
    this.#timer = setTimeout(() => {
      this.#running = this.#run()
    }, delayMs)
  }

  /** Ends after the step that runs. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#running
  }
}
