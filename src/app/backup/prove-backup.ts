import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { copyTree } from '../../platform/backup/copy-tree.ts'
import {
  makeScratchDirectory,
  removeScratchDirectory,
  ScratchServer,
} from '../../platform/backup/scratch-server.ts'
import { type Survey, surveyDatabase, withSurveyor } from '../../platform/backup/survey.ts'
import { serverAccount } from '../../platform/database/embedded/account.ts'
import { locateBinaries } from '../../platform/database/embedded/binaries.ts'
import { StartFault } from '../../platform/process/start-fault.ts'
import { checkObjects } from './check-objects.ts'

export type ProofOptions = {
  /** With `postgres` and `data` in it. */
  directory: string
  /** Whether the content of files is in it. */
  hasObjects: boolean
  /** Where the scratch directory may be, the best first. */
  places: readonly string[]
  migrations: Survey['migrations']
  /** Which of these objects the backup has to have; the others were erased since. */
  needed: (missingKeys: string[]) => Promise<string[]>
  signal: AbortSignal
  say: (line: string) => void
}
export type Proof = { tables: number; rows: number; objects: number; erasedMeanwhile: string[] }

const mostFaults = 20

/**
 * Restores a backup into a scratch directory, starts a server on it, reads every table, and looks for the object of every file.
 * @throws StartFault with a line for each thing that is wrong
 */
export const proveBackup = async (options: ProofOptions): Promise<Proof> => {
  const { directory, places, signal, say } = options
  const account = serverAccount('')
  const binaries = await locateBinaries(account, say)
  const password = (await readFile(path.join(directory, 'data/secrets/postgres-password'), 'utf8')).trim()
  const scratch = await makeScratchDirectory(places, account)
  try {
    await copyTree(path.join(directory, 'postgres'), path.join(scratch, 'cluster'), { account, signal })
    const server = await ScratchServer.start({
      directory: scratch,
      account,
      binaries,
      password,
      signal,
      log: say,
    })
    try {
      return await examine(server.url, options)
    } finally {
      await server.stop()
    }
  } finally {
    await removeScratchDirectory(scratch)
  }
}

const examine = (
  url: string,
  { directory, hasObjects, migrations, needed, signal }: ProofOptions,
): Promise<Proof> =>
  withSurveyor({ url, signal }, async (client) => {
    const survey = await surveyDatabase(client, { withIds: false })
    const objects = hasObjects
      ? await checkObjects(client, path.join(directory, 'data/files'))
      : { checked: 0, missing: [], wrong: [] }
    const lost = objects.missing.length === 0 ? [] : await needed(objects.missing)
    const faults = [...survey.orphans, ...objects.wrong, ...lost.map((key) => `${key} is missing`)]
    if (survey.migrations.newest !== migrations.newest || survey.migrations.count !== migrations.count)
      faults.unshift(
        `the copy has ${survey.migrations.count} migrations, and ${migrations.count} were expected`,
      )
    if (faults.length > 0) {
      const told = faults.slice(0, mostFaults).map((fault) => `  ${fault}`)
      throw new StartFault([`The backup is not whole: ${faults.length} faults.`, ...told].join('\n'))
    }
    const counts = [...survey.tables.values()].map(({ rows }) => rows)
    const rows = counts.reduce((sum, count) => sum + count, 0)
    const erasedMeanwhile = objects.missing.filter((key) => !lost.includes(key))
    return { tables: counts.length, rows, objects: objects.checked, erasedMeanwhile }
  })
