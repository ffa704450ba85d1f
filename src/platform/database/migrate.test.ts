import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { runBacklot } from '../../../test/harness/backlot-command.ts'
import {
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from '../../../test/harness/temporary-directory.ts'
import { onServer, urlOfDatabase } from '../../../test/harness/test-database.ts'
import { migrate } from './migrate.ts'
import { newestMigration } from './migration-files.ts'

let name: string
let url: string
let dataDir: string

beforeEach(async () => {
  dataDir = makeTemporaryDirectory()
  name = `${inject('templateDatabase')}_${randomBytes(6).toString('hex')}`
  url = urlOfDatabase(inject('testServerUrl'), name)
  await onServer(inject('testServerUrl'), `CREATE DATABASE ${name}`)
})
afterEach(async () => {
  removeTemporaryDirectory(dataDir)
  await onServer(inject('testServerUrl'), `DROP DATABASE ${name} WITH (FORCE)`)
})

test('an extension that is there already is used, in whichever schema it is', async () => {
  await onServer(url, 'CREATE SCHEMA "its own"; CREATE EXTENSION pg_trgm SCHEMA "its own"')
  await migrate(url, false)
  await migrate(url, false)
})

test.each([
  [
    'a role that may not make what is needed',
    () => onServer(url, `REVOKE CREATE ON DATABASE ${name} FROM current_user, PUBLIC`),
    /^The database refuses what this version needs: permission denied for database \w+\. Make the role/,
  ],
  [
    'an extension that cannot be made',
    () => onServer(url, `CREATE FUNCTION show_trgm(text) RETURNS text[] LANGUAGE sql AS 'SELECT ARRAY[$1]'`),
    /^The database cannot have the extension pg_trgm: function "show_trgm" already exists .*\. Install the contrib/,
  ],
])('%s is explained in one line', async (_what, prepare, line) => {
  await prepare()
  const fault = await migrate(url, false).catch((error: unknown) => error)
  expect(fault).toMatchObject({ name: 'StartFault', message: expect.stringMatching(line) })
  expect(String(fault)).not.toContain('\n')
})

test('an older version goes on with what a newer one added, and refuses what it cannot work with', async () => {
  await migrate(url, false)
  const later = newestMigration() + 1
  await onServer(
    url,
    `INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('added', ${later})`,
  )
  await migrate(url, false)
  await onServer(url, `INSERT INTO drizzle.breaking_migrations VALUES (${later}, 'posts have no body')`)
  const line =
    'The database was migrated by a newer Backlot, which this version cannot work with: posts have no body. Start the newer one.'
  await expect(migrate(url, false)).rejects.toMatchObject({ name: 'StartFault', message: line })
  const role = await runBacklot(['worker'], { DATABASE_URL: url, BACKLOT_DATA_DIR: dataDir })
  expect(role).toEqual({ code: 78, output: `backlot: ${line}\n` })
})
