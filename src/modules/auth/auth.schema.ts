import { z } from 'zod'
import { emailField, nameField, newPasswordField, passwordField, userSchema } from '../users/users.schema.ts'
import type { SessionRow } from './auth.table.ts'
import { codeField, recoveryCodeField } from './second-factor/second-factor.schema.ts'

export const signupBody = z.strictObject({
  email: emailField,
  password: newPasswordField,
  name: nameField.optional(),
})
export type Signup = z.infer<typeof signupBody>

export const loginBody = z.strictObject({ email: emailField, password: passwordField })
export type Login = z.infer<typeof loginBody>

const tokenField = z.string().min(1).max(200)

export const refreshBody = z.strictObject({ refreshToken: tokenField })

export const changePasswordBody = z.strictObject({
  currentPassword: passwordField
    .optional()
    .describe('Left out by who has none yet, as after a sign-in by a provider: that takes a recent proof.'),
  newPassword: newPasswordField,
})
export type ChangePassword = z.infer<typeof changePasswordBody>

export const reauthenticateBody = z
  .strictObject({
    password: passwordField.optional(),
    code: codeField.optional(),
    recoveryCode: recoveryCodeField.optional(),
  })
  .refine(
    (proofs) => Object.values(proofs).filter((proof) => proof !== undefined).length === 1,
    'Give `password`, `code` or `recoveryCode`, one of them.',
  )
  .meta({ example: { password: 'correct horse 42' } })
export type Reauthenticate = z.infer<typeof reauthenticateBody>

export const provedSchema = z.object({ expiresIn: z.int().describe('Seconds for which the proof is good.') })

export const forgotPasswordBody = z.strictObject({ email: emailField })

export const resetPasswordBody = z.strictObject({ token: tokenField, password: newPasswordField })
export type ResetPassword = z.infer<typeof resetPasswordBody>

export const verifyEmailBody = z.strictObject({
  token: tokenField,
  password: passwordField
    .optional()
    .describe('The password of the account. Left out by who is signed in to it.'),
})
export type VerifyEmail = z.infer<typeof verifyEmailBody>

export const setupBody = signupBody.extend({ token: tokenField })
export type Setup = z.infer<typeof setupBody>

/** The result of what has none but that it was done. */
export const nothing = z.object({})

export const sessionParams = z.object({ id: z.uuid() })

export const signedInSchema = z.object({
  user: userSchema,
  accessToken: z.string().describe('A JWT for `Authorization: Bearer`.'),
  refreshToken: z.string().describe('Gives the next pair at `auth/refresh`, once.'),
  expiresIn: z.int().describe('Seconds until the access token expires.'),
})

export const sessionSchema = z
  .object({
    id: z.uuid(),
    current: z.boolean().describe('Whether this is the session that asks.'),
    device: z.string().nullable().describe('What the browser or app called itself.'),
    address: z.string().describe('The network that it was last seen in.'),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
  })
  .meta({ id: 'Session' })

export const viewSession = (session: SessionRow, currentId: string) => ({
  id: session.id,
  current: session.id === currentId,
  device: session.device,
  address: session.address,
  createdAt: session.createdAt.toISOString(),
  lastUsedAt: session.lastUsedAt.toISOString(),
  expiresAt: session.expiresAt.toISOString(),
})
