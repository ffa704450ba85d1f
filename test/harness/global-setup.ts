import { createHash } from 'node:crypto'
import os from 'node:os'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../src/platform/database/migrate.ts'
import { startTestServer } from './embedded-database.ts'
import { removeStaleDirectories } from './temporary-directory.ts'
import { onServer, urlOfDatabase } from './test-database.ts'

/**
 * One database server for the whole run: that of TEST_DATABASE_URL, or an embedded one that exists only for the run. The
 * schema is migrated once, into a template that each test database is copied from.
 */
export default async function setUp(project: TestProject) {
  removeStaleDirectories()
  const given = process.env.TEST_DATABASE_URL
  const server = given === undefined ? await startTestServer() : { url: given, stop: async () => undefined }
  const template = `${machinePrefix}_${process.pid}`
  if (given !== undefined) await dropDatabases(server.url, isLeftover)
  await onServer(server.url, `CREATE DATABASE ${template}`)
  await migrate(urlOfDatabase(server.url, template), false)
  project.provide('testServerUrl', server.url)
  project.provide('templateDatabase', template)
  return async () => {
    if (given !== undefined) await dropDatabases(server.url, (name) => name.startsWith(template))
    await server.stop()
  }
}

/** Names the machine, since its process ids say nothing about the runs of others on a shared server. */
const machinePrefix = `backlot_test_${createHash('sha256').update(os.hostname()).digest('hex').slice(0, 8)}`

const isLeftover = (name: string): boolean => {
  const pid = Number(new RegExp(`^${machinePrefix}_(\\d+)(_|$)`).exec(name)?.[1])
  if (!(pid > 0)) return false
  try {
    process.kill(pid, 0)
    return false
  } catch {
    return true
  }
}

const dropDatabases = async (serverUrl: string, isDropped: (name: string) => boolean) => {
  const client = new pg.Client({ connectionString: serverUrl, connectionTimeoutMillis: 10_000 })
  await client.connect()
  const { rows } = await client.query<{ datname: string }>('SELECT datname FROM pg_database')
  for (const { datname } of rows) {
    if (isDropped(datname)) await client.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`)
  }
  await client.end()
}
