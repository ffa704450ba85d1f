import { and, asc, eq, sql } from 'drizzle-orm'
import type { Executor, Tx } from '../../../platform/database/database.ts'
import { type IdentityRow, identities, unlinkedIssuers } from './oauth.table.ts'

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

type OfUser = Pick<IdentityRow, 'userId' | 'issuer'>

const ofUser = ({ userId, issuer }: OfUser) =>
  and(eq(unlinkedIssuers.userId, userId), eq(unlinkedIssuers.issuer, issuer))

export const noteUnlinked = async (tx: Tx, { userId, issuer }: OfUser): Promise<void> => {
  await tx.insert(unlinkedIssuers).values({ userId, issuer }).onConflictDoNothing()
}

export const forgetUnlinked = async (tx: Tx, given: OfUser): Promise<void> => {
  await tx.delete(unlinkedIssuers).where(ofUser(given))
}

export const isUnlinked = async (tx: Tx, given: OfUser): Promise<boolean> =>
  (await tx.$count(unlinkedIssuers, ofUser(given))) > 0
