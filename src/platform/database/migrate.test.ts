import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { onServer, urlOfDatabase } from '../../../test/harness/test-database.ts'
import { migrate } from './migrate.ts'

let name: string
let url: string

beforeEach(async () => {
  name = `${inject('templateDatabase')}_${randomBytes(6).toString('hex')}`
  url = urlOfDatabase(inject('testServerUrl'), name)
  await onServer(inject('testServerUrl'), `CREATE DATABASE ${name}`)
})
afterEach(() => onServer(inject('testServerUrl'), `DROP DATABASE ${name} WITH (FORCE)`))

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
