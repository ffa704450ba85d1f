import type { BullBoardQueues, JobStatus } from '@bull-board/api/dist/types.js'
import { z } from 'zod'
import { notFound } from '../../platform/errors.ts'
import { listEvents } from '../../platform/jobs/job-events.ts'
import { type QueueName, queueNames, queues } from '../../platform/jobs/queues.ts'
import { listScheduledTasks } from '../../platform/jobs/schedule-claims.ts'
import { type Actor, authorize } from '../auth/permissions.ts'
import { getJob, type JobsDeps } from '../jobs/jobs.service.ts'
import { boardJob } from './board-job.ts'
import { type BoardCount, type BoardState, countBoardJobs, listBoardJobs } from './board-jobs.repository.ts'
import { BoardQueue, type BoardQueueSource } from './board-queue.ts'

type Viewer = { deps: JobsDeps; actor: Actor; counts: () => Promise<BoardCount[]> }

/** The queues as one admin sees them. Made anew for each request: they act in his name, and count once. */
export const boardQueuesFor = (deps: JobsDeps, actor: Actor): BullBoardQueues => {
  let counted: Promise<BoardCount[]> | undefined
  const counts = async () => {
    requireAllJobs(actor)
    counted ??= countBoardJobs(deps.db)
    return counted
  }
  const viewer = { deps, actor, counts }
  const all = [
    ...queueNames.map((name) => queueSource(viewer, name)),
    cancelledSource(viewer),
    taskSource(deps, actor),
  ]
  return new Map(all.map((source) => [source.name, new BoardQueue(source)]))
}

const states = ['active', 'waiting', 'delayed', 'completed', 'failed'] as const satisfies JobStatus[]

const queueSource = (viewer: Viewer, name: QueueName): BoardQueueSource => ({
  ...jobSource(viewer),
  name,
  description: `${queues[name].concurrency} at a time in each worker, ${queues[name].retries} retries.`,
  statuses: states,
  counts: async () => {
    const all = await viewer.counts()
    const ofQueue = all.filter(({ queue, state }) => queue === name && state !== 'cancelled')
    return Object.fromEntries(ofQueue.map(({ state, count }) => [state, count]))
  },
  jobs: async (status, page) => {
    const state = states.find((known) => known === status)
    return state === undefined ? [] : listJobs(viewer, state, name, page)
  },
  job: async (id) => {
    const job = await findJob(viewer, id)
    return job.queue === name ? boardJob(viewer.deps, viewer.actor, job) : undefined
  },
})

/** Bull Board knows no cancelled jobs: those of all queues are in one of their own, as what has ended. */
const cancelledSource = (viewer: Viewer): BoardQueueSource => ({
  ...jobSource(viewer),
  name: 'cancelled',
  description: 'Cancelled jobs of all queues. Each can be run again.',
  statuses: ['completed'],
  counts: async () => {
    const cancelled = (await viewer.counts()).filter(({ state }) => state === 'cancelled')
    return { completed: cancelled.reduce((sum, { count }) => sum + count, 0) }
  },
  jobs: (_status, page) => listJobs(viewer, 'cancelled', undefined, page),
  job: async (id) => boardJob(viewer.deps, viewer.actor, await findJob(viewer, id)),
})

const jobSource = (viewer: Viewer) => ({
  isReadOnly: false,
  schedulers: async () => [],
  logs: (id: string) => logLines(viewer, id),
})

/** What one process of all does again and again, as what Bull Board calls job schedulers. */
const taskSource = ({ db }: JobsDeps, actor: Actor): BoardQueueSource => ({
  name: 'schedules',
  description: 'What one process of all does again and again.',
  isReadOnly: true,
  statuses: [],
  counts: async () => ({}),
  jobs: async () => [],
  job: async () => undefined,
  logs: async () => [],
  schedulers: async () => {
    authorize(actor, 'schedules:read', { name: 'schedules', ownerId: null })
    return (await listScheduledTasks(db)).map(
      ({ name, everySeconds, nextRunAt, lastStartedAt, overdueSeconds: _, ...told }) => ({
        id: name,
        name,
        every: everySeconds * 1_000,
        next: nextRunAt.getTime(),
        ...(lastStartedAt === null ? {} : { lastRun: lastStartedAt.getTime() }),
        template: { data: told },
      }),
    )
  },
})

/** The board shows jobs of everybody and of nobody: to open it is not enough, an API key must also be for reading jobs. */
const requireAllJobs = (actor: Actor): void => authorize(actor, 'jobs:read', { name: 'jobs', ownerId: null })

const listJobs = async (
  { deps, actor }: Viewer,
  state: BoardState,
  queue: QueueName | undefined,
  page: { offset: number; limit: number },
) => {
  requireAllJobs(actor)
  return (await listBoardJobs(deps.db, state, queue, page)).map((job) => boardJob(deps, actor, job))
}

const findJob = ({ deps, actor }: Viewer, id: string) => {
  if (!z.uuid().safeParse(id).success) throw notFound('job')
  return getJob(deps, actor, id)
}

const mostLogLines = 200

/** What happened to a job, the last of it; without the link to its result, as the job itself is shown. */
const logLines = async (viewer: Viewer, id: string): Promise<string[]> => {
  const { eventSeq } = await findJob(viewer, id)
  const events = await listEvents(viewer.deps.db, id, Math.max(0, eventSeq - mostLogLines))
  return events.map(({ type, data: { resultUri: _, ...data }, createdAt }) => {
    const facts = Object.entries(data).map(([name, value]) => `${name}=${String(value)}`)
    return `${createdAt.toISOString()} ${type} ${facts.join(' ')}`
  })
}
