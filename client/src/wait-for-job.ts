import type { Options, StreamEvent } from './calls.ts'
import type { Job, JobEvent } from './generated/operations.ts'

/** A job that failed or was cancelled. */
export class JobFailed extends Error {
  readonly job: Job
  /** Of a failed job, such as `PROVIDER_REFUSED`; otherwise `JOB_CANCELLED`. */
  readonly code: string

  constructor(job: Job) {
    super(job.errorMessage ?? `The job was ${job.status}.`)
    this.name = 'JobFailed'
    this.job = job
    this.code = job.errorCode ?? `JOB_${job.status.toUpperCase()}`
  }
}

export type WaitOptions = Pick<Options, 'signal'> & { onEvent?: (event: JobEvent) => void }

type Jobs = {
  get: (id: string, options?: Options) => Promise<Job>
  events: (id: string, options?: Options) => AsyncGenerator<StreamEvent<JobEvent>, void>
}

const ended = new Set<string | undefined>(['completed', 'failed', 'cancelled'])

/**
 * Follows a job to its end, over cuts of the connection and restarts of the server.
 * @throws {JobFailed} when it did not complete
 */
export const waitForJob = async (jobs: Jobs, id: string, options: WaitOptions = {}): Promise<Job> => {
  const { onEvent, ...rest } = options
  for await (const { data } of jobs.events(id, rest)) {
    onEvent?.(data)
    if (ended.has(data.status)) break
  }
  const job = await jobs.get(id, rest)
  if (job.status !== 'completed') throw new JobFailed(job)
  return job
}
