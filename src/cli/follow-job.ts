import type { Backlot, Job } from '../../client/src/backlot.ts'
import { Interrupted } from './exit-codes.ts'
import { Progress } from './progress.ts'
import { tell } from './terminal.ts'

/** A terminal and the launcher above us each pass on the same Ctrl-C within milliseconds. */
const samePressMs = 300
const cancelWithinMs = 5_000
const signalNumbers = { SIGINT: 2, SIGTERM: 15 }

type Wish = {
  json: boolean
  /** What the first Ctrl-C does to the job; the second ends at once. */
  onInterrupt: 'cancel' | 'leave'
}

/** Shows a job until it has ended. Throws `JobFailed` when it did not complete, and `Interrupted`. */
export const followJob = async (backlot: Backlot, id: string, { json, onInterrupt }: Wish): Promise<Job> => {
  const progress = new Progress({ json })
  const ending = new AbortController()
  const stopListening = onSignals((exitCode) => ending.abort(new Interrupted(exitCode)))
  try {
    return await backlot.waitForJob(id, { signal: ending.signal, onEvent: (event) => progress.show(event) })
  } catch (error) {
    progress.close()
    if (error instanceof Interrupted) await interrupt(backlot, id, onInterrupt)
    throw error
  } finally {
    progress.close()
    stopListening()
  }
}

const interrupt = async (backlot: Backlot, id: string, onInterrupt: Wish['onInterrupt']): Promise<void> => {
  if (onInterrupt === 'leave') return tell(`the job goes on. To end it: npx backlot jobs cancel ${id}`)
  await backlot.jobs.cancel(id, { timeoutMs: cancelWithinMs })
  tell('the job is cancelled')
}

/** @returns what ends the listening */
const onSignals = (first: (exitCode: number) => void): (() => void) => {
  let lastAt = Number.NEGATIVE_INFINITY
  const listeners = Object.entries(signalNumbers).map(([signal, number]) => {
    const listener = () => {
      const now = performance.now()
      const isSamePress = now - lastAt < samePressMs
      const isFirst = lastAt === Number.NEGATIVE_INFINITY
      lastAt = now
      if (isFirst) first(128 + number)
      else if (!isSamePress) process.exit(128 + number)
    }
    process.on(signal, listener)
    return { signal, listener }
  })
  return () => {
    for (const { signal, listener } of listeners) process.off(signal, listener)
  }
}
