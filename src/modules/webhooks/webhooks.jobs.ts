import { z } from 'zod'
import type { Db, Tx } from '../../platform/database/database.ts'
import { defineJob, type RunningJob } from '../../platform/jobs/define-job.ts'
import { PermanentFailure, TemporaryFailure } from '../../platform/jobs/job-failure.ts'
import { mailAccount } from '../auth/auth.jobs.ts'
import { tellUser } from '../notifications/notifications.service.ts'
import {
  type Attempt,
  findDeliveryWithWebhook,
  followJob,
  lockWebhookOf,
  storeAttempt,
} from './deliveries.repository.ts'
import { NoAnswer, postEvent, type ReceiverAnswer } from './post-event.ts'
import { openValidSecrets, signedHeaders } from './webhook-secret.ts'
import { countFailure, type DisabledWebhook, disableWebhook, forgetFailures } from './webhooks.repository.ts'
import type { DeliveryRow } from './webhooks.table.ts'

export type DeliverDeps = {
  db: Db
  /** Opens the signing secrets. */
  sealingKey: Buffer
  allowPrivateAddresses: boolean
  /** For one attempt in all, in milliseconds. */
  timeoutMs?: number
}

const params = z.object({ deliveryId: z.uuid() })
type Deliver = RunningJob<z.infer<typeof params>>

const defaultTimeoutMs = 15_000
const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs

/** Waiting times before the retries, one day in all. They grow as Standard Webhooks 1.0 recommends under "Deliverability". */
const retryDelaysMs = [
  5 * secondMs,
  minuteMs,
  5 * minuteMs,
  30 * minuteMs,
  2 * hourMs,
  4 * hourMs,
  8 * hourMs,
  10 * hourMs,
] as const
/** What is added to them at most, at random, so that receivers that come back are not met by all at once. */
const jitter = 0.1

const mostFailuresInARow = 20
const manyFailures = `The last ${mostFailuresInARow} deliveries failed, with all their retries.`
const gone = 'The receiver answered 410 Gone.'

/** Sends an event to a webhook's receiver, and tries again until it takes it or the delays are used up. */
export const deliverEvent = defineJob({
  name: 'webhook.deliver',
  queue: 'webhooks',
  params,
  onTransition: async (tx, { deliveryId }, job) => {
    if (job.status === 'failed') {
      const webhookId = await lockWebhookOf(tx, deliveryId, job.id)
      if (webhookId !== undefined) {
        await tellOwner(tx, await countFailure(tx, webhookId, mostFailuresInARow, manyFailures), manyFailures)
      }
    }
    await followJob(tx, deliveryId, job)
  },
  run: async (deps: DeliverDeps, job) => {
    const { delivery, webhook } = await findDue(deps, job)
    const at = new Date()
    const secrets = openValidSecrets(deps.sealingKey, webhook, at)
    const answer = await attempt(deps, job, delivery, at, {
      url: webhook.url,
      headers: signedHeaders(delivery.id, at, delivery.payload, secrets),
    })
    if (answer.status === 410) {
      await deps.db.transaction(async (tx) => tellOwner(tx, await disableWebhook(tx, webhook.id, gone), gone))
      throw new PermanentFailure('ENDPOINT_GONE', gone)
    }
    if (answer.status < 200 || answer.status > 299) {
      throw tryLater(delivery, 'ENDPOINT_REFUSED', `The receiver answered ${answer.status}.`)
    }
    return {
      result: { deliveryId: delivery.id, responseStatus: answer.status },
      commit: (tx) => forgetFailures(tx, webhook.id),
    }
  },
})

/** Notifies and mails the owner of a webhook that was disabled just now, in the same transaction. */
const tellOwner = async (tx: Tx, disabled: DisabledWebhook | undefined, reason: string): Promise<void> => {
  if (disabled === undefined) return
  // Paths of receivers often are secrets, and a mail is read in many places.
  const { host } = new URL(disabled.url)
  await tellUser(tx, {
    ownerId: disabled.ownerId,
    type: 'webhook.disabled',
    data: { webhookId: disabled.id, reason },
  })
  await mailAccount(tx, { template: 'webhook-disabled', userId: disabled.ownerId, host, reason })
}

const findDue = async ({ db }: DeliverDeps, job: Deliver) => {
  const found = await findDeliveryWithWebhook(db, job.params.deliveryId)
  if (found === undefined) throw new PermanentFailure('WEBHOOK_DELETED', 'The webhook was deleted.')
  if (found.delivery.jobId !== job.id) {
    throw new PermanentFailure('DELIVERY_REPLAYED', 'Another job makes this delivery by now.')
  }
  if (!found.webhook.enabled) throw new PermanentFailure('WEBHOOK_DISABLED', 'The webhook is disabled.')
  return found
}

/** One request, whose outcome is stored with the delivery, whatever it is. */
const attempt = async (
  { db, allowPrivateAddresses, timeoutMs = defaultTimeoutMs }: DeliverDeps,
  { signal }: Deliver,
  delivery: DeliveryRow,
  at: Date,
  { url, headers }: { url: string; headers: Record<string, string> },
): Promise<ReceiverAnswer> => {
  const store = (outcome: Attempt) => storeAttempt(db, delivery, at, outcome)
  try {
    const request = { url, headers, body: delivery.payload, allowPrivate: allowPrivateAddresses }
    const answer = await postEvent({ ...request, timeoutMs, signal })
    await store({ responseStatus: answer.status, responseBody: answer.body, error: null })
    return answer
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error
    await store({ responseStatus: null, responseBody: null, error: error.message })
    if (error.code === 'PRIVATE_ADDRESS')
      throw new PermanentFailure(error.code, error.message, { cause: error })
    throw tryLater(delivery, error.code, error.message, error)
  }
}

const tryLater = ({ failures }: DeliveryRow, code: string, message: string, cause?: unknown) => {
  const delayMs = retryDelaysMs[Math.min(failures, retryDelaysMs.length - 1)] ?? hourMs
  const retryAfterMs = Math.round(delayMs * (1 + jitter * Math.random()))
  return new TemporaryFailure(code, message, { cause, retryAfterMs, isOwners: true })
}
