import type { FastifyBaseLogger } from 'fastify'
import { takeAttempt } from '../../../platform/attempt-limit.ts'
import type { Db } from '../../../platform/database/database.ts'
import { notFound, unauthorized } from '../../../platform/errors.ts'
import { decodeCursor, type PageRequest, pageOf } from '../../../platform/http/paging.ts'
import type { RecordFailure } from '../../audit/failure-recorder.ts'
import { recordAct } from '../../audit/record-act.ts'
import { lockActiveUser } from '../../users/users.service.ts'
import { mailAccount } from '../auth.jobs.ts'
import type { AuthKeys } from '../auth-keys.ts'
import type { AuthLimits } from '../auth-limits.ts'
import type { SessionActor } from '../permissions.ts'
import { requireRecentProof } from '../reauthenticate.ts'
import { requireWayIn } from '../ways-in.ts'
import {
  countPasskeys,
  deletePasskey,
  listPasskeys as listPasskeyRows,
  renamePasskey as renamePasskeyRow,
} from './passkeys.repository.ts'
import { viewPasskey } from './passkeys.schema.ts'
import type { PasskeyRow } from './passkeys.table.ts'
import type { RelyingParty } from './verify-passkey.ts'

export type PasskeyDeps = {
  db: Db
  log: FastifyBaseLogger
  keys: Pick<AuthKeys, 'loggedUser'>
  limits: Pick<
    AuthLimits,
    'passkeyChallenges' | 'passkeyByAddress' | 'passwordByNetwork' | 'passwordBySession'
  >
  relyingParty: RelyingParty
  recordFailure: RecordFailure
}

/** By what an authenticator knows the user: his id's 16 bytes, in base64url. */
export const userHandleOf = (userId: string): string =>
  Buffer.from(userId.replaceAll('-', ''), 'hex').toString('base64url')

/** @throws 429: each challenge is a row, for a while */
export const limitChallenges = async (
  { limits }: Pick<PasskeyDeps, 'limits'>,
  key: string,
): Promise<void> => {
  await takeAttempt([limits.passkeyChallenges, key])
}

export const listPasskeys = async (
  { db }: Pick<PasskeyDeps, 'db'>,
  { userId }: SessionActor,
  query: PageRequest,
) => {
  const rows = await listPasskeyRows(db, userId, decodeCursor(query.cursor), query.limit + 1)
  const total = query.total ? await countPasskeys(db, userId) : undefined
  return pageOf(rows, query.limit, viewPasskey, total)
}

/** @throws 404 for a passkey that is not the actor's own */
export const renamePasskey = async (
  { db }: Pick<PasskeyDeps, 'db'>,
  { userId }: SessionActor,
  id: string,
  name: string,
): Promise<PasskeyRow> => {
  const passkey = await renamePasskeyRow(db, userId, id, name)
  if (passkey === undefined) throw notFound('passkey')
  return passkey
}

/** @throws 403 `REAUTHENTICATION_REQUIRED`, 404 for a passkey that is not the actor's own, 409 `LAST_WAY_IN` */
export const removePasskey = async (
  { db }: Pick<PasskeyDeps, 'db'>,
  actor: SessionActor,
  id: string,
): Promise<void> => {
  await requireRecentProof({ db }, actor)
  await db.transaction(async (tx) => {
    if ((await lockActiveUser(tx, actor.userId)) === undefined) throw unauthorized()
    if (!(await deletePasskey(tx, actor.userId, id))) throw notFound('passkey')
    await requireWayIn(tx, actor.userId)
    await recordAct(tx, { action: 'passkeys:delete', target: { type: 'passkey', id } })
    await mailAccount(tx, { template: 'passkey-removed', userId: actor.userId })
  })
}
