import path from 'node:path'
import { receiveBaseBackup } from '../../platform/backup/base-backup.ts'
import { demandFreeSpace } from '../../platform/backup/free-space.ts'
import {
  makeScratchDirectory,
  removeScratchDirectory,
  ScratchServer,
} from '../../platform/backup/scratch-server.ts'
import { withSurveyor } from '../../platform/backup/survey.ts'
import { makePrivateDir } from '../../platform/database/embedded/account.ts'
import { locateBinaries } from '../../platform/database/embedded/binaries.ts'
import { findHome } from '../../platform/database/embedded/home.ts'
import { StartFault } from '../../platform/process/start-fault.ts'
import { type Rehearsal, type RehearsalOptions, rehearseOn } from './rehearse.ts'

/** On a copy of the running server, beside its data. */
export const rehearseEmbedded = async (options: RehearsalOptions): Promise<Rehearsal> => {
  const { config, signal, say } = options
  const home = findHome(config.dataDir)
  if (home === undefined) throw new StartFault(`There is no database in ${config.dataDir}.`)
  const { account } = home
  const { url } = config.database
  const bytes = await withSurveyor({ url, signal }, async (client) => {
    const { rows } = await client.query<{ bytes: number }>(
      'SELECT sum(pg_database_size(oid))::float8 AS bytes FROM pg_database',
    )
    return rows[0]?.bytes ?? 0
  })
  // Migrations may write a table anew.
  await demandFreeSpace(home.directory, bytes * 2, 'the rehearsal')
  const binaries = await locateBinaries(account, say)
  const directory = await makeScratchDirectory([home.directory], account)
  try {
    say('cloning the database')
    const startedAt = performance.now()
    const cluster = path.join(directory, 'cluster')
    makePrivateDir(cluster, account)
    await receiveBaseBackup({ url, directory: cluster, account, signal, onBytes: () => undefined })
    const { password } = new URL(url)
    const server = await ScratchServer.start({ directory, account, binaries, password, signal, log: say })
    const cloneMs = performance.now() - startedAt
    try {
      return { bytes, cloneMs, ...(await rehearseOn(server, options)) }
    } finally {
      await server.stop()
    }
  } finally {
    await removeScratchDirectory(directory)
  }
}
