import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { backupName } from '../../src/app/backup/backup-folder.ts'
import { writeManifest } from '../../src/platform/backup/manifest.ts'

/** A proved backup as far as its manifest tells, with nothing in it. */
export const fakeBackup = async (folder: string, startedAt: string): Promise<void> => {
  const directory = path.join(folder, backupName(new Date(startedAt)))
  await mkdir(directory, { recursive: true })
  await writeManifest(directory, {
    format: 1,
    backlotVersion: '0.0.0',
    postgresVersion: '18.0',
    migrations: { count: 1, newest: 1 },
    startedAt,
    until: startedAt,
    lsn: '0/1',
    files: 0,
    bytes: 0,
    listSha256: '',
    objects: 'here',
    erasedMeanwhile: [],
    secretKeyIsElsewhere: false,
    verified: { at: startedAt, tables: 0, rows: 0, objects: 0 },
  })
}
