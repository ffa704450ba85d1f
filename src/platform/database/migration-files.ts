import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'

export const migrationsFolder = fileURLToPath(new URL('../../../migrations', import.meta.url))

/** When the newest migration of this version was made, in ms: migrations are known by that. */
export const newestMigration = (folder = migrationsFolder): number =>
  readMigrationFiles({ migrationsFolder: folder }).at(-1)?.folderMillis ?? 0

const breakingComment = /^--\s*breaking:\s*(\S.*)$/m

/** Those that the version before cannot work with, as a line `-- breaking: <reason>` in them says. */
export const breakingMigrations = (folder = migrationsFolder): { madeAt: number; reason: string }[] =>
  readMigrationFiles({ migrationsFolder: folder }).flatMap(({ folderMillis, sql }) => {
    const reason = breakingComment.exec(sql.join('\n'))?.[1]?.trim()
    return reason === undefined ? [] : [{ madeAt: folderMillis, reason }]
  })
