import type { z } from 'zod'
import type { Tx } from '../database/database.ts'
import type { QueueName } from './queues.ts'
import type { ChangedJob } from './transitions.ts'

/** One claimed job, as its handler sees it. */
export type RunningJob<Params> = {
  id: string
  /** The number of this claim. Results are stored under a key made of `id` and `attempt`, so that claims never mix. */
  attempt: number
  ownerId: string | undefined
  params: Params
  /** Aborted by a cancel, by a lost lease, and when the worker must stop before the job is done. */
  signal: AbortSignal
  /** `fraction` from 0 to 1. Seen by followers within a quarter of a second; more frequent calls are merged. */
  progress: (fraction: number, message?: string) => void
}

/** What a handler gives back. `commit` runs in the transaction that completes the job, or not at all. */
export type Completion = {
  result?: Record<string, unknown>
  resultUri?: string
  commit?: (tx: Tx) => Promise<void>
}

export type JobDefinition<Params extends z.ZodType, Deps> = {
  /** `<resource>.<action>`, stored with the job. */
  name: string
  queue: QueueName
  params: Params
  /** Keeps the domain's row in step: runs in the transaction of every change of the job's status. */
  onTransition?: (tx: Tx, params: z.infer<Params>, job: ChangedJob) => Promise<void>
  run: (deps: Deps, job: RunningJob<z.infer<Params>>) => Promise<Completion>
}

/** Declares a kind of job. The only thing to write for a new one; then name it in `src/app/jobs.ts`. */
export const defineJob = <Params extends z.ZodType, Deps>(
  definition: JobDefinition<Params, Deps>,
): JobDefinition<Params, Deps> => definition

/** A definition with its types put away, so that different kinds fit in one list. */
export type KnownJob = {
  name: string
  queue: QueueName
  onTransition: ((tx: Tx, job: ChangedJob) => Promise<void>) | undefined
}

/** A job that this process can run. */
export type RunnableJob = KnownJob & {
  run: (job: RunningJob<unknown>) => Promise<Completion>
}

export const knownJob = <Params extends z.ZodType, Deps>(
  definition: JobDefinition<Params, Deps>,
): KnownJob => {
  const { name, queue, params, onTransition } = definition
  return {
    name,
    queue,
    onTransition: onTransition && ((tx, job) => onTransition(tx, params.parse(job.params), job)),
  }
}

export const runnableJob = <Params extends z.ZodType, Deps>(
  definition: JobDefinition<Params, Deps>,
  deps: Deps,
): RunnableJob => ({
  ...knownJob(definition),
  run: (job) => definition.run(deps, { ...job, params: definition.params.parse(job.params) }),
})

/** How a claim went. `lost`: another worker has the job now, and nothing was stored. */
export type JobOutcome = {
  queue: string
  type: string
  outcome: 'completed' | 'failed' | 'cancelled' | 'retried' | 'handed-back' | 'lost'
  seconds: number
}
