import { createHmac } from 'node:crypto'
import { availableParallelism } from 'node:os'
import bcrypt from '@node-rs/bcrypt'
import { boundedTurns } from '../../platform/bounded-turns.ts'

/** What a bcrypt hash begins with: how much work it is, and 16 bytes that make equal passwords differ. */
export type Salt = { cost: number; bytes: Uint8Array }

export type PasswordHashing = ReturnType<typeof createPasswordHashing>

/** 50 ms on the cores that this was measured on. OWASP's Password Storage Cheat Sheet asks for 10 or more. */
export const defaultPasswordCost = 10
const saltBytes = 16
/** About ten seconds of work: who would wait longer is told to come back. */
const maxWaiting = 400

/**
 * Hashes passwords on libuv's threads, so many at a time that a core stays free for everything else and, on big machines,
 * half of the threads for files and name look-ups.
 */
export const createPasswordHashing = ({ cost, saltKey }: { cost: number; saltKey: Uint8Array }) => {
  const atOnce = Math.min(2, Math.max(1, availableParallelism() - 1))
  const inTurn = boundedTurns('password check', { atOnce, maxWaiting })
  let hashed = 0
  return {
    hash: (password: string, salt: Salt, signal: AbortSignal): Promise<string> =>
      inTurn(() => {
        hashed += 1
        return bcrypt.hash(condensed(password), salt.cost, salt.bytes)
      }, signal),
    /** The salt of an address that no account has yet, the same whenever it is asked for. */
    newSaltOf: (email: string): Salt => ({
      cost,
      bytes: createHmac('sha256', saltKey).update(email).digest().subarray(0, saltBytes),
    }),
    /** How many hashes have been begun. */
    get hashed() {
      return hashed
    },
  }
}

/**
 * bcrypt reads no more than 72 bytes, and stops at a NUL byte; this is 44 characters made of all of the password. The label
 * keeps hashes that leaked elsewhere, of the bare password, from being tried here. Composed characters count as one
 * (NFC), as RFC 8265 (4.2) has it for passwords.
 */
const condensed = (password: string): string =>
  createHmac('sha256', 'backlot/password').update(password.normalize('NFC')).digest('base64')

const bcryptAlphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const base64Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** The salt that a stored hash was made with. bcrypt writes base64 with an alphabet of its own. */
export const saltOfHash = (hash: string): Salt => {
  const [, cost, salt] = /^\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{22})/.exec(hash) ?? []
  if (cost === undefined || salt === undefined)
    throw new Error('The stored password hash is not one of bcrypt')
  const base64 = [...salt].map((character) => base64Alphabet[bcryptAlphabet.indexOf(character)]).join('')
  return { cost: Number(cost), bytes: Buffer.from(base64, 'base64').subarray(0, saltBytes) }
}
