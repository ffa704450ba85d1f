import { createHash } from 'node:crypto'
import { takeAttempt } from '../../../platform/attempt-limit.ts'
import type { Db, Tx } from '../../../platform/database/database.ts'
import { forbidden, unauthorized } from '../../../platform/errors.ts'
import { addressKey } from '../../../platform/http/pipeline.ts'
import { lockActiveUser } from '../../users/users.service.ts'
import { randomToken } from '../auth-keys.ts'
import type { AuthLimits } from '../auth-limits.ts'
import type { Challenge } from '../second-factor/finish-login.ts'
import type { Client, OpenedSession } from '../sessions.ts'
import { findVerification, insertVerification, takeVerification } from '../verifications.repository.ts'
import { openSessionOrAsk } from './open-session-or-ask.ts'

const validMinutes = 1
const purpose = 'oauth-code'

/** What is stored of a code stands for the challenge too: without the verifier it is worth nothing (RFC 7636, 4.6). */
const boundCode = (code: string, codeChallenge: string) => `${code} ${codeChallenge}`

/** A code that gives the app which began the sign-in its tokens, once, within a minute. */
export const giveCode = async (tx: Tx, userId: string, codeChallenge: string): Promise<string> => {
  const code = randomToken()
  await insertVerification(tx, { purpose, token: boundCode(code, codeChallenge), userId, validMinutes })
  return code
}

/**
 * Signs in the app that has code and verifier, or begins to where a second factor is set.
 * @throws 401 `CODE_INVALID`, 403 `ACCOUNT_DISABLED`, 429
 */
export const exchangeCode = async (
  { db, limits }: { db: Db; limits: Pick<AuthLimits, 'providerByAddress'> },
  { code, codeVerifier }: { code: string; codeVerifier: string },
  client: Client,
): Promise<OpenedSession | Challenge> => {
  const giveBack = await takeAttempt([limits.providerByAddress, addressKey(client.address)])
  const token = boundCode(code, createHash('sha256').update(codeVerifier).digest('base64url'))
  const { userId } = (await findVerification(db, purpose, token)) ?? {}
  if (!userId) throw codeOver()
  const outcome = await db.transaction(async (tx) => {
    const user = await lockActiveUser(tx, userId)
    if (user === undefined) throw forbidden('This account is disabled.', 'ACCOUNT_DISABLED')
    if ((await takeVerification(tx, purpose, token)) === undefined) throw codeOver()
    return openSessionOrAsk(tx, user, client)
  })
  giveBack()
  return outcome
}

const codeOver = () =>
  unauthorized('This code was used, is too old, or was not given to you. Sign in again.', 'CODE_INVALID')
