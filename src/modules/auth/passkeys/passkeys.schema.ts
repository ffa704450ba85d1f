import { z } from 'zod'
import { nameField } from '../../users/users.schema.ts'
import type { PasskeyRow } from './passkeys.table.ts'

const base64url = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^[\w-]+$/, 'Base64url without padding.')

/** A credential id has at most 1,023 bytes (WebAuthn level 3, 4). */
const credentialIdField = base64url(1_364)
const clientDataField = base64url(8_192).describe('The `clientDataJSON`.')

/** What `PublicKeyCredential.toJSON()` gives; of it, what is needed. Browsers add more. */
const credentialOf = <Response extends z.ZodType>(response: Response) =>
  z.object({ id: credentialIdField, type: z.literal('public-key'), response })

export const registrationField = credentialOf(
  z.object({
    clientDataJSON: clientDataField,
    attestationObject: base64url(16_384),
    transports: z.array(z.string().max(32)).max(10).default([]),
  }),
).describe('What `navigator.credentials.create()` gave, as `toJSON()` writes it.')
export type Registration = z.infer<typeof registrationField>

export const assertionField = credentialOf(
  z.object({
    clientDataJSON: clientDataField,
    authenticatorData: base64url(8_192),
    signature: base64url(2_048),
    userHandle: base64url(100).nullish(),
  }),
).describe('What `navigator.credentials.get()` gave, as `toJSON()` writes it.')
export type Assertion = z.infer<typeof assertionField>

export const addPasskeyBody = z.strictObject({ name: nameField, credential: registrationField })
export type AddPasskey = z.infer<typeof addPasskeyBody>

export const assertionBody = z.strictObject({ credential: assertionField })

export const renamePasskeyBody = z.strictObject({ name: nameField })
export const passkeyParams = z.object({ id: z.uuid() })

const descriptors = z.array(
  z.object({ id: z.string(), type: z.literal('public-key'), transports: z.array(z.string()) }),
)

export const creationOptionsSchema = z
  .object({
    rp: z.object({ id: z.string(), name: z.string() }),
    user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
    challenge: z.string(),
    pubKeyCredParams: z.array(z.object({ type: z.literal('public-key'), alg: z.int() })),
    timeout: z.int().describe('Milliseconds.'),
    excludeCredentials: descriptors,
    authenticatorSelection: z.object({
      residentKey: z.literal('required'),
      requireResidentKey: z.literal(true),
      userVerification: z.literal('preferred'),
    }),
    attestation: z.literal('none'),
  })
  .describe('For `PublicKeyCredential.parseCreationOptionsFromJSON()`.')

export const requestOptionsSchema = z
  .object({
    challenge: z.string(),
    rpId: z.string(),
    timeout: z.int().describe('Milliseconds.'),
    allowCredentials: descriptors,
    userVerification: z.literal('preferred'),
  })
  .describe('For `PublicKeyCredential.parseRequestOptionsFromJSON()`.')

export const passkeySchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    backedUp: z
      .boolean()
      .describe('Whether copies of it are kept elsewhere, such as in an account for them.'),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Passkey' })

export const viewPasskey = ({ id, name, backedUp, createdAt, lastUsedAt }: PasskeyRow) => ({
  id,
  name,
  backedUp,
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
})
