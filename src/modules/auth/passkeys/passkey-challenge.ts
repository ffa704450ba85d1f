import { z } from 'zod'
import type { Db } from '../../../platform/database/database.ts'
import { randomToken } from '../auth-keys.ts'
import type { SessionActor } from '../permissions.ts'
import { insertVerification, takeVerification } from '../verifications.repository.ts'

type PasskeyPurpose = 'add-passkey' | 'passkey-sign-in' | 'passkey-proof'

const challengeMinutes = 5
/** How long a browser waits for its user. */
export const challengeMs = challengeMinutes * 60_000

/** A challenge that is bound to a session counts for nothing in another one. */
const tokenOf = (challenge: string, actor: SessionActor | undefined) =>
  actor === undefined ? challenge : `${challenge} ${actor.sessionId}`

/** Makes a challenge of 256 random bits for one purpose, of which the hash is stored. */
export const newPasskeyChallenge = async (
  db: Db,
  purpose: PasskeyPurpose,
  actor?: SessionActor,
): Promise<string> => {
  const challenge = randomToken()
  await insertVerification(db, {
    purpose,
    token: tokenOf(challenge, actor),
    validMinutes: challengeMinutes,
    ...(actor && { userId: actor.userId }),
  })
  return challenge
}

/**
 * Uses up the challenge that was signed, whatever comes of it.
 * @returns undefined for one that is unknown, too old, used, or meant for something else
 */
export const takePasskeyChallenge = async (
  db: Db,
  purpose: PasskeyPurpose,
  clientDataJSON: string,
  actor?: SessionActor,
): Promise<string | undefined> => {
  const challenge = challengeIn(clientDataJSON)
  if (challenge === undefined) return undefined
  const taken = await takeVerification(db, purpose, tokenOf(challenge, actor))
  return taken && challenge
}

const clientData = z.object({ challenge: z.string().regex(/^[\w-]{43}$/) })

const challengeIn = (clientDataJSON: string): string | undefined => {
  try {
    return clientData.parse(JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString())).challenge
  } catch {
    return undefined
  }
}
