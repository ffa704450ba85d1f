/**
 * How one queue works: jobs at a time in one worker process, retries after the first failure, the first delay before one, and
 * how many ids may travel together. Jobs that are long travel alone.
 */
export type QueuePolicy = { concurrency: number; retries: number; firstRetryMs: number; parcel: number }

export const queues = {
  emails: { concurrency: 10, retries: 3, firstRetryMs: 5_000, parcel: 100 },
  uploads: { concurrency: 5, retries: 2, firstRetryMs: 2_000, parcel: 1 },
  'small-generation': { concurrency: 2, retries: 3, firstRetryMs: 2_000, parcel: 1 },
  generation: { concurrency: 3, retries: 3, firstRetryMs: 2_000, parcel: 1 },
  'small-export': { concurrency: 2, retries: 2, firstRetryMs: 2_000, parcel: 1 },
  export: { concurrency: 2, retries: 2, firstRetryMs: 2_000, parcel: 1 },
  images: { concurrency: 4, retries: 2, firstRetryMs: 2_000, parcel: 1 },
  recordings: { concurrency: 1, retries: 3, firstRetryMs: 5_000, parcel: 1 },
  sync: { concurrency: 3, retries: 5, firstRetryMs: 5_000, parcel: 1 },
  reports: { concurrency: 2, retries: 1, firstRetryMs: 5_000, parcel: 1 },
  publishing: { concurrency: 5, retries: 8, firstRetryMs: 1_000, parcel: 5 },
  webhooks: { concurrency: 10, retries: 8, firstRetryMs: 5_000, parcel: 100 },
} as const satisfies Record<string, QueuePolicy>

export type QueueName = keyof typeof queues
export const queueNames = Object.keys(queues) as QueueName[]

const longestRetryMs = 10 * 60_000

/**
 * Exponential backoff with equal jitter: between half of and the whole doubled delay.
 * Source: "Exponential Backoff And Jitter", AWS Architecture Blog.
 */
export const retryDelayMs = (queue: QueueName, failures: number, random = Math.random()): number => {
  const whole = Math.min(queues[queue].firstRetryMs * 2 ** Math.max(0, failures - 1), longestRetryMs)
  return Math.round(whole / 2 + (whole / 2) * random)
}
