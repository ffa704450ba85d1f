import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const cipher = 'aes-256-gcm'
const version = 1
const versionBytes = 1
const nonceBytes = 12
const tagBytes = 16
const textStart = versionBytes + nonceBytes + tagBytes

/**
 * Encrypts a secret for keeping, by AES-256-GCM (NIST SP 800-38D) under a random nonce: version byte, 12 bytes nonce, 16
 * bytes tag, text. Under one random-nonce key no more than 2^32 texts are safe.
 * @param key 32 bytes, from `deriveKey`, for this purpose alone
 * @param context what the text belongs to, such as a row's id; sealed for one it does not open for another
 */
export const sealText = (key: Buffer, text: string, context: string): Buffer => {
  const nonce = randomBytes(nonceBytes)
  const sealing = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes }).setAAD(boundTo(context))
  const sealed = Buffer.concat([sealing.update(text, 'utf8'), sealing.final()])
  return Buffer.concat([Buffer.of(version), nonce, sealing.getAuthTag(), sealed])
}

/** @throws when the bytes were changed, or sealed with another key or for another context */
export const openText = (key: Buffer, sealed: Buffer, context: string): string => {
  if (sealed.length < textStart || sealed[0] !== version) throw new Error('This is no sealed text')
  const nonce = sealed.subarray(versionBytes, versionBytes + nonceBytes)
  const opening = createDecipheriv(cipher, key, nonce, { authTagLength: tagBytes })
    .setAAD(boundTo(context))
    .setAuthTag(sealed.subarray(versionBytes + nonceBytes, textStart))
  return Buffer.concat([opening.update(sealed.subarray(textStart)), opening.final()]).toString('utf8')
}

const boundTo = (context: string) => Buffer.concat([Buffer.of(version), Buffer.from(context, 'utf8')])
