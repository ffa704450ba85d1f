import { hotp, totpStep } from '../../src/modules/auth/second-factor/totp.ts'
import { type AuthApp, call } from './auth-app.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

const fromBase32 = (text: string): Buffer => {
  const bits = [...text].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

/** What an app shows now for a secret in base 32, or would show some steps of 30 seconds later. */
export const codeOf = (secret: string, steps = 0): string =>
  hotp(fromBase32(secret), totpStep(new Date()) + steps)

/** Sets a second factor for who has the token, and gives its secret. The code of now still works. */
export const setUpTotp = async (auth: AuthApp, token: string): Promise<string> => {
  const { secret } = (await call(auth, 'POST', '/auth/totp', { token })).data
  await call(auth, 'POST', '/auth/totp/confirm', { token, body: { code: codeOf(secret, -1) } })
  return secret
}
