import { eq } from 'drizzle-orm'
import type { Tx } from '../../platform/database/database.ts'
import { webhooks } from './webhooks.table.ts'

/** Deletes all webhooks of a user with their deliveries, and says how many they were. */
export const deleteWebhooksOf = async (tx: Tx, userId: string): Promise<number> => {
  const { rowCount } = await tx.delete(webhooks).where(eq(webhooks.ownerId, userId))
  return rowCount ?? 0
}
