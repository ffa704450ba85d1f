import { readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { recordAct } from '../../modules/audit/record-act.ts'
import type { Manifest } from '../../platform/backup/manifest.ts'
import { Database } from '../../platform/database/database.ts'
import { codeOf } from '../../platform/database/infrastructure-error.ts'
import type { RoleConfig } from '../join-database.ts'

const operator = { kind: 'operator' } as const
const targetOf = (name: string) => ({ type: 'backup', id: name })

/** What a restore leaves in the data directory for the first start, which has a server and the newest tables. */
const noteSchema = z.strictObject({ backup: z.string(), until: z.string(), restoredAt: z.iso.datetime() })
const noteOf = (dataDir: string) => path.join(dataDir, 'restored.json')

const withDb = async <T>(
  { database: { url, ssl } }: RoleConfig,
  use: (db: Database['db']) => Promise<T>,
): Promise<T> => {
  const database = new Database({
    ...{ url, ssl, poolMax: 1, applicationName: 'backlot backup', onConnectionError: () => undefined },
  })
  try {
    return await use(database.db)
  } finally {
    await database.close()
  }
}

/** Says in the audit log of the running database that there is a copy of it now, and so of all that is in it. */
export const recordBackup = (config: RoleConfig, directory: string, manifest: Manifest): Promise<void> =>
  withDb(config, async (db) => {
    const { rows } = await db.execute<{ isThere: boolean }>(
      sql`select to_regclass('audit_log') is not null as "isThere"`,
    )
    // A backup before an upgrade may be of a version that had none.
    if (!rows[0]?.isThere) return
    const details = { until: manifest.until, proved: manifest.verified !== null }
    const target = targetOf(path.basename(directory))
    await db.transaction((tx) => recordAct(tx, { action: 'backups:create', target, details, by: operator }))
  })

/** Leaves word of a restore in the directory that is to become the data directory. */
export const noteRestore = async (draft: string, directory: string, { until }: Manifest): Promise<void> => {
  const note = { backup: path.basename(directory), until, restoredAt: new Date().toISOString() }
  await writeFile(noteOf(draft), `${JSON.stringify(note)}\n`, { mode: 0o600 })
}

/** Says in the audit log that its database was restored, once, whenever a start was broken off. */
export const recordRestore = async (config: RoleConfig): Promise<void> => {
  const text = await readFile(noteOf(config.dataDir), 'utf8').catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error
    return undefined
  })
  if (text === undefined) return
  const { backup, ...details } = noteSchema.parse(JSON.parse(text))
  await withDb(config, (db) =>
    db.transaction(async (tx) => {
      const { rows } = await tx.execute(sql`
        select from audit_log where action = 'backups:restore' and details->>'restoredAt' = ${details.restoredAt}`)
      if (rows.length > 0) return
      await recordAct(tx, { action: 'backups:restore', target: targetOf(backup), details, by: operator })
    }),
  )
  await rm(noteOf(config.dataDir))
}
