import type { Db, Tx } from '../../../platform/database/database.ts'
import { conflict, forbidden, notFound, unauthorized } from '../../../platform/errors.ts'
import { recordAct, userTarget } from '../../audit/record-act.ts'
import { findActiveUser, lockActiveUser, type User } from '../../users/users.service.ts'
import { mailAccount } from '../auth.jobs.ts'
import type { SessionActor } from '../permissions.ts'
import { proofGoodForMinutes, requireRecentProof } from '../reauthenticate.ts'
import { hasSecondFactor } from '../second-factor/check-second-factor.ts'
import { isProvedWithin, noteProof } from '../sessions.repository.ts'
import { voidVerifications } from '../verifications.repository.ts'
import { requireWayIn } from '../ways-in.ts'
import { linkedElsewhere } from './find-account.ts'
import { flowMinutes } from './flow-cookie.ts'
import {
  deleteIdentity,
  findIdentity,
  forgetUnlinked,
  insertIdentity,
  listIdentities,
  noteUnlinked,
} from './identities.repository.ts'
import { viewIdentity } from './oauth.schema.ts'
import type { Profile } from './provider.ts'

type Holder = Pick<SessionActor, 'userId' | 'sessionId'>

export const showIdentities = async ({ db }: { db: Db }, { userId }: SessionActor) =>
  (await listIdentities(db, userId)).map(viewIdentity)

/**
 * Lets somebody begin to link.
 * @throws 403 `REAUTHENTICATION_REQUIRED`, 409 `EMAIL_NOT_CONFIRMED`
 */
export const requireLinkable = async ({ db }: { db: Db }, actor: SessionActor): Promise<void> => {
  await requireRecentProof({ db }, actor)
  requireConfirmed(await findActiveUser(db, actor.userId))
}

/**
 * Else who signs up with a stranger's address could link an identity of his own, and still come in when the stranger has
 * made the account his by a mailed link.
 */
const requireConfirmed = (user: User | undefined): void => {
  if (user === undefined) throw unauthorized()
  if (user.emailVerifiedAt !== null) return
  throw conflict('EMAIL_NOT_CONFIRMED', 'Confirm your e-mail address first, by the link that was mailed.')
}

/**
 * Links an identity to the account whose session began it, if that session is still there and its proof holds.
 * @throws 403 `REAUTHENTICATION_REQUIRED`, 409 `IDENTITY_TAKEN` or `EMAIL_NOT_CONFIRMED`
 */
export const linkIdentity = async (
  tx: Tx,
  { userId, sessionId }: Holder,
  provider: { name: string; label: string },
  { issuer, subject, email }: Profile,
): Promise<void> => {
  requireConfirmed(await lockActiveUser(tx, userId))
  if (!(await isProvedWithin(tx, sessionId, proofGoodForMinutes + flowMinutes))) {
    throw forbidden('Prove first that it is you, at auth/reauthenticate.', 'REAUTHENTICATION_REQUIRED')
  }
  if ((await findIdentity(tx, { issuer, subject }))?.userId === userId) return
  if (!(await insertIdentity(tx, { userId, provider: provider.name, issuer, subject, email }))) {
    throw linkedElsewhere(provider.label)
  }
  await forgetUnlinked(tx, { userId, issuer })
  await recordAct(tx, {
    action: 'identities:link',
    target: userTarget(userId),
    details: { provider: provider.name },
    by: { kind: 'user', userId },
  })
  await mailAccount(tx, { template: 'identity-linked', userId, provider: provider.label })
}

/**
 * Notes a new sign-in at the provider as a proof in the session that asked for it.
 * @throws 403 `OTHER_IDENTITY` for somebody else's, 403 `CODE_NEEDED` where a second factor is set
 */
export const proveByIdentity = async (
  tx: Tx,
  { userId, sessionId }: Holder,
  profile: Profile,
): Promise<void> => {
  if ((await lockActiveUser(tx, userId)) === undefined) throw unauthorized()
  if ((await findIdentity(tx, profile))?.userId !== userId) {
    throw forbidden('This is not the account that is linked to yours.', 'OTHER_IDENTITY')
  }
  if (await hasSecondFactor(tx, userId)) {
    throw forbidden('Give a code of your second factor, at auth/reauthenticate.', 'CODE_NEEDED')
  }
  await noteProof(tx, sessionId)
  const by = { kind: 'user', userId } as const
  const details = { method: 'provider' }
  await recordAct(tx, { action: 'auth:reauthenticate', target: userTarget(userId), details, by })
}

/**
 * Takes an identity away, and its provider until that is linked again. Codes that it has opened meanwhile work no more.
 * @throws 403 `REAUTHENTICATION_REQUIRED`, 404, 409 `LAST_WAY_IN`
 */
export const unlinkIdentity = async ({ db }: { db: Db }, actor: SessionActor, id: string): Promise<void> => {
  const { userId } = actor
  await requireRecentProof({ db }, actor)
  await db.transaction(async (tx) => {
    if ((await lockActiveUser(tx, userId)) === undefined) throw unauthorized()
    const gone = await deleteIdentity(tx, userId, id)
    if (gone === undefined) throw notFound('identity')
    await requireWayIn(tx, userId)
    await noteUnlinked(tx, gone)
    await voidVerifications(tx, 'oauth-code', userId)
    await voidVerifications(tx, 'second-factor', userId)
    await recordAct(tx, {
      action: 'identities:unlink',
      target: userTarget(userId),
      details: { provider: gone.provider },
    })
    await mailAccount(tx, { template: 'identity-unlinked', userId, provider: gone.provider })
  })
}
