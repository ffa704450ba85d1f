import type { Config } from '../platform/config/config.ts'
import { deriveKey } from '../platform/config/secret-files.ts'

/** What both who takes webhooks and who delivers to them must agree on. */
export const webhookSettings = ({ secretKey, webhooks }: Config) => ({
  sealingKey: deriveKey(secretKey, 'webhooks/secrets'),
  allowPrivateAddresses: webhooks.allowPrivateAddresses,
})
