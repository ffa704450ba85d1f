import { randomBytes } from 'node:crypto'
import { hashToken } from '../auth-keys.ts'
import { base32 } from './totp.ts'

export const recoveryCodeCount = 10
const codeBytes = 10

/** Codes of 80 random bits, as four groups of four characters. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: recoveryCodeCount }, () =>
    base32(randomBytes(codeBytes))
      .toLowerCase()
      .replaceAll(/(.{4})(?=.)/g, '$1-'),
  )

/** What is stored of a code. However it is typed, it is the same. */
export const hashRecoveryCode = (code: string): string =>
  hashToken(`recovery code ${code.toLowerCase().replaceAll(/[^a-z2-7]/g, '')}`)
