/** How one queue works: jobs at a time in one worker process, retries after the first failure, and the first delay before one. */
export type QueuePolicy = { concurrency: number; retries: number; firstRetryMs: number }

export const queues = {
  emails: { concurrency: 10, retries: 3, firstRetryMs: 5_000 },
  uploads: { concurrency: 5, retries: 2, firstRetryMs: 2_000 },
  'small-generation': { concurrency: 2, retries: 3, firstRetryMs: 2_000 },
  generation: { concurrency: 3, retries: 3, firstRetryMs: 2_000 },
  'small-export': { concurrency: 2, retries: 2, firstRetryMs: 2_000 },
  export: { concurrency: 2, retries: 2, firstRetryMs: 2_000 },
  images: { concurrency: 4, retries: 2, firstRetryMs: 2_000 },
  recordings: { concurrency: 1, retries: 3, firstRetryMs: 5_000 },
  publishing: { concurrency: 5, retries: 8, firstRetryMs: 1_000 },
  webhooks: { concurrency: 10, retries: 8, firstRetryMs: 5_000 },
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
