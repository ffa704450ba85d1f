import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { deriveKey } from '../../platform/config/secret-files.ts'

/** A place in the chain: the hash covers every entry up to and with seal `seq`. */
export type Head = { seq: number; hash: Buffer }

/** Before the first seal. */
export const chainStart: Head = { seq: 0, hash: Buffer.alloc(32) }

export const sealingKey = (secretKey: string): Uint8Array => deriveKey(secretKey, 'audit/seals')

/**
 * The seal after `before`: SHA-256 of the hash before (32 bytes), its number (8 bytes, big-endian) and the entry's canonical text
 * (UTF-8). Whoever knows a hash knows of any change to what it covers.
 */
export const nextHead = (before: Head, canonical: string): Head => {
  const seq = before.seq + 1
  const number = Buffer.alloc(8)
  number.writeBigUInt64BE(BigInt(seq))
  return { seq, hash: createHash('sha256').update(before.hash).update(number).update(canonical).digest() }
}

/** What makes a hash a seal of ours: without the key, a chain that was written anew shows. */
export const macOf = (key: Uint8Array, { hash }: Head): Buffer =>
  createHmac('sha256', key).update(hash).digest()

/** The same for a checkpoint: a seal must not pass for one. */
export const checkpointMac = (key: Uint8Array, { hash }: Head): Buffer =>
  createHmac('sha256', key).update('checkpoint').update(hash).digest()

export const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && timingSafeEqual(one, other)

/** As it is shown and kept: `1204:5f0c...`. */
export const headText = ({ seq, hash }: Head): string => `${seq}:${hash.toString('hex')}`

/** Undefined for a text that is no head. */
export const readHead = (text: string): Head | undefined => {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/i.exec(text) ?? []
  return seq === undefined || hash === undefined
    ? undefined
    : { seq: Number(seq), hash: Buffer.from(hash, 'hex') }
}
