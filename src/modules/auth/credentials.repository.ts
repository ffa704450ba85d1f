import { and, eq, sql } from 'drizzle-orm'
import type { Executor } from '../../platform/database/database.ts'
import { accounts } from './auth.table.ts'

const provider = 'credential'

/** Any one password hash of an address: all of them have the same salt. */
export const findHashOfAddress = async (executor: Executor, email: string): Promise<string | undefined> => {
  const [account] = await executor
    .select({ passwordHash: accounts.passwordHash })
    .from(accounts)
    .where(and(eq(accounts.provider, provider), eq(accounts.accountId, email)))
    .limit(1)
  return account?.passwordHash
}

const mostAccountsOfOnePassword = 20

export const findUserIdsByHash = async (
  executor: Executor,
  email: string,
  passwordHash: string,
): Promise<string[]> => {
  const found = await executor
    .select({ userId: accounts.userId })
    .from(accounts)
    .where(
      and(
        eq(accounts.provider, provider),
        eq(accounts.accountId, email),
        eq(accounts.passwordHash, passwordHash),
      ),
    )
    .limit(mostAccountsOfOnePassword)
  return found.map(({ userId }) => userId)
}

export const findPassword = async (executor: Executor, userId: string) => {
  const [account] = await executor
    .select({ email: accounts.accountId, passwordHash: accounts.passwordHash })
    .from(accounts)
    .where(and(eq(accounts.provider, provider), eq(accounts.userId, userId)))
  return account
}

/** Sets the password of a user who may have had none. */
export const putPassword = async (
  executor: Executor,
  { userId, email, passwordHash }: { userId: string; email: string; passwordHash: string },
): Promise<void> => {
  await executor
    .insert(accounts)
    .values({ userId, provider, accountId: email, passwordHash })
    .onConflictDoUpdate({
      target: [accounts.userId, accounts.provider],
      set: { accountId: email, passwordHash, updatedAt: sql`now()` },
    })
}

/** Replaces exactly the password that was verified. Says whether it still was the password. */
export const replacePassword = async (
  executor: Executor,
  { userId, from, to }: { userId: string; from: string; to: string },
): Promise<boolean> => {
  const { rowCount } = await executor
    .update(accounts)
    .set({ passwordHash: to })
    .where(and(eq(accounts.userId, userId), eq(accounts.provider, provider), eq(accounts.passwordHash, from)))
  return rowCount === 1
}
