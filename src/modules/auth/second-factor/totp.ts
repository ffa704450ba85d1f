import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const stepSeconds = 30
const digits = 6
/** RFC 4226, 4 (R6): 160 bits are recommended. */
const secretBytes = 20
/** How far the clock of a phone may be off, and how long somebody may take to type: one step on either side (RFC 6238, 5.2). */
const windowSteps = 1
const issuer = 'Backlot'

export const newTotpSecret = (): Buffer => randomBytes(secretBytes)

/** The code of a counter: HMAC-SHA-1, cut to some digits (RFC 4226, 5.3). */
export const hotp = (secret: Uint8Array, counter: number, length = digits): string => {
  const message = Buffer.alloc(8)
  message.writeBigUInt64BE(BigInt(counter))
  const mac = createHmac('sha1', secret).update(message).digest()
  const offset = mac.readUInt8(mac.length - 1) & 0x0f
  const number = mac.readUInt32BE(offset) & 0x7fffffff
  return String(number % 10 ** length).padStart(length, '0')
}

/** Which step of time an instant is in (RFC 6238, 4.2). */
export const totpStep = (at: Date): number => Math.floor(at.getTime() / 1_000 / stepSeconds)

/** The step whose code this is, among those that are accepted now. Whether it was used before is another matter. */
export const matchingStep = (secret: Uint8Array, code: string, now: Date): number | undefined => {
  const given = Buffer.from(code)
  const current = totpStep(now)
  for (let step = current - windowSteps; step <= current + windowSteps; step += 1) {
    const expected = Buffer.from(hotp(secret, step))
    if (given.length === expected.length && timingSafeEqual(given, expected)) return step
  }
  return undefined
}

const base32Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Base 32 without padding (RFC 4648, 6), as apps take secrets. */
export const base32 = (bytes: Uint8Array): string => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => base32Alphabet[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('')
}

/** What an app reads from a QR code. Its defaults are ours, and named for those apps that have others. */
export const otpauthUri = (secret: Uint8Array, account: string): string => {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=${issuer}&algorithm=SHA1&digits=${digits}&period=${stepSeconds}`
}
