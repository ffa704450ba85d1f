import { takeAttempt } from '../../../platform/attempt-limit.ts'
import type { Tx } from '../../../platform/database/database.ts'
import { type AppError, forbidden, invalidField, unauthorized } from '../../../platform/errors.ts'
import { addressKey } from '../../../platform/http/pipeline.ts'
import { recordAct, userTarget } from '../../audit/record-act.ts'
import { lockActiveUser } from '../../users/users.service.ts'
import { loggedUserOf } from '../auth-keys.ts'
import type { SessionActor } from '../permissions.ts'
import { hasSecondFactor } from '../second-factor/check-second-factor.ts'
import { type Challenge, challenge } from '../second-factor/finish-login.ts'
import { findSession, noteProof } from '../sessions.repository.ts'
import { type Client, networkOf, type OpenedSession, openSession } from '../sessions.ts'
import { describePasskey } from './add-passkey.ts'
import { challengeMs, newPasskeyChallenge, takePasskeyChallenge } from './passkey-challenge.ts'
import { findPasskey, findPasskeyOfCredential, listPasskeys, notePasskeyUse } from './passkeys.repository.ts'
import type { Assertion } from './passkeys.schema.ts'
import { limitChallenges, type PasskeyDeps, userHandleOf } from './passkeys.service.ts'
import type { PasskeyRow } from './passkeys.table.ts'
import { verifyAssertion } from './verify-passkey.ts'

type Shown = NonNullable<Awaited<ReturnType<typeof verifyAssertion>>>

const requestOptions = (deps: PasskeyDeps, challengeText: string, known: PasskeyRow[]) => ({
  challenge: challengeText,
  rpId: deps.relyingParty.id,
  timeout: challengeMs,
  allowCredentials: known.map(describePasskey),
  userVerification: 'preferred' as const,
})

/**
 * What a browser needs to sign somebody in (WebAuthn level 3, 5.5). It names no passkeys: the authenticator knows whose it
 * has, and nobody learns here who has one.
 * @throws 429
 */
export const beginPasskeySignIn = async (deps: PasskeyDeps, { address }: Client) => {
  await limitChallenges(deps, addressKey(address))
  return requestOptions(deps, await newPasskeyChallenge(deps.db, 'passkey-sign-in'), [])
}

const refusedSignIn = () => unauthorized('This passkey was not accepted.', 'PASSKEY_REFUSED')
const challengeOver = () => unauthorized('This took too long. Begin again.', 'CHALLENGE_INVALID')

/**
 * Signs in whoever has the passkey and was recognized by its device: those are two factors. Who was not recognized, and has a
 * second factor, begins a sign-in that `finishLogin` ends, as after a password.
 * @throws 401 `CHALLENGE_INVALID`; 401 `PASSKEY_REFUSED`, the same for an unknown passkey and a wrong signature; 403
 *   `ACCOUNT_DISABLED`; 429
 */
export const signInWithPasskey = async (
  deps: PasskeyDeps,
  given: Assertion,
  client: Client,
): Promise<OpenedSession | Challenge> => {
  const giveBack = await takeAttempt(
    [deps.limits.passkeyByAddress, addressKey(client.address)],
    [deps.limits.passwordByNetwork, networkOf(client.address)],
  )
  const { clientDataJSON, userHandle } = given.response
  const challenged = await takePasskeyChallenge(deps.db, 'passkey-sign-in', clientDataJSON)
  if (challenged === undefined) throw challengeOver()
  const passkey = await findPasskeyOfCredential(deps.db, given.id)
  if (passkey === undefined || userHandle !== userHandleOf(passkey.userId)) throw refusedSignIn()
  const shown = await verifyAssertion(deps, given, passkey, challenged)
  if (shown === undefined) {
    await deps.recordFailure(deps.db, {
      action: 'auth:sign-in',
      target: userTarget(passkey.userId),
      details: { method: 'passkey', reason: 'passkey' },
    })
    throw refusedSignIn()
  }
  const outcome = await deps.db.transaction(async (tx) => {
    const user = await lockActiveUser(tx, passkey.userId)
    if (user === undefined) throw forbidden('This account is disabled.', 'ACCOUNT_DISABLED')
    await usePasskey(deps, tx, passkey, shown, refusedSignIn)
    const isChallenged = !shown.userVerified && (await hasSecondFactor(tx, user.id))
    await recordAct(tx, {
      action: isChallenged ? 'auth:challenge' : 'auth:sign-in',
      target: userTarget(user.id),
      details: { method: 'passkey' },
      by: { kind: 'user', userId: user.id },
    })
    return isChallenged ? challenge(tx, user.id) : openSession(tx, user, client)
  })
  giveBack()
  return outcome
}

/** @throws 429 */
export const beginPasskeyProof = async (deps: PasskeyDeps, actor: SessionActor) => {
  await limitChallenges(deps, actor.userId)
  const known = await listPasskeys(deps.db, actor.userId, undefined, 100)
  return requestOptions(deps, await newPasskeyChallenge(deps.db, 'passkey-proof', actor), known)
}

const wrongProof = (code = 'wrong_passkey', message = 'This passkey was not accepted.') =>
  invalidField('credential', code, message)

/**
 * Notes that whoever holds the session has one of the user's passkeys. Where a second factor is set, the device must have
 * recognized him.
 * @throws 422 for a wrong proof, 429 for too many of them
 */
export const reauthenticateByPasskey = async (
  deps: PasskeyDeps,
  actor: SessionActor,
  given: Assertion,
): Promise<void> => {
  const giveBack = await takeAttempt([deps.limits.passwordBySession, actor.sessionId])
  const { clientDataJSON, userHandle } = given.response
  const challenged = await takePasskeyChallenge(deps.db, 'passkey-proof', clientDataJSON, actor)
  if (challenged === undefined) throw wrongProof('challenge_over', 'This took too long. Begin again.')
  const passkey = await findPasskeyOfCredential(deps.db, given.id)
  const isOwn =
    passkey?.userId === actor.userId &&
    (userHandle ?? userHandleOf(actor.userId)) === userHandleOf(actor.userId)
  const shown = isOwn ? await verifyAssertion(deps, given, passkey, challenged) : undefined
  if (passkey === undefined || shown === undefined) throw wrongProof()
  await deps.db.transaction(async (tx) => {
    if ((await lockActiveUser(tx, actor.userId)) === undefined) throw unauthorized()
    await usePasskey(deps, tx, passkey, shown, wrongProof)
    if (!shown.userVerified && (await hasSecondFactor(tx, actor.userId)))
      throw wrongProof(
        'code_needed',
        'Unlock the passkey by finger, face or PIN, or give a code of your second factor.',
      )
    if ((await findSession(tx, actor.sessionId)) === undefined) throw unauthorized()
    await noteProof(tx, actor.sessionId)
    await recordAct(tx, {
      action: 'auth:reauthenticate',
      target: userTarget(actor.userId),
      details: { method: 'passkey' },
    })
  })
  giveBack()
}

/**
 * Notes a use of a passkey of a user who is locked. A count that does not go on tells of a copy: one of the two is not the
 * owner's (WebAuthn level 3, 6.1.1).
 */
const usePasskey = async (
  { keys, log }: PasskeyDeps,
  tx: Tx,
  { id, userId }: PasskeyRow,
  { signCount, backedUp }: Shown,
  refused: () => AppError,
): Promise<void> => {
  const current = await findPasskey(tx, userId, id)
  if (current === undefined) throw refused()
  const counts = signCount > 0 || current.signCount > 0
  if (counts && signCount <= current.signCount) {
    const told = {
      passkeyId: id,
      user: loggedUserOf(keys, userId),
      signCount,
      lastSignCount: current.signCount,
    }
    log.warn(told, 'a passkey was refused: its count went back, so there may be a copy of it')
    throw refused()
  }
  await notePasskeyUse(tx, id, { signCount, backedUp })
}
