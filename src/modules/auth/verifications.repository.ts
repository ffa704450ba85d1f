import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Executor } from '../../platform/database/database.ts'
import { type VerificationPurpose, verifications } from './auth.table.ts'
import { hashToken } from './auth-keys.ts'

/** Makes `token` work until it has been used or `validMinutes` have passed. One that was stored before stays as it is. */
export const insertVerification = async (
  executor: Executor,
  verification: { purpose: VerificationPurpose; token: string; userId?: string; validMinutes: number },
): Promise<void> => {
  const { purpose, token, userId, validMinutes } = verification
  await executor
    .insert(verifications)
    .values({
      purpose,
      tokenHash: hashToken(token),
      userId: userId ?? null,
      expiresAt: sql`now() + make_interval(mins => ${validMinutes})`,
    })
    .onConflictDoNothing({ target: verifications.tokenHash })
}

/** Notes that a token was used which was not stored before. Of all uses, one gets true. */
export const spendVerification = async (
  executor: Executor,
  { purpose, token, validMinutes }: { purpose: VerificationPurpose; token: string; validMinutes: number },
): Promise<boolean> => {
  const { rowCount } = await executor
    .insert(verifications)
    .values({
      purpose,
      tokenHash: hashToken(token),
      expiresAt: sql`now() + make_interval(mins => ${validMinutes})`,
      usedAt: sql`now()`,
    })
    .onConflictDoNothing({ target: verifications.tokenHash })
  return rowCount === 1
}

const works = (purpose: VerificationPurpose, token: string) =>
  and(
    eq(verifications.tokenHash, hashToken(token)),
    eq(verifications.purpose, purpose),
    isNull(verifications.usedAt),
    gt(verifications.expiresAt, sql`now()`),
  )

/** Looks whether a token works, without using it. */
export const findVerification = async (executor: Executor, purpose: VerificationPurpose, token: string) => {
  const [found] = await executor
    .select({ userId: verifications.userId })
    .from(verifications)
    .where(works(purpose, token))
  return found
}

/** Uses a token. Of two at the same time, one gets nothing. */
export const takeVerification = async (executor: Executor, purpose: VerificationPurpose, token: string) => {
  const [taken] = await executor
    .update(verifications)
    .set({ usedAt: sql`now()` })
    .where(works(purpose, token))
    .returning({ userId: verifications.userId })
  return taken
}

/** Ends every token of one purpose that a user was sent. */
export const voidVerifications = async (
  executor: Executor,
  purpose: VerificationPurpose,
  userId: string | null,
): Promise<void> => {
  const ofUser = userId === null ? isNull(verifications.userId) : eq(verifications.userId, userId)
  await executor
    .update(verifications)
    .set({ usedAt: sql`now()` })
    .where(and(eq(verifications.purpose, purpose), ofUser, isNull(verifications.usedAt)))
}
