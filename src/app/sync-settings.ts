import { syncDirectory } from '../modules/syncs/leftover-sources.ts'
import type { Config } from '../platform/config/config.ts'
import { deriveKey } from '../platform/config/secret-files.ts'

/** What both who takes syncs and who runs them must agree on. */
export const syncSettings = ({ secretKey, syncs }: Config) => ({
  sealingKey: deriveKey(secretKey, 'syncs/headers'),
  allowPrivateAddresses: syncs.allowPrivateAddresses,
})

/** What else who runs them needs. */
export const syncRunning = (config: Config) => ({
  ...syncSettings(config),
  directory: syncDirectory(config.dataDir),
  retentionDays: config.data.datasetRetentionDays,
})
