import { BaseAdapter } from '@bull-board/api/dist/queueAdapters/base.js'
import type {
  AppJobScheduler,
  JobCounts,
  JobStatus,
  QueueJob,
  QueueMetrics,
  Status,
} from '@bull-board/api/dist/types.js'
import { refusedOnBoard } from './board-errors.ts'

/** What a queue of the board shows, and what may be done there. */
export type BoardQueueSource = {
  name: string
  description: string
  isReadOnly: boolean
  statuses: readonly JobStatus[]
  counts: () => Promise<Partial<JobCounts>>
  jobs: (status: JobStatus, page: { offset: number; limit: number }) => Promise<QueueJob[]>
  job: (id: string) => Promise<QueueJob | undefined>
  logs: (id: string) => Promise<string[]>
  schedulers: () => Promise<Omit<AppJobScheduler, 'queueName'>[]>
}

const none: JobCounts = {
  ...{ latest: 0, active: 0, waiting: 0, delayed: 0, completed: 0, failed: 0, paused: 0, prioritized: 0 },
  'waiting-children': 0,
}
const largestPage = 100
const deepestOffset = 1_000

/**
 * A queue as Bull Board asks for it. The queue engine carries only ids of jobs, and nothing once they have ended, so
 * Bull Board's own adapters would have nothing to show: this one shows the truth. All that jobs here do not know is refused.
 */
export class BoardQueue extends BaseAdapter {
  readonly #source: BoardQueueSource

  constructor(source: BoardQueueSource) {
    // `bullmq` would have flows, priorities and paused jobs.
    super('bull', {
      description: source.description,
      readOnlyMode: source.isReadOnly,
      allowCompletedRetries: false,
    })
    this.#source = source
  }

  getName() {
    return this.#source.name
  }
  getStatuses(): Status[] {
    return ['latest', ...this.#source.statuses]
  }
  getJobStatuses(): JobStatus[] {
    return [...this.#source.statuses]
  }
  async getJobCounts(): Promise<JobCounts> {
    return { ...none, ...(await this.#source.counts()) }
  }
  async getJobs(statuses: JobStatus[], start = 0, end = start + largestPage - 1): Promise<QueueJob[]> {
    const offset = Math.min(start, deepestOffset)
    const limit = Math.max(0, Math.min(end - start + 1, largestPage))
    const shown = statuses.filter((status) => this.#source.statuses.includes(status))
    return (await Promise.all(shown.map((status) => this.#source.jobs(status, { offset, limit })))).flat()
  }
  getJob(id: string) {
    return this.#source.job(id)
  }
  getJobLogs(id: string) {
    return this.#source.logs(id)
  }
  getJobSchedulers() {
    return this.#source.schedulers()
  }
  async getJobSchedulersCount() {
    return (await this.#source.schedulers()).length
  }
  async getMetrics(): Promise<QueueMetrics> {
    return { meta: { count: 0, prevTS: 0, prevCount: 0 }, data: [], count: 0 }
  }
  async getRedisInfo() {
    return null
  }
  async getGlobalConcurrency() {
    return null
  }
  async isPaused() {
    return false
  }

  async clean(): Promise<void> {
    throw refusedOnBoard()
  }
  async addJob(): Promise<QueueJob> {
    throw refusedOnBoard()
  }
  async pause(): Promise<void> {
    throw refusedOnBoard()
  }
  async resume(): Promise<void> {
    throw refusedOnBoard()
  }
  async empty(): Promise<void> {
    throw refusedOnBoard()
  }
  async obliterate(): Promise<void> {
    throw refusedOnBoard()
  }
  async promoteAll(): Promise<void> {
    throw refusedOnBoard()
  }
  async setGlobalConcurrency(): Promise<void> {
    throw refusedOnBoard()
  }
  async removeJobScheduler(): Promise<boolean> {
    throw refusedOnBoard()
  }
  async updateJobScheduler(): Promise<'not-found'> {
    throw refusedOnBoard()
  }
  async runJobSchedulerNow(): Promise<'not-found'> {
    throw refusedOnBoard()
  }
}
