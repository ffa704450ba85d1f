import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { sealingKey } from '../../src/modules/audit/seal.ts'
import { sealEntries } from '../../src/modules/audit/seal-entries.ts'
import { verifyLog } from '../../src/modules/audit/verify-log.ts'
import { Database } from '../../src/platform/database/database.ts'
import { quickImports } from '../harness/spawned-process.ts'
import { createTestDatabase } from '../harness/test-database.ts'

test('a process killed between an act and its seal loses no entry', { timeout: 40_000 }, async () => {
  const made = await createTestDatabase()
  const database = new Database({
    ...{ url: made.url, ssl: false, poolMax: 3, applicationName: 'audit test' },
    onConnectionError: () => undefined,
  })
  const { db } = database
  const child = fork(path.join(import.meta.dirname, 'audit-process.ts'), [made.url], {
    ...{ stdio: 'inherit', execArgv: quickImports },
  })
  let told = 0
  child.on('message', (n) => {
    told = Number(n)
    if (told === 20) child.kill('SIGKILL')
  })
  await once(child, 'exit')
  const { rows } = await db.execute<{ n: number }>(
    sql`select (details->>'n')::int as n from audit_log order by n`,
  )
  expect(rows.length).toBeGreaterThanOrEqual(20)
  expect(rows.map(({ n }) => n)).toEqual(rows.map((_, index) => index + 1))
  const deps = { db, key: sealingKey('a secret key that is only used in tests') }
  expect(await sealEntries(deps, 10_000)).toBe(rows.length)
  expect(await verifyLog(deps)).toMatchObject({ verified: rows.length, waiting: 0, fault: undefined })
  await database.close()
  await made.drop()
})
