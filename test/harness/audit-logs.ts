import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { recordAct } from '../../src/modules/audit/record-act.ts'
import { sealingKey } from '../../src/modules/audit/seal.ts'
import { sealEntries } from '../../src/modules/audit/seal-entries.ts'
import { Database, type Tx } from '../../src/platform/database/database.ts'
import { createTestDatabase } from './test-database.ts'

export const secretKey = 'a secret key that is only used in tests'
export const key = sealingKey(secretKey)

export const act = (tx: Tx, n: number) =>
  recordAct(tx, { action: 'posts:delete', target: { type: 'post', id: `post-${n}` }, details: { n } })

/** Logs of their own, which stay open until `close`. */
export const auditLogs = () => {
  const closing: (() => Promise<void>)[] = []

  /** The same log, as another process has it. */
  const openLog = (url: string): Database['db'] => {
    const database = new Database({
      url,
      ssl: false,
      poolMax: 6,
      applicationName: 'audit test',
      onConnectionError: () => undefined,
    })
    closing.push(() => database.close())
    return database.db
  }

  /** A log with so many sealed entries. */
  const newLog = async (count: number) => {
    const { url, drop } = await createTestDatabase()
    // Before all that is open: what is first is closed last.
    closing.unshift(drop)
    const db = openLog(url)
    await db.transaction(async (tx) => {
      for (let n = 1; n <= count; n += 1) await act(tx, n)
    })
    expect(await sealEntries({ db, key }, 500)).toBe(count)
    return { db, url }
  }

  const close = async () => {
    for (const end of closing.toReversed()) await end()
  }
  return { newLog, openLog, close }
}

export const tables = ['audit_log', 'audit_seals', 'audit_checkpoints']

const triggers = (state: 'disable' | 'enable') =>
  tables.map((table) => `alter table ${table} ${state} trigger user`).join(';')

/** As the owner of the tables, who can switch off what guards them. */
export const forge = (on: Database['db'], statements: string) =>
  on.execute(sql.raw(`${triggers('disable')}; ${statements}; ${triggers('enable')}`))
