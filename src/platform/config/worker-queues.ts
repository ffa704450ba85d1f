import { z } from 'zod'
import { type QueueName, queueNames, queues } from '../jobs/queues.ts'

const mostAtATime = 200

const usual = (name: QueueName): number => queues[name].concurrency

/** Jobs at a time of each queue that a worker process serves. */
export type QueueConcurrency = { readonly [name in QueueName]?: number }

export const everyQueue: QueueConcurrency = Object.fromEntries(queueNames.map((name) => [name, usual(name)]))

const isQueue = (name: string): name is QueueName => Object.hasOwn(queues, name)

/** Reads `images:8,emails`: without a number a queue has its usual one. Undefined when that is not what it says. */
const readQueues = (text: string): QueueConcurrency | undefined => {
  const chosen: { [name in QueueName]?: number } = {}
  for (const item of text.split(',')) {
    const [, name = '', count] = /^\s*([a-z-]+)(?::(\d{1,3}))?\s*$/.exec(item) ?? []
    if (!isQueue(name) || chosen[name] !== undefined) return undefined
    chosen[name] = count === undefined ? usual(name) : Number(count)
    if (chosen[name] < 1 || chosen[name] > mostAtATime) return undefined
  }
  return chosen
}

export const workerQueues = z.string().transform((text, context): QueueConcurrency => {
  const read = readQueues(text)
  if (read !== undefined) return read
  context.addIssue(
    `must list queues, each once and with how many jobs at a time (1 to ${mostAtATime}) if not as usual, such as ` +
      `images:8,emails; there are ${queueNames.map((name) => `${name}:${usual(name)}`).join(', ')}`,
  )
  return z.NEVER
})
