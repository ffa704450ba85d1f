import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { codeOf } from '../database/infrastructure-error.ts'

const stateSchema = z.strictObject({
  /** How often backups are due, in milliseconds. */
  everyMs: z.int(),
  /** When the newest proved backup was begun; null while there is none. */
  newestAt: z.iso.datetime().nullable(),
  /** Why the last attempt came to nothing; null after one that succeeded, and before the first. */
  lastFailure: z.string().nullable(),
})

/** How scheduled backups stand. */
export type BackupState = z.infer<typeof stateSchema>

const fileOf = (dataDir: string) => path.join(dataDir, 'backup-state.json')

/**
 * Kept in a small file, so that processes that tell of backups never wait for the disk that holds them, which may be a network
 * away.
 */
export const writeBackupState = async (dataDir: string, state: BackupState): Promise<void> => {
  const draft = `${fileOf(dataDir)}.new`
  await writeFile(draft, `${JSON.stringify(state)}\n`, { mode: 0o600 })
  await rename(draft, fileOf(dataDir))
}

/** Undefined where no backups are scheduled. */
export const findBackupState = async (dataDir: string): Promise<BackupState | undefined> => {
  try {
    return stateSchema.parse(JSON.parse(await readFile(fileOf(dataDir), 'utf8')))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

export const removeBackupState = (dataDir: string): Promise<void> => rm(fileOf(dataDir), { force: true })

/** A backup that is due takes its time, and one that failed is tried again. */
const patience = 1.5

/** In milliseconds; Infinity while there is no proved backup. */
export const backupAgeMs = ({ newestAt }: BackupState): number =>
  newestAt === null ? Number.POSITIVE_INFINITY : Math.max(0, Date.now() - Date.parse(newestAt))

/** The first one is on its way; if it fails, that is told. */
export const isBackupOverdue = (state: BackupState): boolean =>
  state.newestAt !== null && backupAgeMs(state) > state.everyMs * patience
