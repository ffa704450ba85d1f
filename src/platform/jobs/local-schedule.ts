import type { Logger } from 'pino'
import { type Task, taskRunner } from './task.ts'

/**
 * Tasks that every process does for itself: about its own disk, or from what only it has seen. What one process does for
 * all belongs in a `Schedule`.
 */
export class LocalSchedule {
  readonly #runTask: ReturnType<typeof taskRunner>
  readonly #timers = new Map<Task, NodeJS.Timeout>()
  readonly #running = new Set<Promise<void>>()
  #closed = false

  constructor(log: Logger, tasks: readonly Task[]) {
    this.#runTask = taskRunner(log)
    for (const task of tasks) this.#later(task)
  }

  /** Between half and all of the period: several processes do not work in step. */
  #later(task: Task) {
    if (this.#closed) return
    const delayMs = task.everySeconds * 1_000 * (0.5 + Math.random() / 2)
    this.#timers.set(
      task,
      setTimeout(() => {
        const run = this.#runTask(task, async () => !this.#closed).then(() => {
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
