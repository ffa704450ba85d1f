import { existsSync } from 'node:fs'
import path from 'node:path'
import { sizeText } from '../../platform/backup/free-space.ts'
import type { Config } from '../../platform/config/config.ts'
import { sharedDir } from '../../platform/database/embedded/binaries.ts'
import { findHome } from '../../platform/database/embedded/home.ts'
import { StartFault } from '../../platform/process/start-fault.ts'
import { recordBackup } from '../backup/audit-backups.ts'
import { listBackups, pruneBackups } from '../backup/backup-folder.ts'
import { proveBackup } from '../backup/prove-backup.ts'
import { demandIntact } from '../backup/restore-backup.ts'
import { takeBackup } from '../backup/take-backup.ts'
import { withDatabase } from '../with-database.ts'
import { countIn, interruptible, readCommandLine, refuseCommandLine, say } from './command-line.ts'

const usage = `Usage: npx backlot backup [--to DIR] [--keep N] [--no-verify]
       npx backlot backup list [--to DIR]
       npx backlot backup verify BACKUP

Copies the embedded database and all files into a new directory below DIR, while
Backlot runs or not, and proves the copy by a restore into a scratch directory.

  --to DIR      where the backups are (BACKUP_DIR, else beside the data directory)
  --keep N      then removes what is older than the N newest proved backups
  --no-verify   leaves the proof out; such a backup does not count for --keep
  list          the backups there are
  verify        reads a backup again, every byte, and proves it again

A backup holds secrets: whoever can read it can act as any user.
`

const options = {
  to: { type: 'string' },
  keep: { type: 'string' },
  'no-verify': { type: 'boolean' },
} as const

export const runBackupCommand = async (config: Config, args: string[]): Promise<void> => {
  const line = readCommandLine(args, options, usage)
  if (line === undefined) return
  const { to, keep, 'no-verify': unproved = false } = line.values
  const folder = to === undefined ? config.backup.directory : path.resolve(to)
  const [word, target, ...rest] = line.words
  if (word === 'list' && target === undefined) return printBackups(folder)
  if (word === 'verify' && target !== undefined && rest.length === 0)
    return interruptible((signal) => verify(config, path.resolve(target), signal))
  if (word !== undefined) return refuseCommandLine(`backup does not take "${line.words.join(' ')}"`, usage)
  const kept = keep === undefined ? undefined : countIn(keep)
  if (keep !== undefined && kept === undefined)
    return refuseCommandLine('--keep takes a number from 1', usage)
  demandEmbedded(config)
  await interruptible((signal) => backUp({ config, folder, prove: !unproved, keep: kept, signal }))
}

const demandEmbedded = (config: Config) => {
  if (config.database.url !== undefined) {
    throw new StartFault(
      'DATABASE_URL or DB_HOST is set, and backlot backup covers the embedded database only. Back up that PostgreSQL ' +
        `with its own tools (pgBackRest), and then ${path.join(config.dataDir, 'files')}: docs/backup.md says how.`,
    )
  }
  if (findHome(config.dataDir) === undefined)
    throw new StartFault(`There is no database in ${config.dataDir}. Check BACKLOT_DATA_DIR.`)
}

const backUp = async (given: {
  config: Config
  folder: string
  prove: boolean
  keep: number | undefined
  signal: AbortSignal
}) => {
  const { folder, keep } = given
  await withDatabase(given.config, async (config) => {
    const { directory, manifest } = await takeBackup({ ...given, config, say })
    await recordBackup(config, directory, manifest)
    const { verified } = manifest
    if (verified !== null)
      say(`proved: ${verified.tables} tables with ${verified.rows} rows, ${verified.objects} objects`)
    if (manifest.secretKeyIsElsewhere) say('SECRET_KEY is set, and it is not in the backup: keep it too')
    if (manifest.objects === 's3')
      say('files are in S3 and not in the backup: give the bucket versions, or copy it after this')
    say(`holds everything until ${manifest.until}; ${manifest.files} files, ${sizeText(manifest.bytes)}`)
    say(`the backup is ${directory}`)
  })
  for (const removed of keep === undefined ? [] : await pruneBackups(folder, keep)) say(`removed ${removed}`)
}

const verify = async (config: Config, directory: string, signal: AbortSignal) => {
  say('reading every file')
  const manifest = await demandIntact(directory, signal)
  say('proving it by a restore into a scratch directory')
  const proof = await proveBackup({
    directory,
    hasObjects: manifest.objects === 'here',
    places: [path.dirname(directory), path.join(config.dataDir, 'postgres'), sharedDir].filter(existsSync),
    migrations: manifest.migrations,
    needed: async (keys) => keys.filter((key) => !manifest.erasedMeanwhile.includes(key)),
    signal,
    say,
  })
  say(
    `whole: ${manifest.files} files, ${proof.tables} tables with ${proof.rows} rows, ${proof.objects} objects`,
  )
}

const printBackups = async (folder: string): Promise<void> => {
  const backups = await listBackups(folder)
  if (backups.length === 0) say(`there are no backups in ${folder}`)
  for (const { directory, manifest } of backups) {
    const state = manifest?.verified ? 'proved' : 'not proved'
    const facts =
      manifest === undefined
        ? 'damaged'
        : `${state}  ${sizeText(manifest.bytes)}  Backlot ${manifest.backlotVersion}`
    process.stdout.write(`${directory}  ${facts}\n`)
  }
}
