import { violatedConstraint } from '../../../platform/database/infrastructure-error.ts'
import { conflict, invalidField, unauthorized } from '../../../platform/errors.ts'
import { recordAct } from '../../audit/record-act.ts'
import { findActiveUser, lockActiveUser } from '../../users/users.service.ts'
import { mailAccount } from '../auth.jobs.ts'
import type { SessionActor } from '../permissions.ts'
import { requireRecentProof } from '../reauthenticate.ts'
import { challengeMs, newPasskeyChallenge, takePasskeyChallenge } from './passkey-challenge.ts'
import { countPasskeys, insertPasskey, listPasskeys } from './passkeys.repository.ts'
import type { AddPasskey } from './passkeys.schema.ts'
import { limitChallenges, type PasskeyDeps, userHandleOf } from './passkeys.service.ts'
import type { PasskeyRow } from './passkeys.table.ts'
import { algorithms, verifyRegistration } from './verify-passkey.ts'

const mostPasskeys = 20
const tooMany = () =>
  conflict(
    'TOO_MANY_PASSKEYS',
    `You have ${mostPasskeys} passkeys, which is as many as there may be. Delete one.`,
  )

/**
 * What a browser needs to make a passkey for the actor (WebAuthn level 3, 5.4), within five minutes.
 * @throws 403 `REAUTHENTICATION_REQUIRED`, 409 `TOO_MANY_PASSKEYS`, 429
 */
export const beginPasskey = async (deps: PasskeyDeps, actor: SessionActor) => {
  const { db, relyingParty } = deps
  await requireRecentProof({ db }, actor)
  await limitChallenges(deps, actor.userId)
  const user = await findActiveUser(db, actor.userId)
  if (user === undefined) throw unauthorized()
  const known = await listPasskeys(db, user.id, undefined, mostPasskeys)
  if (known.length === mostPasskeys) throw tooMany()
  return {
    rp: { id: relyingParty.id, name: 'Backlot' },
    user: { id: userHandleOf(user.id), name: user.email, displayName: user.name ?? user.email },
    challenge: await newPasskeyChallenge(db, 'add-passkey', actor),
    pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key' as const, alg })),
    timeout: challengeMs,
    excludeCredentials: known.map(describePasskey),
    authenticatorSelection: {
      residentKey: 'required' as const,
      requireResidentKey: true as const,
      userVerification: 'preferred' as const,
    },
    attestation: 'none' as const,
  }
}

export const describePasskey = ({ credentialId, transports }: PasskeyRow) => ({
  id: credentialId,
  type: 'public-key' as const,
  transports,
})

const refused = (code: string, message: string) => invalidField('credential', code, message)

/**
 * Adds the passkey that a browser has made.
 * @throws 422 for one that is not right, or for a challenge that is over; 403 `REAUTHENTICATION_REQUIRED`; 409
 *   `PASSKEY_KNOWN` or `TOO_MANY_PASSKEYS`
 */
export const addPasskey = async (
  deps: PasskeyDeps,
  actor: SessionActor,
  { name, credential }: AddPasskey,
): Promise<PasskeyRow> => {
  const { clientDataJSON, transports } = credential.response
  const challenge = await takePasskeyChallenge(deps.db, 'add-passkey', clientDataJSON, actor)
  if (challenge === undefined) throw refused('challenge_over', 'This took too long. Begin again.')
  const made = await verifyRegistration(deps, credential, challenge)
  if (made === undefined) throw refused('wrong_passkey', 'This passkey was not made for this site.')
  const { userId } = actor
  try {
    return await deps.db.transaction(async (tx) => {
      // Two at once must not both count themselves the last.
      if ((await lockActiveUser(tx, userId)) === undefined) throw unauthorized()
      // The session may have ended since, or its proof may have been made void.
      await requireRecentProof({ db: tx }, actor)
      if ((await countPasskeys(tx, userId)) >= mostPasskeys) throw tooMany()
      const passkey = await insertPasskey(tx, { ...made, userId, name, transports })
      await recordAct(tx, { action: 'passkeys:create', target: { type: 'passkey', id: passkey.id } })
      await mailAccount(tx, { template: 'passkey-added', userId })
      return passkey
    })
  } catch (error) {
    if (violatedConstraint(error, '23505') !== 'passkeys_credential') throw error
    throw conflict('PASSKEY_KNOWN', 'This passkey was added before.')
  }
}
