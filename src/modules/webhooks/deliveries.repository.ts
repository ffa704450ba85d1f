import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import type { Executor, ReadDb, Tx } from '../../platform/database/database.ts'
import type { ChangedJob } from '../../platform/jobs/transitions.ts'
import { type DeliveryRow, type WebhookRow, webhookDeliveries, webhooks } from './webhooks.table.ts'

export const insertDelivery = async (
  db: Executor,
  row: typeof webhookDeliveries.$inferInsert,
): Promise<void> => {
  await db.insert(webhookDeliveries).values(row)
}

export const findDelivery = async (db: ReadDb, id: string): Promise<DeliveryRow | undefined> => {
  const [row] = await db.select().from(webhookDeliveries).where(eq(webhookDeliveries.id, id))
  return row
}

export const findDeliveryWithWebhook = async (
  db: ReadDb,
  id: string,
): Promise<{ delivery: DeliveryRow; webhook: WebhookRow } | undefined> => {
  const [row] = await db
    .select({ delivery: webhookDeliveries, webhook: webhooks })
    .from(webhookDeliveries)
    .innerJoin(webhooks, eq(webhooks.id, webhookDeliveries.webhookId))
    .where(eq(webhookDeliveries.id, id))
  return row
}

type DeliveryFilter = { webhookId: string; status?: DeliveryRow['status'] | undefined }

const matches = ({ webhookId, status }: DeliveryFilter) =>
  and(
    eq(webhookDeliveries.webhookId, webhookId),
    status === undefined ? undefined : eq(webhookDeliveries.status, status),
  )

/** Newest first, one more than `limit`, so that the caller sees whether there is a next page. */
export const listDeliveries = (
  db: ReadDb,
  filter: DeliveryFilter,
  before: string | undefined,
  limit: number,
) =>
  db
    .select()
    .from(webhookDeliveries)
    .where(and(matches(filter), before === undefined ? undefined : lt(webhookDeliveries.id, before)))
    .orderBy(desc(webhookDeliveries.id))
    .limit(limit + 1)

export const countDeliveries = (db: ReadDb, filter: DeliveryFilter): Promise<number> =>
  db.$count(webhookDeliveries, matches(filter))

const unfinished: DeliveryRow['status'][] = ['pending', 'in-progress']

export const countUnfinished = (db: ReadDb, webhookId: string): Promise<number> =>
  db.$count(
    webhookDeliveries,
    and(eq(webhookDeliveries.webhookId, webhookId), inArray(webhookDeliveries.status, unfinished)),
  )

/** Gives a delivery that has ended to another job. False when it has not, as for the second of two who ask at once. */
export const restartDelivery = async (db: Executor, id: string, jobId: string): Promise<boolean> => {
  const { rowCount } = await db
    .update(webhookDeliveries)
    .set({ jobId, status: 'pending', failures: 0 })
    .where(
      and(
        eq(webhookDeliveries.id, id),
        inArray(webhookDeliveries.status, ['completed', 'failed', 'cancelled']),
      ),
    )
  return rowCount === 1
}

/** Copies what happened to the job into its delivery, unless that has another job by now. */
export const followJob = async (db: Executor, id: string, job: ChangedJob): Promise<void> => {
  await db
    .update(webhookDeliveries)
    .set({ status: job.status, failures: job.failures })
    .where(and(eq(webhookDeliveries.id, id), eq(webhookDeliveries.jobId, job.id)))
}

/**
 * The webhook of a delivery that this job still makes, locked. Whoever changes both locks the webhook first, as its deletion
 * does, so that they wait for each other and never in a circle.
 */
export const lockWebhookOf = async (tx: Tx, id: string, jobId: string): Promise<string | undefined> => {
  const { rows } = await tx.execute<{ id: string }>(sql`
    select id from ${webhooks} where id = (
      select webhook_id from ${webhookDeliveries} where id = ${id} and job_id = ${jobId})
    for no key update`)
  return rows[0]?.id
}

/** Keeps a webhook from being deleted until the transaction ends. False when it is gone already. */
export const holdWebhook = async (tx: Tx, id: string): Promise<boolean> => {
  const rows = await tx.select({ id: webhooks.id }).from(webhooks).where(eq(webhooks.id, id)).for('key share')
  return rows.length === 1
}

export type Attempt = Pick<DeliveryRow, 'responseStatus' | 'responseBody' | 'error'>

export const storeAttempt = async (
  db: Executor,
  { id, jobId }: Pick<DeliveryRow, 'id' | 'jobId'>,
  at: Date,
  attempt: Attempt,
): Promise<void> => {
  await db
    .update(webhookDeliveries)
    .set({ ...attempt, lastAttemptAt: at, attempts: sql`${webhookDeliveries.attempts} + 1` })
    .where(and(eq(webhookDeliveries.id, id), eq(webhookDeliveries.jobId, jobId)))
}

/** Deletes deliveries that ended and are older than `days`, `limit` at most. Returns how many. */
export const deleteDeliveriesOlderThan = async (
  db: Executor,
  days: number,
  limit: number,
): Promise<number> => {
  const { rowCount } = await db.execute(sql`
    delete from ${webhookDeliveries} where id in (
      select id from ${webhookDeliveries}
      where created_at < now() - make_interval(days => ${days}) and status not in ('pending', 'in-progress')
      order by created_at limit ${limit} for update skip locked)`)
  return rowCount ?? 0
}
