import { and, desc, eq, lt, sql } from 'drizzle-orm'
import { type Executor, onlyRow, type ReadDb, type Tx } from '../../platform/database/database.ts'
import { preparedSql } from '../../platform/database/prepared.ts'
import { type WebhookRow, webhooks } from './webhooks.table.ts'

export const insertWebhook = async (db: Executor, row: typeof webhooks.$inferInsert): Promise<WebhookRow> =>
  onlyRow(await db.insert(webhooks).values(row).returning())

export const findWebhook = async (db: ReadDb, id: string): Promise<WebhookRow | undefined> => {
  const [row] = await db.select().from(webhooks).where(eq(webhooks.id, id))
  return row
}

const ownedBy = (ownerId: string | undefined) =>
  ownerId === undefined ? undefined : eq(webhooks.ownerId, ownerId)

/** Newest first, one more than `limit`, so that the caller sees whether there is a next page. */
export const listWebhooks = (
  db: ReadDb,
  ownerId: string | undefined,
  before: string | undefined,
  limit: number,
) =>
  db
    .select()
    .from(webhooks)
    .where(and(ownedBy(ownerId), before === undefined ? undefined : lt(webhooks.id, before)))
    .orderBy(desc(webhooks.id))
    .limit(limit + 1)

export const countWebhooks = (db: ReadDb, ownerId: string | undefined): Promise<number> =>
  db.$count(webhooks, ownedBy(ownerId))

export const updateWebhook = async (
  db: Executor,
  id: string,
  changes: Partial<Pick<WebhookRow, 'url' | 'description' | 'events' | 'enabled'>>,
): Promise<WebhookRow | undefined> => {
  // Whoever switches a webhook on or off says so himself from now on, and it starts with a clean record.
  const switched = changes.enabled === undefined ? {} : { disabledReason: null, consecutiveFailures: 0 }
  const [row] = await db
    .update(webhooks)
    .set({ ...changes, ...switched, updatedAt: new Date() })
    .where(eq(webhooks.id, id))
    .returning()
  return row
}

/** Puts a new secret in place of the newest, which stays valid for `hours`. */
export const replaceSecret = async (
  db: Executor,
  id: string,
  sealedSecret: Buffer,
  hours: number,
): Promise<boolean> => {
  const { rowCount } = await db.execute(sql`
    update ${webhooks} set previous_sealed_secret = sealed_secret, sealed_secret = ${sealedSecret},
      previous_secret_until = now() + make_interval(hours => ${hours}), updated_at = now()
    where id = ${id}`)
  return rowCount === 1
}

export const deleteWebhook = async (db: Executor, id: string): Promise<boolean> => {
  const { rowCount } = await db.delete(webhooks).where(eq(webhooks.id, id))
  return rowCount === 1
}

const given = sql.placeholder
const receivers = preparedSql<{ webhookId: string; deliveryId: string }>(
  'find_webhook_receivers',
  sql`
    select id as "webhookId", uuid_v7() as "deliveryId" from ${webhooks}
    where owner_id = ${given('ownerId')} and enabled and events && ${given('filters')}::text[]
      and (project_id is null or project_id = ${given('projectId')}::uuid)
    for key share`,
)

/**
 * The webhooks that want an event, each with the id of a delivery to be. They cannot be deleted until the transaction ends.
 * @param event `filters`: every text that lets the event through when a webhook lists it
 */
export const findReceivers = (
  tx: Tx,
  event: { ownerId: string; projectId: string | null; filters: string[] },
) => receivers(tx, event)

/** What its owner is told of a webhook that was disabled just now. */
export type DisabledWebhook = { id: string; ownerId: string; url: string }

export const disableWebhook = async (
  db: Executor,
  id: string,
  reason: string,
): Promise<DisabledWebhook | undefined> => {
  const [row] = await db
    .update(webhooks)
    .set({ enabled: false, disabledReason: reason })
    .where(and(eq(webhooks.id, id), webhooks.enabled))
    .returning({ id: webhooks.id, ownerId: webhooks.ownerId, url: webhooks.url })
  return row
}

/** Notes that a delivery was given up. The one that is `most` in a row disables the webhook, which then comes back. */
export const countFailure = async (
  db: Executor,
  id: string,
  most: number,
  reason: string,
): Promise<DisabledWebhook | undefined> => {
  const { rows } = await db.execute<DisabledWebhook & { enabled: boolean }>(sql`
    update ${webhooks} set consecutive_failures = consecutive_failures + 1, updated_at = now(),
      enabled = consecutive_failures + 1 < ${most},
      disabled_reason = case when consecutive_failures + 1 >= ${most} then ${reason} end
    where id = ${id} and enabled returning enabled, id, owner_id as "ownerId", url`)
  return rows.find(({ enabled }) => !enabled)
}

export const forgetFailures = async (db: Executor, id: string): Promise<void> => {
  await db.execute(sql`
    update ${webhooks} set consecutive_failures = 0 where id = ${id} and consecutive_failures > 0`)
}
