import { mkdir, rename } from 'node:fs/promises'
import path from 'node:path'
import { type BaseBackup, receiveBaseBackup } from '../../platform/backup/base-backup.ts'
import { type Checksums, writeChecksums } from '../../platform/backup/checksums.ts'
import { copyOne, filesBelow, linkOrCopy, removeTree, syncTree } from '../../platform/backup/copy-tree.ts'
import { demandFreeSpace, sizeText } from '../../platform/backup/free-space.ts'
import { type Manifest, writeManifest } from '../../platform/backup/manifest.ts'
import { readMigrations, type Survey, withSurveyor } from '../../platform/backup/survey.ts'
import { findSecretInDataDir } from '../../platform/config/secret-files.ts'
import { findHome } from '../../platform/database/embedded/home.ts'
import { StartFault } from '../../platform/process/start-fault.ts'
import { syncDirectory } from '../../platform/storage/new-file.ts'
import type { RoleConfig } from '../join-database.ts'
import { version } from '../version.ts'
import { backupFolders, backupName, draftName, openBackupFolder } from './backup-folder.ts'
import { stillNeeded } from './check-objects.ts'
import { type Proof, proveBackup } from './prove-backup.ts'

export type BackupOptions = {
  /** Of the embedded database, which runs. */
  config: RoleConfig
  folder: string
  prove: boolean
  signal: AbortSignal
  say: (line: string) => void
}

/** Objects never change, so a second name keeps them. Whatever else there is may change while it is copied. */
const objectFolders = ['files/uploads', 'files/results']
const copiedFolders = ['live/recordings', 'mailbox', 'secrets']
const tellEveryMs = 5_000
/** What is committed while the server ends its backup may be in it. */
const graceMs = 1_000

/**
 * Copies database and files of a running Backlot into a new directory below `folder`, proves it by a restore, and gives it its
 * name only then.
 * @throws StartFault, and then nothing is left of it
 */
export const takeBackup = async (
  options: BackupOptions,
): Promise<{ directory: string; manifest: Manifest }> => {
  const { config, folder, signal, say } = options
  const lock = await openBackupFolder(folder)
  const startedAt = new Date()
  const name = backupName(startedAt)
  const draft = path.join(folder, draftName(name))
  const progress = tellProgress(say)
  try {
    const live = await inspectLive(options)
    await mkdir(path.join(draft, 'postgres'), { recursive: true, mode: 0o700 })
    await mkdir(path.join(draft, 'data'), { mode: 0o700 })
    say(`copying the database (${sizeText(live.databaseBytes)})`)
    const base = await receiveBaseBackup({
      url: config.database.url,
      directory: path.join(draft, 'postgres'),
      account: undefined,
      signal,
      onBytes: progress.add,
    })
    say('copying files')
    // The database comes first: an object that a row names was written before the row, and stays two hours after it.
    await copyData(config.dataDir, path.join(draft, 'data'), base.endedAt, signal)
    await syncTree(draft, signal)
    progress.restart('checksums')
    const checksums = await writeChecksums(draft, backupFolders, { signal, onBytes: progress.add })
    const proof = options.prove ? await proveDraft(options, draft, live.migrations) : undefined
    const manifest = describe({ config, live, startedAt, base, checksums, proof })
    await writeManifest(draft, manifest)
    await syncDirectory(draft)
    signal.throwIfAborted()
    await rename(draft, path.join(folder, name))
    await syncDirectory(folder)
    return { directory: path.join(folder, name), manifest }
  } finally {
    progress.close()
    await removeTree(draft)
    lock.close()
  }
}

/** What the running database is, and whether there is room for a copy of it, and for a second one that proves the first. */
const inspectLive = async ({ config, folder, prove, signal }: BackupOptions) =>
  withSurveyor({ url: config.database.url, signal }, async (client) => {
    const { rows } = await client.query<{ bytes: number; version: string }>(
      `SELECT sum(pg_database_size(oid))::float8 AS bytes, current_setting('server_version') AS version
       FROM pg_database`,
    )
    const { bytes: databaseBytes, version: postgresVersion } = rows[0] ?? { bytes: 0, version: '' }
    await demandFreeSpace(folder, databaseBytes * (prove ? 2 : 1), 'the backup')
    return { databaseBytes, postgresVersion, migrations: await readMigrations(client) }
  })

const copyData = async (dataDir: string, target: string, endedAt: Date, signal: AbortSignal) => {
  for (const folder of [...objectFolders, ...copiedFolders]) {
    const isObjects = objectFolders.includes(folder)
    for await (const { path: file, modifiedMs } of filesBelow(dataDir, folder)) {
      signal.throwIfAborted()
      // Of newer objects this copy of the database knows nothing, so nothing would ever remove them.
      if (isObjects && modifiedMs > endedAt.getTime() + graceMs) continue
      await mkdir(path.dirname(path.join(target, file)), { recursive: true, mode: 0o700 })
      const copy = isObjects ? linkOrCopy : copyOne
      await copy(path.join(dataDir, file), path.join(target, file))
    }
  }
}

const proveDraft = (
  options: BackupOptions,
  draft: string,
  migrations: Survey['migrations'],
): Promise<Proof> => {
  const { config, folder, signal, say } = options
  const home = findHome(config.dataDir)
  if (home === undefined) throw new StartFault(`There is no database in ${config.dataDir}.`)
  say('proving it by a restore into a scratch directory')
  return proveBackup({
    directory: draft,
    hasObjects: config.s3 === undefined,
    places: [folder, home.directory],
    migrations,
    needed: (keys) =>
      withSurveyor({ url: config.database.url, signal }, (client) => stillNeeded(client, keys)),
    signal,
    say,
  })
}

const describe = (found: {
  config: RoleConfig
  live: { migrations: Survey['migrations']; postgresVersion: string }
  startedAt: Date
  base: BaseBackup
  checksums: Checksums
  proof: Proof | undefined
}): Manifest => {
  const { base, checksums, live, proof, startedAt } = found
  const { dataDir, secretKey } = found.config
  return {
    format: 1,
    backlotVersion: version,
    postgresVersion: live.postgresVersion,
    migrations: live.migrations,
    startedAt: startedAt.toISOString(),
    until: base.until.toISOString(),
    lsn: base.lsn,
    ...checksums,
    objects: found.config.s3 === undefined ? 'here' : 's3',
    erasedMeanwhile: proof?.erasedMeanwhile ?? [],
    secretKeyIsElsewhere: secretKey !== '' && secretKey !== findSecretInDataDir(dataDir, 'secret-key'),
    verified:
      proof === undefined
        ? null
        : { at: new Date().toISOString(), tables: proof.tables, rows: proof.rows, objects: proof.objects },
  }
}

/** A line every five seconds while something large is read or written. */
const tellProgress = (say: (line: string) => void) => {
  let bytes = 0
  let what = 'database'
  const timer = setInterval(() => {
    if (bytes > 0) say(`${what}: ${sizeText(bytes)}`)
  }, tellEveryMs)
  return {
    add: (count: number) => {
      bytes += count
    },
    restart: (name: string) => {
      bytes = 0
      what = name
    },
    close: () => clearInterval(timer),
  }
}
