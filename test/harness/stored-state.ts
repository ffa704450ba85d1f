import fs from 'node:fs'
import path from 'node:path'
import { sql } from 'drizzle-orm'
import type { TestApp } from './test-app.ts'

/**
 * From here on each statement that changes a table also writes down by how much it changes that table's digest, the sum of
 * its rows' hashes: what is stored is then known without reading all of it.
 */
export const watchStoredState = async ({ platform: { db } }: TestApp): Promise<void> => {
  const tables = await db.execute<{ name: string }>(sql`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'worker_reports'
      and table_name not like 'audit_%' order by 1`)
  await db.execute(`
    create schema watch;
    create table watch.changes (name text not null, digest numeric not null);
    create function watch.refuse() returns trigger language plpgsql as $$
    begin raise exception 'TRUNCATE is not watched'; end $$;
    ${changeFunctions}
    ${tables.rows.map(({ name }) => watchTable(name)).join('')}`)
}

const digestOf = (rows: string) =>
  `(select coalesce(sum(hashtextextended(${rows}::text, 0)), 0) from ${rows})`

/** Each event has its function: a trigger knows only the transition tables that it is declared with. */
const events = {
  insert: { sees: 'new table as added', change: digestOf('added') },
  update: {
    sees: 'old table as gone new table as added',
    change: `${digestOf('added')} - ${digestOf('gone')}`,
  },
  delete: { sees: 'old table as gone', change: `-${digestOf('gone')}` },
}

const changeFunctions = Object.entries(events)
  .map(
    ([event, { change }]) => `
      create function watch.after_${event}() returns trigger language plpgsql as $$
      begin insert into watch.changes select tg_table_name, ${change}; return null; end $$;`,
  )
  .join('')

const watchTable = (name: string) =>
  Object.entries(events)
    .map(
      ([event, { sees }]) => `
        create trigger watch_${event} after ${event} on "${name}" referencing ${sees}
          for each statement execute function watch.after_${event}();`,
    )
    .concat(
      `create trigger watch_truncate before truncate on "${name}" for each statement execute function watch.refuse();`,
    )
    .join('')

/** More are added up, so that what is stored is known as soon after many changes as after few. */
const changesKept = 500
const addUpChanges = `
  begin;
  lock table watch.changes in access exclusive mode;
  create temporary table sums on commit drop as select name, sum(digest) as digest from watch.changes group by name;
  truncate watch.changes;
  insert into watch.changes select name, digest from sums;
  commit`

/** How what is stored differs from what it was when watching began, by table, and the names of all stored objects. */
export const storedState = async ({
  platform: { db },
  dataDir,
}: TestApp): Promise<Record<string, string>> => {
  const { rows } = await db.execute<{ name: string; digest: string; changes: number }>(
    sql`select name, sum(digest)::text as digest, count(*)::int as changes from watch.changes group by name`,
  )
  if (rows.reduce((sum, { changes }) => sum + changes, 0) > changesKept) await db.execute(addUpChanges)
  const objects = fs
    .readdirSync(path.join(dataDir, 'files'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
  return {
    ...Object.fromEntries(rows.map(({ name, digest }) => [name, digest])),
    objects: objects.sort().join(),
  }
}
