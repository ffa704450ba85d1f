import { and, asc, eq, sql } from 'drizzle-orm'
import type { Executor, Tx } from '../../../platform/database/database.ts'
import { type IdentityRow, identities } from './oauth.table.ts'

export type NewIdentity = Pick<IdentityRow, 'userId' | 'provider' | 'issuer' | 'subject' | 'email'>

export const findIdentity = async (
  executor: Executor,
  { issuer, subject }: Pick<IdentityRow, 'issuer' | 'subject'>,
): Promise<IdentityRow | undefined> => {
  const [identity] = await executor
    .select()
    .from(identities)
    .where(and(eq(identities.issuer, issuer), eq(identities.subject, subject)))
  return identity
}

/** Says whether it was kept: not when somebody has it already, or the user another one of this issuer. */
export const insertIdentity = async (tx: Tx, identity: NewIdentity): Promise<boolean> => {
  const { rowCount } = await tx.insert(identities).values(identity).onConflictDoNothing()
  return rowCount === 1
}

/** Says whether the identity is still there. */
export const noteIdentityUse = async (tx: Tx, id: string, email: string | null): Promise<boolean> => {
  const { rowCount } = await tx
    .update(identities)
    .set({ lastUsedAt: sql`now()`, ...(email === null ? {} : { email }) })
    .where(eq(identities.id, id))
  return rowCount === 1
}

/** At most one an issuer. */
export const listIdentities = (executor: Executor, userId: string): Promise<IdentityRow[]> =>
  executor.select().from(identities).where(eq(identities.userId, userId)).orderBy(asc(identities.id))

export const deleteIdentitiesOf = async (tx: Tx, userId: string): Promise<number> => {
  const { rowCount } = await tx.delete(identities).where(eq(identities.userId, userId))
  return rowCount ?? 0
}

export const deleteIdentity = async (
  tx: Tx,
  userId: string,
  id: string,
): Promise<IdentityRow | undefined> => {
  const [gone] = await tx
    .delete(identities)
    .where(and(eq(identities.id, id), eq(identities.userId, userId)))
    .returning()
  return gone
}
