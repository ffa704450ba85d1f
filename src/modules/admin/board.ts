import { createBullBoard } from '@bull-board/api'
import type {
  AppControllerRoute,
  AppJobScheduler,
  BullBoardQueues,
  BullBoardRequest,
  IServerAdapter,
} from '@bull-board/api/dist/types.js'
import { z } from 'zod'
import { listEvents } from '../../platform/jobs/job-events.ts'
import { type QueueName, queueNames, queues } from '../../platform/jobs/queues.ts'
import { listScheduledTasks } from '../../platform/jobs/schedule-claims.ts'
import type { Actor } from '../auth/permissions.ts'
import { getJob, type JobsDeps } from '../jobs/jobs.service.ts'
import { boardJob } from './board-job.ts'
import { type BoardState, countBoardJobs, listBoardJobs } from './board-jobs.repository.ts'
import { boardConfig } from './board-page.ts'
import { BoardQueue, type BoardQueueSource } from './board-queue.ts'

const mostLogLines = 200

/** The queues as one admin sees them. Made anew for each request: they act in his name, and count once. */
export const boardQueuesFor = (deps: JobsDeps, actor: Actor): BullBoardQueues => {
  const { db } = deps
  let counted: ReturnType<typeof countBoardJobs> | undefined
  const countOf = async (isMeant: (queue: string, state: BoardState) => boolean): Promise<number> => {
    counted ??= countBoardJobs(db)
    const meant = (await counted).filter(({ queue, state }) => isMeant(queue, state))
    return meant.reduce((sum, { count }) => sum + count, 0)
  }
  const jobsOf = (queue?: string) => ({
    isReadOnly: false,
    schedulers: async () => [],
    logs: (id: string) => logLines(deps, actor, id),
    job: async (id: string) => {
      if (!z.uuid().safeParse(id).success) return undefined
      const job = await getJob(deps, actor, id)
      return queue === undefined || job.queue === queue ? boardJob(deps, actor, job) : undefined
    },
  })
  const ofState = async (state: BoardState, queue: string | undefined, page: Page) =>
    (await listBoardJobs(db, state, queue, page)).map((job) => boardJob(deps, actor, job))
  const ofQueue = (name: QueueName): BoardQueueSource => ({
    ...jobsOf(name),
    name,
    description: policyText(name),
    statuses: states,
    counts: async () =>
      Object.fromEntries(
        await Promise.all(
          states.map(async (state) => [
            state,
            await countOf((queue, counted) => queue === name && counted === state),
          ]),
        ),
      ),
    jobs: async (status, page) => {
      const state = states.find((known) => known === status)
      return state === undefined ? [] : ofState(state, name, page)
    },
  })
  const cancelled: BoardQueueSource = {
    ...jobsOf(),
    name: 'cancelled',
    description: 'Cancelled jobs of all queues. Each can be run again.',
    statuses: ['completed'],
    counts: async () => ({ completed: await countOf((_queue, state) => state === 'cancelled') }),
    jobs: (_status, page) => ofState('cancelled', undefined, page),
  }
  const all = [...queueNames.map(ofQueue), cancelled, schedulesOf(deps)]
  return new Map(all.map((source) => [source.name, new BoardQueue(source)]))
}

type Page = Parameters<BoardQueueSource['jobs']>[1]
const states = ['active', 'waiting', 'delayed', 'completed', 'failed'] as const

const policyText = (name: QueueName): string => {
  const { concurrency, retries } = queues[name]
  return `${concurrency} at a time in each worker, ${retries} retries.`
}

/** What happened to a job, the last of it. */
const logLines = async (deps: JobsDeps, actor: Actor, id: string): Promise<string[]> => {
  const { eventSeq } = await getJob(deps, actor, id)
  const events = await listEvents(deps.db, id, Math.max(0, eventSeq - mostLogLines))
  return events.map(({ type, data, createdAt }) => {
    const facts = Object.entries(data).map(([name, value]) => `${name}=${String(value)}`)
    return `${createdAt.toISOString()} ${type} ${facts.join(' ')}`
  })
}

/** What one process of all does again and again, as what Bull Board calls job schedulers. */
const schedulesOf = ({ db }: JobsDeps): BoardQueueSource => ({
  name: 'schedules',
  description: 'What one process of all does again and again.',
  isReadOnly: true,
  statuses: [],
  counts: async () => ({}),
  jobs: async () => [],
  job: async () => undefined,
  logs: async () => [],
  schedulers: async () =>
    (await listScheduledTasks(db)).map(
      ({ name, everySeconds, nextRunAt, lastStartedAt, runningOn, lastFinishedAt, lastTotal, lastError }) =>
        ({
          id: name,
          name,
          every: everySeconds * 1_000,
          next: nextRunAt.getTime(),
          ...(lastStartedAt === null ? {} : { lastRun: lastStartedAt.getTime() }),
          template: { data: { runningOn, lastFinishedAt, lastTotal, lastError } },
        }) satisfies Omit<AppJobScheduler, 'queueName'>,
    ),
})

type Answer = { status: number; body: unknown }
export type BoardRequest = Pick<BullBoardRequest, 'params' | 'query' | 'body'>
/** Answers one request of the board's own pages. */
export type Board = (route: string, request: BoardRequest, queues: BullBoardQueues) => Promise<Answer>

/** Bull Board's own operations, by method and path such as `GET /api/queues`. */
export const createBoard = (): Board => {
  const routes = new Map<string, AppControllerRoute['handler']>()
  const server: IServerAdapter = {
    setQueues: () => server,
    setViewsPath: () => server,
    setStaticPath: () => server,
    setEntryRoute: () => server,
    setErrorHandler: () => server,
    setUIConfig: () => server,
    setApiRoutes: (all) => {
      for (const { method, route, handler } of all)
        for (const one of [method].flat())
          for (const path of [route].flat()) routes.set(`${one.toUpperCase()} ${path}`, handler)
      return server
    },
  }
  createBullBoard({ queues: [], serverAdapter: server })
  return async (route, request, queues) => {
    const handler = routes.get(route)
    if (handler === undefined) throw new Error(`Bull Board has no ${route}`)
    const { status = 200, body } = await handler({ ...request, queues, headers: {}, uiConfig: boardConfig })
    return { status, body }
  }
}
