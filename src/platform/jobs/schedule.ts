import { randomUUID } from 'node:crypto'
import os from 'node:os'
import type { Logger } from 'pino'
import type { Db } from '../database/database.ts'
import { loggedError } from '../observability/logger.ts'
import { Repeat } from '../process/repeat.ts'
import { claimDueTasks, finishTask, leaseSecondsOf, registerTasks, renewTask } from './schedule-claims.ts'
import { type Task, type TaskOutcome, taskRunner } from './task.ts'

const shortestSleepMs = 1_000
const longestErrorText = 500

/**
 * Tasks that one process of all does, whichever asks first when one is due. The table `scheduled_tasks` decides, in
 * database time: a claim has a lease, which a process renews between batches, so that the tasks of one that died or hangs
 * go to another when it runs out. All that are due are claimed by one statement, at most one a second.
 */
export class Schedule {
  readonly #db: Db
  readonly #log: Logger
  readonly #runTask: ReturnType<typeof taskRunner>
  readonly #tasks: readonly Task[]
  readonly #processId = `${os.hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`
  readonly #running = new Map<Task, Promise<void>>()
  readonly #longestSleepMs: number
  readonly #asks: Repeat
  #isRegistered = false
  #isFailing = false
  #closed = false

  constructor({ db, log }: { db: Db; log: Logger }, tasks: readonly Task[]) {
    this.#db = db
    this.#log = log
    this.#runTask = taskRunner(log)
    this.#tasks = tasks
    this.#longestSleepMs = Math.min(...tasks.map(({ everySeconds }) => everySeconds)) * 1_000
    this.#asks = new Repeat(() => this.#ask())
  }

  /** Claims what is due and begins it. Resolves with how long to sleep, in milliseconds. */
  async #ask(): Promise<number> {
    try {
      if (!this.#isRegistered) await registerTasks(this.#db, this.#tasks)
      // What this process still works on stays here, even when it has lost the lease meanwhile.
      const free = this.#tasks.filter((task) => !this.#running.has(task))
      const { claimed, known, nextMs } = await claimDueTasks(this.#db, this.#processId, free)
      this.#isRegistered = known === free.length
      for (const task of free) if (claimed.includes(task.name)) this.#begin(task)
      if (this.#isFailing) this.#log.info('schedule works again')
      this.#isFailing = false
      return Math.max(shortestSleepMs, Math.min(nextMs ?? this.#longestSleepMs, this.#longestSleepMs))
    } catch (error) {
      if (!this.#isFailing) this.#log.warn({ err: error }, 'schedule cannot be asked')
      this.#isFailing = true
      return shortestSleepMs
    }
  }

  #begin(task: Task) {
    const run = this.#run(task)
      .catch((error: unknown) => {
        // The lease runs out, and the task runs again.
        this.#log.warn({ err: error, task: task.name }, 'end of a task not noted')
      })
      .finally(() => this.#running.delete(task))
    this.#running.set(task, run)
  }

  async #run(task: Task) {
    const renewAfterMs = (leaseSecondsOf(task) * 1_000) / 3
    let isMine = true
    let isCutOff = false
    let renewedAtMs = performance.now()
    const outcome = await this.#runTask(task, async () => {
      isCutOff = this.#closed
      if (isCutOff) return false
      if (performance.now() - renewedAtMs < renewAfterMs) return true
      isMine = await renewTask(this.#db, this.#processId, task)
      renewedAtMs = performance.now()
      return isMine
    })
    if (!isMine) return
    const { total } = outcome
    await finishTask(this.#db, this.#processId, task, { total, error: errorText(outcome), isCutOff })
  }

  /** Ends after the batches that run; what is left of them others may do at once. */
  async close() {
    this.#closed = true
    await this.#asks.close()
    await Promise.all(this.#running.values())
  }
}

/** Without the values of a failed statement, as in the log. */
const errorText = ({ error }: TaskOutcome): string | null => {
  if (error === undefined) return null
  const { message, cause } = loggedError(error)
  return [message, cause?.message].filter(Boolean).join(': ').slice(0, longestErrorText)
}
