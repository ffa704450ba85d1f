import { z } from 'zod'

/** Apps show codes in two groups. */
export const codeField = z
  .string()
  .max(20)
  .transform((text) => text.replaceAll(' ', ''))
  .pipe(z.string().regex(/^\d{6}$/, 'Six digits.'))
  .describe('The six digits that the app shows. Each works once.')

export const recoveryCodeField = z.string().min(1).max(40).describe('One of the recovery codes.')

/** A code of the app, or what replaces it once. */
export type SecondFactor = { code?: string | undefined; recoveryCode?: string | undefined }

/** One field of a form for either. */
export const codeInputField = recoveryCodeField.transform((given): SecondFactor => {
  const { success, data: code } = codeField.safeParse(given)
  return success ? { code } : { recoveryCode: given }
})

const fields = { code: codeField.optional(), recoveryCode: recoveryCodeField.optional() }

export const loginTotpBody = z
  .strictObject({ challengeToken: z.string().min(1).max(200), ...fields })
  .refine(
    ({ code, recoveryCode }) => (code === undefined) !== (recoveryCode === undefined),
    'Give `code` or `recoveryCode`.',
  )
  .meta({ example: { challengeToken: 'the token that the login answered', code: '123456' } })
export type LoginTotp = z.infer<typeof loginTotpBody>

export const confirmTotpBody = z.strictObject({ code: codeField })

export const challengeSchema = z.object({
  code: z.literal('TOTP_REQUIRED'),
  challengeToken: z.string().describe('For `auth/login/totp`, with a code.'),
  expiresIn: z.int().describe('Seconds until the token expires.'),
})

export const totpStateSchema = z.object({
  enabled: z.boolean(),
  enabledAt: z.iso.datetime().nullable(),
  recoveryCodesLeft: z.int(),
})

export const newTotpSchema = z.object({
  secret: z.string().describe('In base 32, to be typed into an app. Shown only here.'),
  otpauthUri: z.string().describe('The same for a QR code.'),
})

export const recoveryCodesSchema = z.object({
  recoveryCodes: z.array(z.string()).describe('Each replaces a code once. Shown only here: keep them.'),
})
