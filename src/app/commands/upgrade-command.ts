import { sizeText } from '../../platform/backup/free-space.ts'
import type { Config } from '../../platform/config/config.ts'
import { StartFault } from '../../platform/process/start-fault.ts'
import type { Rehearsal } from '../upgrade/rehearse.ts'
import { rehearseEmbedded } from '../upgrade/rehearse-embedded.ts'
import { rehearseExternal } from '../upgrade/rehearse-external.ts'
import { withDatabase } from '../with-database.ts'
import { interruptible, readCommandLine, refuseCommandLine, say } from './command-line.ts'

const usage = `Usage: npx backlot upgrade --rehearse

Clones the database, migrates the clone with this version's migrations, compares it
before and after, and reports. It changes nothing. Run it from a checkout of the new
version, with BACKLOT_DATA_DIR or DATABASE_URL of the installation.

Exit code 78 when rows or rows' ids would be lost, or foreign keys would not hold.
`

export const runUpgradeCommand = async (config: Config, args: string[]): Promise<void> => {
  const line = readCommandLine(args, { rehearse: { type: 'boolean' } } as const, usage)
  if (line === undefined) return
  if (!line.values.rehearse || line.words.length > 0)
    return refuseCommandLine('upgrade takes --rehearse', usage)
  await interruptible((signal) =>
    withDatabase(config, async (known) => {
      const rehearse = config.database.url === undefined ? rehearseEmbedded : rehearseExternal
      report(await rehearse({ config: known, signal, say }))
    }),
  )
}

const report = ({ before, after, bytes, cloneMs, migrateMs, faults, changes }: Rehearsal) => {
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`
  say(`cloned ${sizeText(bytes)} in ${seconds(cloneMs)}`)
  say(`${after.migrations.count - before.migrations.count} migrations in ${seconds(migrateMs)}`)
  for (const change of changes) say(`changed: ${change}`)
  for (const fault of faults) say(`FAULT: ${fault}`)
  if (faults.length > 0) throw new StartFault('Do not upgrade: see the faults above. Nothing was changed.')
  say(`${before.tables.size} tables kept their rows. Nothing was changed; the upgrade can be done`)
}
