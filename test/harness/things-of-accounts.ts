import { randomBytes } from 'node:crypto'
import { newKeyPrefix } from '../../src/modules/api-keys/api-key.ts'
import { insertKey } from '../../src/modules/api-keys/api-keys.repository.ts'
import { identities } from '../../src/modules/auth/oauth/oauth.table.ts'
import { insertPasskey } from '../../src/modules/auth/passkeys/passkeys.repository.ts'
import { challenge } from '../../src/modules/auth/second-factor/finish-login.ts'
import { hashRecoveryCode, newRecoveryCodes } from '../../src/modules/auth/second-factor/recovery-codes.ts'
import { replaceRecoveryCodes } from '../../src/modules/auth/second-factor/second-factor.repository.ts'
import { tellUser } from '../../src/modules/notifications/notifications.service.ts'
import { addUser } from '../../src/modules/users/users.service.ts'
import type { Tx } from '../../src/platform/database/database.ts'
import { onlyRow } from '../../src/platform/database/database.ts'
import { newId } from '../../src/platform/database/new-id.ts'

/** As if he had linked it: he has a password too. */
export const makeIdentity = async (tx: Tx, userId: string): Promise<string> => {
  const identity = { userId, provider: 'github', issuer: 'https://github.com', subject: userId }
  return onlyRow(await tx.insert(identities).values(identity).returning()).id
}

/** A sign-in of somebody else that waits for a code, and a recovery code for it. */
export const makeChallenge = async (tx: Tx) => {
  const email = `challenged-${randomBytes(4).toString('hex')}@example.com`
  const { id } = await addUser(tx, { email, name: null, role: 'user', emailVerifiedAt: null })
  const [recoveryCode = ''] = newRecoveryCodes()
  await replaceRecoveryCodes(tx, id, [hashRecoveryCode(recoveryCode)])
  return { challengeToken: (await challenge(tx, id)).challengeToken, recoveryCode }
}

/** A key whose text nobody has. */
export const makeApiKey = async (tx: Tx, userId: string) => {
  const secretHash = randomBytes(32).toString('base64url')
  const key = { name: 'A script', prefix: newKeyPrefix(), scopes: ['posts:read' as const], expiresAt: null }
  return (await insertKey(tx, { ...key, userId, secretHash })).id
}

/** A passkey that no authenticator has. */
export const makePasskey = async (tx: Tx, userId: string) => {
  const credentialId = randomBytes(16).toString('base64url')
  const facts = { transports: [], backupEligible: false, backedUp: false, name: 'A phone', signCount: 1 }
  return (await insertPasskey(tx, { ...facts, userId, credentialId, publicKey: randomBytes(77) })).id
}

/** Something that the owner is told, of a webhook that is no more. */
export const makeNotification = async (tx: Tx, ownerId: string) => {
  const notedWebhookId = await newId(tx)
  await tellUser(tx, { ownerId, type: 'webhook.disabled', data: { webhookId: notedWebhookId } })
  return { notedWebhookId }
}
