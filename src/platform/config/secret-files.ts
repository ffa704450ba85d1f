import { hkdfSync, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { StartFault } from '../process/start-fault.ts'

const secretBytes = 32
const derivedKeyBytes = 32

/**
 * The key for one purpose (`label`), 32 bytes, derived from SECRET_KEY by HKDF-SHA256 (RFC 5869). No two purposes share
 * a key, so what is signed for one is worth nothing to another.
 */
export const deriveKey = (secretKey: string, label: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secretKey, '', `backlot/${label}`, derivedKeyBytes))

/**
 * The secret kept as `name` in the data directory, made at random if there is none. The file is readable by its owner
 * only (mode 0600, in a directory of mode 0700). Processes that make it at the same time all get the same one.
 */
export const secretInDataDir = (dataDir: string, name: 'secret-key' | 'postgres-password'): string => {
  const directory = path.join(dataDir, 'secrets')
  makeDataDir(dataDir)
  fs.mkdirSync(directory, { mode: 0o700, recursive: true })
  const file = path.join(directory, name)
  const secret =
    findSecretInDataDir(dataDir, name) ?? createOnce(file, randomBytes(secretBytes).toString('base64url'))
  if (secret.length < secretBytes) {
    throw new StartFault(`${file} does not hold a whole secret. Restore it from a backup.`)
  }
  return secret
}

/** The same, or `undefined` if it has not been made. */
export const findSecretInDataDir = (
  dataDir: string,
  name: 'secret-key' | 'postgres-password',
): string | undefined => {
  const file = path.join(dataDir, 'secrets', name)
  const stats = fs.statSync(file, { throwIfNoEntry: false })
  if (stats === undefined) return undefined
  if ((stats.mode & 0o077) !== 0) fs.chmodSync(file, 0o600)
  return fs.readFileSync(file, 'utf8').trim()
}

/**
 * Makes the data directory, closed to other accounts. As root it stays passable, because PostgreSQL runs as another
 * account in a directory below.
 */
export const makeDataDir = (dataDir: string) => {
  try {
    fs.mkdirSync(dataDir, { mode: process.getuid?.() === 0 ? 0o711 : 0o700, recursive: true })
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new StartFault(`BACKLOT_DATA_DIR: ${dataDir} cannot be made (${reason})`, { cause: error })
  }
}

/**
 * Writes a file that appears whole or not at all, and never replaces one that is there. Returns what the file holds
 * then. Mode 0600.
 */
export const createOnce = (file: string, content: string): string => {
  const draft = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`
  try {
    fs.writeFileSync(draft, content, { mode: 0o600, flag: 'wx', flush: true })
    fs.linkSync(draft, file)
  } catch (error) {
    if (!fs.existsSync(file)) throw error
  } finally {
    fs.rmSync(draft, { force: true })
  }
  return fs.readFileSync(file, 'utf8').trim()
}
