import fs from 'node:fs'
import path from 'node:path'
import { sql } from 'drizzle-orm'
import type { TestApp } from './test-app.ts'

/** What Backlot has stored: a digest of each table, and the names of all stored objects. Equal states have equal forms. */
export const storedState = async ({
  platform: { db },
  dataDir,
}: TestApp): Promise<Record<string, string>> => {
  const tables = await db.execute<{ name: string }>(sql`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'worker_reports' order by 1`)
  const digests = tables.rows.map(
    ({ name }) =>
      sql`select ${name} as name, coalesce(sum(hashtextextended(rows::text, 0)), 0)::text as digest from ${sql.identifier(name)} as rows`,
  )
  const { rows } = await db.execute<{ name: string; digest: string }>(sql.join(digests, sql` union all `))
  const objects = fs
    .readdirSync(path.join(dataDir, 'files'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
  return {
    ...Object.fromEntries(rows.map(({ name, digest }) => [name, digest])),
    objects: objects.sort().join(),
  }
}
