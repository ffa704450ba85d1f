import { and, eq, isNotNull, isNull, lt, or, sql } from 'drizzle-orm'
import type { Executor, Tx } from '../../../platform/database/database.ts'
import { recoveryCodes, type TotpFactorRow, totpFactors } from './second-factor.table.ts'

export const findFactor = async (executor: Executor, userId: string): Promise<TotpFactorRow | undefined> => {
  const [factor] = await executor.select().from(totpFactors).where(eq(totpFactors.userId, userId))
  return factor
}

/** Keeps a secret that is to be confirmed, in place of one that never was. Says whether there is no confirmed one. */
export const putUnconfirmedFactor = async (
  executor: Executor,
  userId: string,
  sealedSecret: Buffer,
): Promise<boolean> => {
  const { rowCount } = await executor
    .insert(totpFactors)
    .values({ userId, sealedSecret })
    .onConflictDoUpdate({
      target: totpFactors.userId,
      set: { sealedSecret, createdAt: sql`now()` },
      setWhere: isNull(totpFactors.confirmedAt),
    })
  return rowCount === 1
}

/** Confirms exactly the secret whose code was shown. Says whether it was still to be confirmed. */
export const confirmFactor = async (
  tx: Tx,
  { userId, sealedSecret }: Pick<TotpFactorRow, 'userId' | 'sealedSecret'>,
  step: number,
): Promise<boolean> => {
  const { rowCount } = await tx
    .update(totpFactors)
    .set({ confirmedAt: sql`now()`, lastStep: step })
    .where(
      and(
        eq(totpFactors.userId, userId),
        eq(totpFactors.sealedSecret, sealedSecret),
        isNull(totpFactors.confirmedAt),
      ),
    )
  return rowCount === 1
}

/** Uses up a step, and all before it. Of two at the same time, one gets false. */
export const takeStep = async (executor: Executor, userId: string, step: number): Promise<boolean> => {
  const { rowCount } = await executor
    .update(totpFactors)
    .set({ lastStep: step })
    .where(
      and(
        eq(totpFactors.userId, userId),
        isNotNull(totpFactors.confirmedAt),
        or(isNull(totpFactors.lastStep), lt(totpFactors.lastStep, step)),
      ),
    )
  return rowCount === 1
}

/** Takes the factor, also one that is to be confirmed, and its recovery codes away. Says whether it was confirmed. */
export const deleteFactor = async (tx: Tx, userId: string): Promise<boolean> => {
  const [factor] = await tx
    .delete(totpFactors)
    .where(eq(totpFactors.userId, userId))
    .returning({ confirmedAt: totpFactors.confirmedAt })
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId))
  return factor !== undefined && factor.confirmedAt !== null
}

export const replaceRecoveryCodes = async (tx: Tx, userId: string, codeHashes: string[]): Promise<void> => {
  await tx.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId))
  await tx.insert(recoveryCodes).values(codeHashes.map((codeHash) => ({ userId, codeHash })))
}

/** Uses a code. Of two at the same time, one gets false. */
export const takeRecoveryCode = async (
  executor: Executor,
  userId: string,
  codeHash: string,
): Promise<boolean> => {
  const { rowCount } = await executor
    .update(recoveryCodes)
    .set({ usedAt: sql`now()` })
    .where(
      and(
        eq(recoveryCodes.userId, userId),
        eq(recoveryCodes.codeHash, codeHash),
        isNull(recoveryCodes.usedAt),
      ),
    )
  return rowCount === 1
}

export const countRecoveryCodes = (executor: Executor, userId: string): Promise<number> =>
  executor.$count(recoveryCodes, and(eq(recoveryCodes.userId, userId), isNull(recoveryCodes.usedAt)))
