import { z } from 'zod'
import { permissions } from '../auth/permissions.ts'
import type { ApiKeyRow } from './api-keys.table.ts'

const longestLifeDays = 366
const dayMs = 24 * 60 * 60_000
const longestOverlapHours = 7 * 24

/** In a list of keys none may pass for another, or turn the words beside it around (Unicode, Annex 9). */
const oneLine = /^[^\p{Cc}\p{Cs}\p{Bidi_Control}]*$/u

const name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(oneLine, 'No control characters, and none that turn text around.')
  .describe('What it is for.')

const scopes = z
  .array(z.enum(permissions))
  .min(1)
  .max(permissions.length)
  .transform((given) => [...new Set(given)])
  .describe('What the key may do: names of permissions, such as `generations:create`.')

const expiresAt = z.iso
  .datetime()
  .transform((text) => new Date(text))
  .refine((at) => at.getTime() > Date.now(), 'This is in the past.')
  .refine(
    (at) => at.getTime() <= Date.now() + longestLifeDays * dayMs,
    `A key that expires does so within ${longestLifeDays} days.`,
  )
  .nullable()
  .describe('Null for a key that does not expire.')

export const createApiKeyBody = z.strictObject({ name, scopes, expiresAt: expiresAt.default(null) })
export type CreateApiKey = z.infer<typeof createApiKeyBody>

export const updateApiKeyBody = z
  .strictObject({ name: name.optional(), scopes: scopes.optional(), expiresAt: expiresAt.optional() })
  .refine((changes) => Object.keys(changes).length > 0, 'Give something to change.')
export type UpdateApiKey = z.infer<typeof updateApiKeyBody>

export const rotateApiKeyBody = z
  .strictObject({
    overlapHours: z
      .int()
      .min(0)
      .max(longestOverlapHours)
      .default(24)
      .describe('How long the secret that is replaced works on.'),
  })
  .nullish()

export const apiKeyParams = z.object({ id: z.uuid() })

export const apiKeySchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    prefix: z.string().describe('What the key begins with. It stays when the secret is replaced.'),
    scopes: z.array(z.enum(permissions)),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable(),
    lastUsedAt: z.iso.datetime().nullable().describe('To the minute.'),
    previousSecretUntil: z.iso.datetime().nullable().describe('Until then the secret before works too.'),
    revokedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ApiKey' })

export const apiKeyWithSecretSchema = apiKeySchema
  .extend({ apiKey: z.string().describe('For `Authorization: Bearer`. Shown only here: keep it.') })
  .meta({ id: 'ApiKeyWithSecret' })

export const viewApiKey = (key: ApiKeyRow) => ({
  id: key.id,
  name: key.name,
  prefix: key.prefix,
  scopes: key.scopes,
  createdAt: key.createdAt.toISOString(),
  expiresAt: key.expiresAt?.toISOString() ?? null,
  lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
  previousSecretUntil: key.previousSecretUntil?.toISOString() ?? null,
  revokedAt: key.revokedAt?.toISOString() ?? null,
})
