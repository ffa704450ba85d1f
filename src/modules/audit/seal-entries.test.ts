import { sql } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { act, auditLogs, forge, key } from '../../../test/harness/audit-logs.ts'
import { findHead, readBacklog } from './chain.repository.ts'
import { removeOldEntries, sealEntries } from './seal-entries.ts'
import { verifyLog } from './verify-log.ts'

const { newLog, openLog, close } = auditLogs()
afterAll(close)

test('old entries go by the retention, and the rest verifies from the checkpoint on', async () => {
  const log = await newLog(6)
  const kept = await findHead(log.db)
  await forge(
    log.db,
    `update audit_log set at = now() - interval '40 days' where details->>'n' <= '4';
     delete from audit_seals; insert into audit_unsealed select id from audit_log`,
  )
  const deps = { db: log.db, key }
  await sealEntries(deps, 100)
  expect(await removeOldEntries(deps, 41, 100)).toBe(0)
  expect(await removeOldEntries(deps, 35, 3)).toBe(3)
  expect(await removeOldEntries(deps, 35, 3)).toBe(1)
  expect(await removeOldEntries(deps, 35, 3)).toBe(0)
  // What was removed is told in entries of its own.
  expect(await sealEntries(deps, 100)).toBe(2)
  expect(await verifyLog(deps)).toMatchObject({ verified: 4, fault: undefined, head: { seq: 8 } })
  expect((await verifyLog(deps, { ...kept, seq: 2 })).fault).toMatch(/is of entries that were removed/)
  await expect(log.db.execute(sql`delete from audit_log`)).rejects.toThrow()
  await forge(log.db, "update audit_checkpoints set mac = '\\x00'")
  expect((await verifyLog(deps)).fault).toMatch(/the checkpoint at seal 4 was not made with this SECRET_KEY/)
})

test('several processes seal at once: one chain without a fork, and no entry left out', async () => {
  const log = await newLog(1)
  const other = openLog(log.url)
  const writing = Array.from({ length: 8 }, async (_, writer) => {
    for (let n = 0; n < 5; n += 1) await log.db.transaction((tx) => act(tx, writer * 10 + n))
  })
  let isOver = false
  const sealing = [log.db, other].map(async (on) => {
    while (!isOver) await sealEntries({ db: on, key }, 3)
  })
  await Promise.all(writing)
  await expect.poll(async () => (await readBacklog(log.db)).waiting).toBe(0)
  isOver = true
  await Promise.all(sealing)
  expect(await verifyLog({ db: log.db, key })).toMatchObject({ verified: 41, waiting: 0, fault: undefined })
})

test('one that commits late is sealed late: nobody waits for it, and it is not passed over', async () => {
  const log = await newLog(1)
  const mayEnd = Promise.withResolvers<void>()
  const isWritten = Promise.withResolvers<void>()
  const late = log.db.transaction(async (tx) => {
    await act(tx, 1)
    isWritten.resolve()
    await mayEnd.promise
  })
  await isWritten.promise
  await log.db.transaction((tx) => act(tx, 2))
  const deps = { db: log.db, key }
  expect(await sealEntries(deps, 100)).toBe(1)
  mayEnd.resolve()
  await late
  expect(await sealEntries(deps, 100)).toBe(1)
  expect(await verifyLog(deps)).toMatchObject({ verified: 3, fault: undefined })
})
