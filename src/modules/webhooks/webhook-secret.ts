import { createHmac, randomBytes } from 'node:crypto'
import { openText, sealText } from '../../platform/config/sealed-text.ts'
import type { WebhookRow } from './webhooks.table.ts'

const prefix = 'whsec_'
const secretBytes = 32

/** A signing secret as Standard Webhooks 1.0 writes it: `whsec_` and 32 random bytes in base64. */
export const newSecret = (): string => prefix + randomBytes(secretBytes).toString('base64')

export const sealSecret = (key: Buffer, webhookId: string, secret: string): Buffer =>
  sealText(key, secret, contextOf(webhookId))

export const openSecret = (key: Buffer, { id, sealedSecret }: WebhookRow): string =>
  openText(key, sealedSecret, contextOf(id))

/** The secrets that sign now: the newest, and the one before it as long as that is valid. */
export const openValidSecrets = (key: Buffer, webhook: WebhookRow, now: Date): string[] => {
  const { id, previousSealedSecret, previousSecretUntil } = webhook
  const newest = openSecret(key, webhook)
  const isPreviousValid = previousSecretUntil !== null && previousSecretUntil > now
  if (previousSealedSecret === null || !isPreviousValid) return [newest]
  return [newest, openText(key, previousSealedSecret, contextOf(id))]
}

const contextOf = (webhookId: string) => `webhook ${webhookId}`

/** The headers of one attempt, signed with each of the secrets. Source: Standard Webhooks 1.0, "Webhook headers". */
export const signedHeaders = (id: string, at: Date, body: string, secrets: string[]) => {
  const timestamp = Math.floor(at.getTime() / 1_000)
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  })
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  }
}
