import { z } from 'zod'
import type { IdentityRow } from './oauth.table.ts'

export const providerParams = z.object({ provider: z.string().max(20) })
export const identityParams = z.object({ id: z.uuid() })

const returnToField = z
  .string()
  .min(1)
  .max(500)
  .describe(
    'Where the browser goes in the end: a path of this server, or an address at its origin or one of CORS_ORIGINS.',
  )

/** 32 bytes in base64url: what S256 gives (RFC 7636, 4.2). */
const codeChallengeField = z.string().regex(/^[\w-]{43}$/, 'Not the SHA-256 of a verifier in base64url.')
const codeVerifierField = z
  .string()
  .regex(/^[\w\-.~]{43,128}$/, 'Not 43 to 128 characters of RFC 7636 (4.1).')

export const beginQuery = z.object({
  returnTo: returnToField.optional(),
  codeChallenge: codeChallengeField
    .optional()
    .describe(
      'For apps that keep tokens: the S256 of a verifier. `returnTo` is given a `code` for `auth/oauth/exchange`.',
    ),
})

/** What providers add besides is not looked at. */
export const callbackQuery = z.object({
  state: z.string().max(200).optional(),
  code: z.string().max(4_096).optional(),
  iss: z.string().max(2_048).optional().describe('The provider by its own word (RFC 9207).'),
  error: z.string().max(200).optional(),
  error_description: z.string().max(2_048).optional(),
})

export const returnBody = z.strictObject({ returnTo: returnToField.optional() }).nullish()

export const exchangeBody = z.strictObject({
  code: z.string().min(1).max(200),
  codeVerifier: codeVerifierField,
})

export const providerSchema = z.object({
  name: z.string().describe('What stands in the addresses.'),
  label: z.string().describe('For a button.'),
})

export const authorizationSchema = z.object({
  url: z.url().describe('Where to send this browser, which has been given a cookie for the way back.'),
})

export const identitySchema = z
  .object({
    id: z.uuid(),
    provider: z.string(),
    email: z.string().nullable().describe('What the provider said last. It need not be that of the account.'),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime(),
  })
  .meta({ id: 'Identity' })

export const viewIdentity = (identity: IdentityRow) => ({
  id: identity.id,
  provider: identity.provider,
  email: identity.email,
  createdAt: identity.createdAt.toISOString(),
  lastUsedAt: identity.lastUsedAt.toISOString(),
})
