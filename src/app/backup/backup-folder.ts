import { existsSync } from 'node:fs'
import { mkdir, readdir, rename } from 'node:fs/promises'
import path from 'node:path'
import { removeTree } from '../../platform/backup/copy-tree.ts'
import { type Manifest, readManifest } from '../../platform/backup/manifest.ts'
import { codeOf } from '../../platform/database/infrastructure-error.ts'
import { ExclusiveLock } from '../../platform/process/exclusive-lock.ts'
import { StartFault } from '../../platform/process/start-fault.ts'

/** What a backup consists of, beside its list of checksums and its manifest. */
export const backupFolders = ['postgres', 'data'] as const
/** What is neither whole nor wanted any more. Nothing else here begins with a dot and our name. */
const draftPrefix = '.backlot-draft-'
const namePattern = /^backlot-\d{4}-\d{2}-\d{2}T\d{6}\.\d{3}Z$/

export const backupName = (startedAt: Date): string =>
  `backlot-${startedAt.toISOString().replaceAll(':', '')}`
export const draftName = (name: string): string => `${draftPrefix}${name}`
const lockFile = (folder: string): string => path.join(folder, '.backlot-lock')

/** One process writes to a folder of backups at a time. What killed ones left is removed. */
export const openBackupFolder = async (folder: string): Promise<ExclusiveLock> => {
  await mkdir(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
  const lock = ExclusiveLock.take(lockFile(folder))
  if (!(lock instanceof ExclusiveLock)) {
    throw new StartFault(
      `Another backup (process ${lock.heldBy}) is being written to ${folder}. Wait for it.`,
    )
  }
  for (const name of await readdir(folder))
    if (name.startsWith(draftPrefix)) await removeTree(path.join(folder, name))
  return lock
}

/** Whether a process writes to a folder of backups now. */
export const isBackupRunning = (folder: string): boolean => {
  if (!existsSync(lockFile(folder))) return false
  const lock = ExclusiveLock.take(lockFile(folder))
  if (!(lock instanceof ExclusiveLock)) return true
  lock.close()
  return false
}

export type FoundBackup = { directory: string; manifest: Manifest | undefined }

/** The newest first; without a manifest when it cannot be trusted. */
async function* backupsIn(folder: string): AsyncGenerator<FoundBackup> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  })
  for (const name of names
    .filter((each) => namePattern.test(each))
    .sort()
    .reverse()) {
    const directory = path.join(folder, name)
    const manifest = await readManifest(directory).catch((error: unknown) => {
      if (error instanceof StartFault) return undefined
      throw error
    })
    yield { directory, manifest }
  }
}

/** All backups of a folder, the newest first. */
export const listBackups = async (folder: string): Promise<FoundBackup[]> => {
  const found: FoundBackup[] = []
  for await (const backup of backupsIn(folder)) found.push(backup)
  return found
}

export const findNewestProved = async (
  folder: string,
): Promise<{ directory: string; manifest: Manifest } | undefined> => {
  for await (const { directory, manifest } of backupsIn(folder))
    if (manifest?.verified) return { directory, manifest }
  return undefined
}

/** Removes every backup that is older than the `keep` newest proved ones. Returns what is gone. */
export const pruneBackups = async (folder: string, keep: number): Promise<string[]> => {
  const backups = await listBackups(folder)
  const proved = backups.filter(({ manifest }) => manifest?.verified)
  const oldestKept = proved[keep - 1]?.directory
  if (oldestKept === undefined) return []
  const removed: string[] = []
  for (const { directory } of backups) {
    if (directory >= oldestKept) continue
    const draft = path.join(folder, draftName(path.basename(directory)))
    await rename(directory, draft)
    await removeTree(draft)
    removed.push(directory)
  }
  return removed
}
