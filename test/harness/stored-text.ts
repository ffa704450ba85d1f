import { sql } from 'drizzle-orm'
import type { TestApp } from './test-app.ts'

/** Every row of every table as text, the queue engine's too. Bytes stand in it as hex. */
export const storedText = async ({ platform: { db } }: Pick<TestApp, 'platform'>): Promise<string> => {
  const tables = await db.execute<{ schema: string; name: string }>(sql`
    select table_schema as schema, table_name as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`)
  const texts = tables.rows.map(
    ({ schema, name }) =>
      sql`select rows::text as text from ${sql.identifier(schema)}.${sql.identifier(name)} as rows`,
  )
  const { rows } = await db.execute<{ text: string }>(sql.join(texts, sql` union all `))
  return rows.map(({ text }) => text).join('\n')
}
