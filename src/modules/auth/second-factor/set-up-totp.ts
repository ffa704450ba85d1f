import { sealText } from '../../../platform/config/sealed-text.ts'
import { conflict, invalidField, notFound, unauthorized } from '../../../platform/errors.ts'
import { recordAct, userTarget } from '../../audit/record-act.ts'
import { findActiveUser } from '../../users/users.service.ts'
import { mailAccount } from '../auth.jobs.ts'
import { lockActor } from '../lock-actor.ts'
import type { SessionActor } from '../permissions.ts'
import { requireRecentProof } from '../reauthenticate.ts'
import { forgetProofs } from '../sessions.repository.ts'
import { countGuess, hasSecondFactor, openSecret, type SecondFactorDeps } from './check-second-factor.ts'
import { hashRecoveryCode, newRecoveryCodes } from './recovery-codes.ts'
import {
  confirmFactor,
  countRecoveryCodes,
  deleteFactor,
  findFactor,
  putUnconfirmedFactor,
  replaceRecoveryCodes,
} from './second-factor.repository.ts'
import { base32, matchingStep, newTotpSecret, otpauthUri } from './totp.ts'

export const showTotp = async ({ db }: Pick<SecondFactorDeps, 'db'>, { userId }: SessionActor) => {
  const enabledAt = (await findFactor(db, userId))?.confirmedAt ?? null
  return {
    enabled: enabledAt !== null,
    enabledAt: enabledAt?.toISOString() ?? null,
    recoveryCodesLeft: await countRecoveryCodes(db, userId),
  }
}

const alreadyOn = () => conflict('TOTP_ENABLED', 'A second factor is set. Take it away first.')

/**
 * Makes a secret for the user's app. Nothing changes until he has confirmed it; beginning again replaces it.
 * @throws 403 `REAUTHENTICATION_REQUIRED`, 409 `TOTP_ENABLED`
 */
export const beginTotp = async ({ db, keys }: SecondFactorDeps, actor: SessionActor) => {
  const { userId } = actor
  await requireRecentProof({ db }, actor)
  const user = await findActiveUser(db, userId)
  if (user === undefined) throw unauthorized()
  const secret = newTotpSecret()
  const sealed = sealText(keys.totpSecret, secret.toString('base64url'), userId)
  if (!(await putUnconfirmedFactor(db, userId, sealed))) throw alreadyOn()
  return { secret: base32(secret), otpauthUri: otpauthUri(secret, user.email) }
}

/**
 * Sets the second factor, for who shows a code of the new secret: from the next sign-in on it is asked for.
 * @returns the recovery codes, which exist only here
 * @throws 401 when the session has ended meanwhile, 409 `TOTP_ENABLED` or `TOTP_NOT_BEGUN`, 422 for a wrong code, 429
 */
export const confirmTotp = async (
  deps: SecondFactorDeps,
  actor: SessionActor,
  code: string,
): Promise<string[]> => {
  const { userId, sessionId } = actor
  const factor = await findFactor(deps.db, userId)
  if (factor === undefined) throw conflict('TOTP_NOT_BEGUN', 'Ask for a secret first.')
  if (factor.confirmedAt !== null) throw alreadyOn()
  const giveBack = await countGuess(deps, userId)
  const step = matchingStep(openSecret(deps.keys, factor), code, new Date())
  if (step === undefined) throw invalidField('code', 'wrong_code', 'This is not the code of now.')
  giveBack()
  const codes = newRecoveryCodes()
  await deps.db.transaction(async (tx) => {
    // A sign-in that was given no code ends before this, with its session, or sees the factor.
    await lockActor(tx, actor)
    if (!(await confirmFactor(tx, factor, step))) throw alreadyOn()
    await replaceRecoveryCodes(tx, userId, codes.map(hashRecoveryCode))
    // A password that was enough in another session a moment ago must not take the second factor away.
    await forgetProofs(tx, userId, sessionId)
    await recordAct(tx, { action: 'second-factors:set', target: userTarget(userId) })
    await mailAccount(tx, { template: 'second-factor-set', userId })
  })
  return codes
}

const notOn = () => notFound('second factor')

/** @throws 403 `REAUTHENTICATION_REQUIRED`, 404 where there is none */
export const removeTotp = async ({ db }: SecondFactorDeps, actor: SessionActor): Promise<void> => {
  await requireRecentProof({ db }, actor)
  await db.transaction(async (tx) => {
    if (!(await deleteFactor(tx, actor.userId))) throw notOn()
    await recordAct(tx, { action: 'second-factors:remove', target: userTarget(actor.userId) })
    await mailAccount(tx, { template: 'second-factor-removed', userId: actor.userId })
  })
}

/**
 * Makes new recovery codes; those before work no more.
 * @throws 403 `REAUTHENTICATION_REQUIRED`, 404 where there is no second factor
 */
export const renewRecoveryCodes = async (
  { db }: SecondFactorDeps,
  actor: SessionActor,
): Promise<string[]> => {
  await requireRecentProof({ db }, actor)
  const codes = newRecoveryCodes()
  await db.transaction(async (tx) => {
    await lockActor(tx, actor)
    if (!(await hasSecondFactor(tx, actor.userId))) throw notOn()
    await replaceRecoveryCodes(tx, actor.userId, codes.map(hashRecoveryCode))
    await recordAct(tx, { action: 'recovery-codes:renew', target: userTarget(actor.userId) })
  })
  return codes
}
