import type { Logger } from 'pino'

/** Work that is done again and again. `run` does one bounded batch and says how much it did. Twice at a time does no harm. */
export type Task = { name: string; everySeconds: number; run: () => Promise<number> }

/** How a run went: how much was done, and why it ended when something failed. */
export type TaskOutcome = { total: number; error?: unknown }

const mostBatches = 1_000

/**
 * Runs a task's batches until nothing is left or `mayGoOn`, asked between two of them, says no. Does not fail. A task that fails
 * again and again, as all do while the database is away, is told of once, and again when it works.
 */
export const taskRunner = (log: Logger) => {
  const failing = new Set<Task>()
  return async (task: Task, mayGoOn: () => Promise<boolean>): Promise<TaskOutcome> => {
    const outcome = await runBatches(task, mayGoOn)
    const { total, error } = outcome
    if (error !== undefined) {
      if (!failing.has(task)) log.warn({ err: error, task: task.name }, 'housekeeping failed')
      failing.add(task)
      return outcome
    }
    if (failing.delete(task)) log.info({ task: task.name }, 'housekeeping works again')
    if (total > 0) log.info({ task: task.name, total }, 'housekeeping')
    return outcome
  }
}

const runBatches = async (task: Task, mayGoOn: () => Promise<boolean>): Promise<TaskOutcome> => {
  let total = 0
  try {
    for (let batch = 0; batch < mostBatches; batch += 1) {
      if (batch > 0 && !(await mayGoOn())) break
      const done = await task.run()
      total += done
      if (done === 0) break
    }
    return { total }
  } catch (error) {
    return { total, error }
  }
}
