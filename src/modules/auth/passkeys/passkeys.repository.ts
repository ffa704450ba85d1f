import { and, desc, eq, lt, sql } from 'drizzle-orm'
import { type Executor, onlyRow, type Tx } from '../../../platform/database/database.ts'
import { type PasskeyRow, passkeys } from './passkeys.table.ts'

export const insertPasskey = async (
  tx: Tx,
  passkey: Omit<PasskeyRow, 'id' | 'createdAt' | 'lastUsedAt'>,
): Promise<PasskeyRow> => onlyRow(await tx.insert(passkeys).values(passkey).returning())

export const findPasskeyOfCredential = async (
  executor: Executor,
  credentialId: string,
): Promise<PasskeyRow | undefined> => {
  const [passkey] = await executor.select().from(passkeys).where(eq(passkeys.credentialId, credentialId))
  return passkey
}

const isOf = (userId: string, id: string) => and(eq(passkeys.id, id), eq(passkeys.userId, userId))

export const findPasskey = async (
  executor: Executor,
  userId: string,
  id: string,
): Promise<PasskeyRow | undefined> => {
  const [passkey] = await executor.select().from(passkeys).where(isOf(userId, id))
  return passkey
}

/** Newest first. */
export const listPasskeys = (
  executor: Executor,
  userId: string,
  before: string | undefined,
  most: number,
): Promise<PasskeyRow[]> =>
  executor
    .select()
    .from(passkeys)
    .where(and(eq(passkeys.userId, userId), before === undefined ? undefined : lt(passkeys.id, before)))
    .orderBy(desc(passkeys.id))
    .limit(most)

export const countPasskeys = (executor: Executor, userId: string): Promise<number> =>
  executor.$count(passkeys, eq(passkeys.userId, userId))

export const renamePasskey = async (
  executor: Executor,
  userId: string,
  id: string,
  name: string,
): Promise<PasskeyRow | undefined> => {
  const [passkey] = await executor.update(passkeys).set({ name }).where(isOf(userId, id)).returning()
  return passkey
}

export const notePasskeyUse = async (
  tx: Tx,
  id: string,
  use: Pick<PasskeyRow, 'signCount' | 'backedUp'>,
): Promise<void> => {
  await tx
    .update(passkeys)
    .set({ ...use, lastUsedAt: sql`now()` })
    .where(eq(passkeys.id, id))
}

/** Says whether there was one. */
export const deletePasskey = async (tx: Tx, userId: string, id: string): Promise<boolean> => {
  const { rowCount } = await tx.delete(passkeys).where(isOf(userId, id))
  return rowCount === 1
}

/** Returns how many there were. */
export const deletePasskeysOf = async (tx: Tx, userId: string): Promise<number> => {
  const { rowCount } = await tx.delete(passkeys).where(eq(passkeys.userId, userId))
  return rowCount ?? 0
}
