import { setTimeout as delay } from 'node:timers/promises'
import type { Cluster } from './cluster.ts'
import type { Load } from './load.ts'
import { until } from './until.ts'

const steadyMs = 2_000
const resumeTimeoutMs = 30_000
/** Writes are back when both kinds of writers had an answer in the last half second. */
const recentMs = 500

export type Kill = {
  member: string
  processes: number
  /** The longest time without an acknowledged write: through Backlot, and by a bare connection beside it. */
  gapMs: number
  bareGapMs: number
  reads: number
  readErrors: number
  acknowledged: number
  /** From its restart until the member was the synchronous standby. */
  rejoinMs: number
}

/** Kills the primary's node, waits until writes go on, and brings it back as the synchronous standby. */
export const killPrimary = async (cluster: Cluster, { writers, readers, bare }: Load): Promise<Kill> => {
  await delay(steadyMs)
  const before = { reads: readers.reads, errors: readers.errors, acknowledged: writers.acknowledged.length }
  const primary = await cluster.leader()
  writers.gaps.begin()
  bare.gaps.begin()
  const processes = primary.kill()
  await cluster.leader([primary])
  await until('writes to go on', resumeTimeoutMs, async () =>
    writers.gaps.isRunning(recentMs) && bare.gaps.isRunning(recentMs) ? true : undefined,
  )
  await delay(steadyMs)
  const gaps = { gapMs: writers.gaps.longestMs, bareGapMs: bare.gaps.longestMs }
  const restartedAt = performance.now()
  primary.restart()
  await cluster.untilSynchronous()
  return {
    member: primary.name,
    processes,
    ...gaps,
    reads: readers.reads - before.reads,
    readErrors: readers.errors - before.errors,
    acknowledged: writers.acknowledged.length - before.acknowledged,
    rejoinMs: performance.now() - restartedAt,
  }
}
