import type { Tx } from '../../platform/database/database.ts'
import { revokeKeysOf } from '../api-keys/revoke-keys-of.ts'
import { deleteWebhooksOf } from '../webhooks/delete-webhooks-of.ts'
import { deleteIdentitiesOf } from './oauth/identities.repository.ts'
import { deletePasskeysOf } from './passkeys/passkeys.repository.ts'
import { deleteFactor } from './second-factor/second-factor.repository.ts'

/**
 * Takes away what opens an account beside its password and sessions, and what tells of it elsewhere: for the owner of an address,
 * who takes an account over that somebody else may have made with it. Says how many of each there were.
 */
export const clearAccount = async (tx: Tx, userId: string) => ({
  apiKeys: await revokeKeysOf(tx, userId),
  passkeys: await deletePasskeysOf(tx, userId),
  identities: await deleteIdentitiesOf(tx, userId),
  hadTotp: await deleteFactor(tx, userId),
  webhooks: await deleteWebhooksOf(tx, userId),
})
