import fs from 'node:fs'
import path from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { projectDir } from '../../src/app/project-dir.ts'
import { compareSurveys } from '../../src/app/upgrade/rehearse.ts'
import { surveyDatabase, withSurveyor } from '../../src/platform/backup/survey.ts'
import { startEmbeddedPostgres } from '../../src/platform/database/embedded/embedded-postgres.ts'
import { runBacklot } from '../harness/backlot-command.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'
import { createTestDatabase } from '../harness/test-database.ts'

let directory: string
let env: NodeJS.ProcessEnv
const inside = (...names: string[]) => path.join(directory, ...names)

beforeAll(() => {
  directory = makeTemporaryDirectory()
  env = { BACKLOT_DATA_DIR: inside('data'), PORT: '0', RTMP_PORT: '0' }
})
afterAll(() => removeTemporaryDirectory(directory))

const survey = (url: string) =>
  withSurveyor({ url, signal: new AbortController().signal }, (client) =>
    surveyDatabase(client, { withIds: true }),
  )

/** Brings a database to where it was before the migration `tag`. */
const migrateUntil = async (url: string, tag: string) => {
  const migrationsFolder = inside('migrations')
  fs.cpSync(path.join(projectDir, 'migrations'), migrationsFolder, { recursive: true })
  const journalFile = path.join(migrationsFolder, 'meta/_journal.json')
  const journal: { entries: { tag: string }[] } = JSON.parse(fs.readFileSync(journalFile, 'utf8'))
  const entries = journal.entries.slice(
    0,
    journal.entries.findIndex((entry) => entry.tag === tag),
  )
  fs.writeFileSync(journalFile, JSON.stringify({ ...journal, entries }))
  const client = new pg.Client(url)
  await client.connect()
  await migrate(drizzle(client), { migrationsFolder })
  await client.end()
}

test('a rehearsal migrates a clone and changes nothing', { timeout: 40_000 }, async () => {
  const postgres = await startEmbeddedPostgres({ dataDir: inside('data'), log: () => undefined })
  await migrateUntil(postgres.url, '0012_read_fences')
  const before = await survey(postgres.url)
  const { code, output } = await runBacklot(['upgrade', '--rehearse'], env)
  expect({ code, output }).toEqual({
    code: 0,
    output: expect.stringContaining('changed: public.read_fences is new'),
  })
  expect(output).toMatch(/backlot: [1-9]\d* migrations in /)
  expect(await survey(postgres.url)).toEqual(before)
  const external = await runBacklot(['upgrade', '--rehearse'], { ...env, DATABASE_URL: postgres.url })
  expect(external).toMatchObject({
    code: 78,
    output: expect.stringContaining('The database cannot be cloned here'),
  })
  await postgres.stop()
  expect(fs.readdirSync(inside('data', 'postgres')).filter((name) => name.includes('scratch'))).toEqual([])
})

test('a rehearsal on an external server leaves no database behind', async () => {
  const database = await createTestDatabase()
  const names = () =>
    withSurveyor(
      { url: database.url, signal: new AbortController().signal },
      async (client) =>
        (await client.query("SELECT datname FROM pg_database WHERE datname LIKE 'backlot_rehearsal%'")).rows,
    )
  const rehearsed = await runBacklot(['upgrade', '--rehearse'], { ...env, DATABASE_URL: database.url })
  expect(rehearsed).toMatchObject({ code: 0, output: expect.stringContaining('the upgrade can be done') })
  expect(await names()).toEqual([])
  await database.drop()
})

test('rows, ids and references that would be lost are faults', () => {
  const migrations = { count: 1, newest: 1 }
  const was = {
    tables: new Map([
      ['public.a', { rows: 2, ids: '7' }],
      ['public.b', { rows: 1, ids: '1' }],
    ]),
    migrations,
    orphans: ['x'],
  }
  const is = {
    tables: new Map([
      ['public.a', { rows: 2, ids: '8' }],
      ['public.c', { rows: 0 }],
    ]),
    migrations,
    orphans: ['x', 'y'],
  }
  expect(compareSurveys(was, is)).toEqual({
    faults: ['y', 'public.a would have other ids', 'public.b with 1 rows would be gone'],
    changes: ['public.c is new, with 0 rows'],
  })
})
