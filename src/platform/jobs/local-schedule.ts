import type { Logger } from 'pino'
import { runTask, type Task } from './task.ts'

/**
 * Tasks that every process does for itself: about its own disk, or from what only it has seen. What one process does for
 * all belongs in a `Schedule`.
 */
export class LocalSchedule {
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
    const delayMs = task.everySeconds * 1_000 * (0.5 + Math.random() / 2)
    this.#timers.set(
      task,
      setTimeout(() => {
        const run = runTask(this.#log, task, async () => !this.#closed).then(() => {
          this.#running.delete(run)
          this.#later(task)
        })
        this.#running.add(run)
      }, delayMs),
    )
  }

  /** Ends after the batches that run. */
  async close() {
    this.#closed = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
    await Promise.all(this.#running)
  }
}
