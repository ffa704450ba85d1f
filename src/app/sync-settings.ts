import type { Config } from '../platform/config/config.ts'
import { deriveKey } from '../platform/config/secret-files.ts'

/** What both who takes syncs and who runs them must agree on. */
export const syncSettings = ({ secretKey, syncs }: Config) => ({
  sealingKey: deriveKey(secretKey, 'syncs/headers'),
  allowPrivateAddresses: syncs.allowPrivateAddresses,
})
