import type { JobEventData } from '../../platform/jobs/job-events.ts'
import type { JobRow } from '../../platform/jobs/jobs.table.ts'
import type { QueueName } from '../../platform/jobs/queues.ts'
import { type Actor, can } from '../auth/permissions.ts'

type OwnedJob = Pick<JobRow, 'queue' | 'ownerId'>

const exportQueues: readonly string[] = ['export', 'small-export'] satisfies QueueName[]

/** The result of an export is a signed link, which lets in whoever has it: to see it takes more than to see the job. */
export const maySeeResultLink = (actor: Actor, { queue, ownerId }: OwnedJob): boolean =>
  !exportQueues.includes(queue) || can(actor, 'exports:read', ownerId)

/** What an event of a job tells this actor. */
export const viewEventData = (actor: Actor, job: OwnedJob, data: JobEventData): JobEventData => {
  if (maySeeResultLink(actor, job)) return data
  const { resultUri: _, ...told } = data
  return told
}
