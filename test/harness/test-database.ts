import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** A server on which this run may make databases. */
    testServerUrl: string
    /** A migrated database to copy, whose name begins the names of all databases of this run. */
    templateDatabase: string
  }
}

/** A fresh, migrated database of its own for one test or file. What is not dropped goes at the end of the run. */
export const createTestDatabase = async (): Promise<{ url: string; drop: () => Promise<void> }> => {
  const serverUrl = inject('testServerUrl')
  const template = inject('templateDatabase')
  const name = `${template}_${randomBytes(6).toString('hex')}`
  await onServer(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`)
  return {
    url: urlOfDatabase(serverUrl, name),
    drop: () => dropDatabase(serverUrl, name),
  }
}

const insufficientPrivilege = '42501'
const dropTimeoutMs = 15_000

/** Autovacuum may be at work in a database, and only a superuser can end that: it is soon done with one this small. */
const dropDatabase = async (serverUrl: string, name: string): Promise<void> => {
  const deadline = performance.now() + dropTimeoutMs
  for (;;)
    try {
      return await onServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    } catch (error) {
      const isVacuumed = error instanceof pg.DatabaseError && error.code === insufficientPrivilege
      if (!isVacuumed || performance.now() > deadline) throw error
      await setTimeout(50)
    }
}

/** Runs one statement on the server's own database. */
export const onServer = async (serverUrl: string, sql: string): Promise<void> => {
  const client = new pg.Client({ connectionString: serverUrl, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

export const urlOfDatabase = (serverUrl: string, name: string): string => {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return url.href
}
