import type { JobEventData } from '../../platform/jobs/job-events.ts'
import type { JobRow } from '../../platform/jobs/jobs.table.ts'
import type { QueueName } from '../../platform/jobs/queues.ts'
import { type Actor, can, type Permission } from '../auth/permissions.ts'

type OwnedJob = Pick<JobRow, 'queue' | 'ownerId'>

/** What it takes to have the results of a queue, whose links let in whoever has them. */
const neededFor: { readonly [queue: string]: Permission | undefined } = {
  export: 'exports:read',
  'small-export': 'exports:read',
  reports: 'reports:read',
} satisfies { [queue in QueueName]?: Permission }

/** The result of an export or report is a signed link: to see it takes more than to see the job. */
export const maySeeResultLink = (actor: Actor, { queue, ownerId }: OwnedJob): boolean => {
  const needed = neededFor[queue]
  return needed === undefined || can(actor, needed, ownerId)
}

/** What an event of a job tells this actor. */
export const viewEventData = (actor: Actor, job: OwnedJob, data: JobEventData): JobEventData => {
  if (maySeeResultLink(actor, job)) return data
  const { resultUri: _, ...told } = data
  return told
}
