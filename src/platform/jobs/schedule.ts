import type { Logger } from 'pino'

/** Housekeeping that any number of processes may do at once. `run` does one bounded batch and says how much it did. */
export type Task = { name: string; everyMs: number; run: () => Promise<number> }

const mostBatches = 1_000

/** Runs tasks again and again, each by its own clock, batch after batch until nothing is left. */
export class Schedule {
  readonly #log: Logger
  readonly #timers = new Map<Task, NodeJS.Timeout>()
  readonly #running = new Set<Promise<void>>()
  #closed = false

  constructor(log: Logger, tasks: readonly Task[]) {
    this.#log = log
    for (const task of tasks) this.#later(task)
  }

  /** Between half and all of the period: several processes do not work in step. */
  #later(task: Task) {
    if (this.#closed) return
    const delayMs = task.everyMs * (0.5 + Math.random() / 2)
    this.#timers.set(
      task,
      setTimeout(() => {
        const run = this.#run(task).finally(() => {
          this.#running.delete(run)
          this.#later(task)
        })
        this.#running.add(run)
      }, delayMs),
    )
  }

  async #run(task: Task) {
    try {
      let total = 0
      for (let batch = 0; batch < mostBatches && !this.#closed; batch += 1) {
        const done = await task.run()
        total += done
        if (done === 0) break
      }
      if (total > 0) this.#log.info({ task: task.name, total }, 'housekeeping')
    } catch (error) {
      this.#log.warn({ err: error, task: task.name }, 'housekeeping failed')
    }
  }

  /** Ends after the batches that run. */
  async close() {
    this.#closed = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
    await Promise.all(this.#running)
  }
}
