import path from 'node:path'
import type { Config } from '../../platform/config/config.ts'
import { restoreBackup } from '../backup/restore-backup.ts'
import { interruptible, readCommandLine, refuseCommandLine, say } from './command-line.ts'

const usage = `Usage: npx backlot restore BACKUP [--into DATA_DIR] [--force]

Makes a data directory out of a backup, after every byte of the backup was checked.
Stop Backlot first.

  --into DIR   the data directory to make (BACKLOT_DATA_DIR)
  --force      moves aside what is there; nothing is deleted
`

/** Works without a configuration that is right: the one to be restored may be all there is. */
export const runRestoreCommand = async (config: Config, args: string[]): Promise<void> => {
  const options = { into: { type: 'string' }, force: { type: 'boolean' } } as const
  const line = readCommandLine(args, options, usage)
  if (line === undefined) return
  const [backup, ...rest] = line.words
  if (backup === undefined || rest.length > 0) return refuseCommandLine('restore takes one backup', usage)
  const { into, force = false } = line.values
  const dataDir = into === undefined ? config.dataDir : path.resolve(into)
  await interruptible(async (signal) => {
    const restored = await restoreBackup({ directory: path.resolve(backup), dataDir, force, signal, say })
    const { manifest, aside } = restored
    if (aside !== undefined) say(`what was there is now ${aside}; remove it when all is well`)
    say(`restored ${dataDir} as of ${manifest.until}`)
    if (manifest.secretKeyIsElsewhere) say('set SECRET_KEY to what it was: it was not in the data directory')
    if (manifest.objects === 's3') say('files were in S3: set S3_ENDPOINT and the bucket as they were')
    if (config.database.url !== undefined)
      say('DATABASE_URL or DB_HOST is set, so Backlot would not use it: remove that first')
    const env = dataDir === config.dataDir ? '' : `BACKLOT_DATA_DIR=${dataDir} `
    say(`start it with ${env}npm start, and sign in; backlot doctor checks the rest`)
  })
}
