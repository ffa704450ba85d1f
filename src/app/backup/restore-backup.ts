import { readdir, rename } from 'node:fs/promises'
import path from 'node:path'
import { faultyFiles } from '../../platform/backup/checksums.ts'
import { copyTree, removeTree, syncTree } from '../../platform/backup/copy-tree.ts'
import { demandFreeSpace } from '../../platform/backup/free-space.ts'
import { type Manifest, readManifest } from '../../platform/backup/manifest.ts'
import { makeDataDir } from '../../platform/config/secret-files.ts'
import { locateBinaries } from '../../platform/database/embedded/binaries.ts'
import { lockDataDir } from '../../platform/database/embedded/embedded-postgres.ts'
import { openHome } from '../../platform/database/embedded/home.ts'
import { codeOf } from '../../platform/database/infrastructure-error.ts'
import { newestMigration } from '../../platform/database/migration-files.ts'
import { StartFault } from '../../platform/process/start-fault.ts'
import { syncDirectory } from '../../platform/storage/new-file.ts'
import { noteRestore } from './audit-backups.ts'
import { backupFolders } from './backup-folder.ts'

export type RestoreOptions = {
  /** The backup. */
  directory: string
  dataDir: string
  /** Moves aside what is in the data directory. */
  force: boolean
  signal: AbortSignal
  say: (line: string) => void
}

const mostFaults = 20

/** @throws StartFault that names each file that is not what it was */
export const demandIntact = async (directory: string, signal: AbortSignal): Promise<Manifest> => {
  const manifest = await readManifest(directory)
  const faults: string[] = []
  const reading = { signal, onBytes: () => undefined }
  for await (const fault of faultyFiles(directory, backupFolders, manifest, reading)) {
    faults.push(`  ${fault}`)
    if (faults.length === mostFaults) break
  }
  if (faults.length === 0) return manifest
  throw new StartFault([`${directory} is damaged:`, ...faults].join('\n'))
}

/**
 * Makes a data directory out of a backup. It appears under its name when it is whole; what was there is moved aside.
 * @returns where that is, if there was something
 * @throws StartFault when Backlot runs there, the backup is damaged, or something is there and `force` is not set
 */
export const restoreBackup = async (options: RestoreOptions) => {
  const { directory, dataDir, force, signal, say } = options
  const lock = lockDataDir(dataDir)
  const draft = `${dataDir}.restoring`
  try {
    const isEmpty = await isEmptyOrGone(dataDir)
    if (!isEmpty && !force) {
      throw new StartFault(
        `${dataDir} is not empty. Restore into another directory by --into, or give --force: then it is moved aside.`,
      )
    }
    say('checking the backup')
    const manifest = await demandIntact(directory, signal)
    await demandReadable(manifest, say)
    await removeTree(draft)
    makeDataDir(draft)
    await demandFreeSpace(draft, manifest.bytes, 'the restore')
    say('copying')
    await noteRestore(draft, directory, manifest)
    await fill(draft, options)
    const aside = isEmpty ? undefined : await moveAside(dataDir)
    await rename(draft, dataDir)
    await syncDirectory(path.dirname(dataDir))
    return { manifest, aside }
  } finally {
    lock?.close()
    await removeTree(draft)
  }
}

/** What made the backup may be older than this version, not newer. */
const demandReadable = async (manifest: Manifest, say: (line: string) => void) => {
  const { version } = await locateBinaries(undefined, say)
  if (Number.parseInt(version, 10) !== Number.parseInt(manifest.postgresVersion, 10)) {
    throw new StartFault(
      `The backup is of PostgreSQL ${manifest.postgresVersion}, and this version of Backlot brings ${version}. ` +
        `Restore it with Backlot ${manifest.backlotVersion}.`,
    )
  }
  if (manifest.migrations.newest > newestMigration()) {
    throw new StartFault(
      `The backup was made by a newer Backlot (${manifest.backlotVersion}). Restore it with that one.`,
    )
  }
}

const fill = async (draft: string, { directory, signal, say }: RestoreOptions) => {
  await copyTree(path.join(directory, 'data'), draft, { signal })
  const home = openHome(draft, say)
  try {
    const { account } = home
    await copyTree(path.join(directory, 'postgres'), `${home.cluster}.new`, { account, signal })
    await syncTree(`${home.cluster}.new`, signal)
    await syncTree(draft, signal)
    await rename(`${home.cluster}.new`, home.cluster)
  } catch (error) {
    if (!home.directory.startsWith(draft)) await removeTree(home.directory)
    throw error
  }
}

const isEmptyOrGone = async (directory: string): Promise<boolean> => {
  try {
    return (await readdir(directory)).length === 0
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true
    throw error
  }
}

const moveAside = async (dataDir: string): Promise<string> => {
  const aside = `${dataDir}.before-${new Date().toISOString().replaceAll(':', '')}`
  await rename(dataDir, aside).catch((error: unknown) => {
    if (codeOf(error) !== 'EBUSY' && codeOf(error) !== 'EXDEV') throw error
    throw new StartFault(
      `${dataDir} cannot be moved aside, for it is a disk of its own. Empty it, or use --into.`,
    )
  })
  return aside
}
