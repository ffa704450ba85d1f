import { existsSync } from 'node:fs'
import { findBackupState } from '../../platform/backup/backup-state.ts'
import type { Config } from '../../platform/config/config.ts'
import { findNewestProved } from '../backup/backup-folder.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

const hourMs = 3_600_000
/** Where nothing says how often backups are made, a week without one is too long. */
const longestUnscheduledMs = 7 * 24 * hourMs
const schedule =
  'Set BACKUP_EVERY_HOURS=24, and BACKUP_DIR to another disk; or run npx backlot backup by cron.'

/** Whether the embedded database is backed up, by the schedule or by hand. */
export const checkBackups = async ({ backup, database, dataDir }: Config): Promise<Finding[]> => {
  if (database.url !== undefined) return [ok('backup', 'the database is not ours to back up')]
  if (!existsSync(dataDir)) return [ok('backup', 'there is nothing yet')]
  const { directory, everyMs } = backup
  const newest = await findNewestProved(directory)
  const failure = everyMs > 0 ? (await findBackupState(dataDir))?.lastFailure : undefined
  const look = 'Run npx backlot backup; it says what is wrong.'
  if (failure) return [fail('backup', `the last scheduled one failed: ${failure}`, look)]
  if (newest === undefined)
    return [warn('backup', `there is no proved backup in ${directory}`, everyMs > 0 ? look : schedule)]
  const ageMs = Date.now() - Date.parse(newest.manifest.startedAt)
  const age = `the newest proved one is ${Math.round(ageMs / hourMs)} h old`
  if (everyMs > 0)
    return [
      ageMs > 2 * everyMs
        ? warn('backup', age, 'Does Backlot run? Then look at its log.')
        : ok('backup', age),
    ]
  return [ageMs > longestUnscheduledMs ? warn('backup', age, schedule) : ok('backup', age)]
}
