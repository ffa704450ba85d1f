import { randomBytes, randomInt } from 'node:crypto'
import { crc32 } from 'node:zlib'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const nameLength = 12
const secretBytes = 32
/** 62^43 is just above 2^256. */
const secretLength = 43
/** 62^6 is above 2^32. */
const checksumLength = 6
const form = new RegExp(
  `^bk_[0-9A-Za-z]{${nameLength}}_[0-9A-Za-z]{${secretLength}}[0-9A-Za-z]{${checksumLength}}$`,
)

/** What every key begins with, and no other token. */
export const apiKeyMark = 'bk_'

/** The part of a key that everybody may see: it tells keys apart, and stays when the secret changes. */
export const newKeyPrefix = (): string =>
  apiKeyMark + Array.from({ length: nameLength }, () => alphabet[randomInt(alphabet.length)]).join('')

/** A whole key: the prefix, `_`, 256 random bits, and a checksum of all that stands before it. */
export const newApiKey = (prefix: string): string => {
  const secret = BigInt(`0x${randomBytes(secretBytes).toString('hex')}`)
  const unchecked = `${prefix}_${inBase62(secret, secretLength)}`
  return unchecked + checksumOf(unchecked)
}

/** Whether a text is written like a key, and its checksum is right. A mistyped one is told without the database. */
export const isWellFormedKey = (text: string): boolean =>
  form.test(text) && text.endsWith(checksumOf(text.slice(0, -checksumLength)))

/** CRC-32, which scanners of secrets know how to check: it proves nothing but that no character is wrong. */
const checksumOf = (text: string): string => inBase62(BigInt(crc32(text)), checksumLength)

const inBase62 = (number: bigint, length: number): string => {
  let text = ''
  for (let rest = number; rest > 0n; rest /= 62n) text = (alphabet[Number(rest % 62n)] ?? '') + text
  return text.padStart(length, '0')
}
