import type { Logger } from 'pino'

/** Work that is done again and again. `run` does one bounded batch and says how much it did. Twice at a time does no harm. */
export type Task = { name: string; everySeconds: number; run: () => Promise<number> }

/** How a run went: how much was done, and why it ended when something failed. */
export type TaskOutcome = { total: number; error?: unknown }

const mostBatches = 1_000

/** Runs a task's batches until nothing is left or `mayGoOn`, asked between two of them, says no. Does not fail. */
export const runTask = async (
  log: Logger,
  task: Task,
  mayGoOn: () => Promise<boolean>,
): Promise<TaskOutcome> => {
  let total = 0
  try {
    for (let batch = 0; batch < mostBatches; batch += 1) {
      if (batch > 0 && !(await mayGoOn())) break
      const done = await task.run()
      total += done
      if (done === 0) break
    }
    if (total > 0) log.info({ task: task.name, total }, 'housekeeping')
    return { total }
  } catch (error) {
    log.warn({ err: error, task: task.name }, 'housekeeping failed')
    return { total, error }
  }
}
