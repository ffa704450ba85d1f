import fs from 'node:fs'
import path from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { act, auditLogs, forge, key, secretKey, tables } from '../../../test/harness/audit-logs.ts'
import { runBacklot } from '../../../test/harness/backlot-command.ts'
import {
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from '../../../test/harness/temporary-directory.ts'
import type { Database } from '../../platform/database/database.ts'
import { findHead, readBacklog } from './chain.repository.ts'
import { headText, macOf, nextHead, sealingKey } from './seal.ts'
import { removeOldEntries, sealEntries } from './seal-entries.ts'
import { verifyLog } from './verify-log.ts'

const { newLog, close } = auditLogs()
let db: Database['db']

beforeAll(async () => {
  db = (await newLog(12)).db
})
afterAll(close)

const asForger = (statements: string) => forge(db, statements)
const verify = (kept?: Parameters<typeof verifyLog>[1]) => verifyLog({ db, key }, kept)
/** What verifying finds while `tampered` holds; then all is as it was. */
const faultAfter = async (tampered: string, kept?: Parameters<typeof verifyLog>[1]) => {
  await asForger(
    `create table kept_log as table audit_log; create table kept_seals as table audit_seals; ${tampered}`,
  )
  const { fault } = await verify(kept)
  await asForger(`delete from audit_log; insert into audit_log table kept_log; drop table kept_log;
    delete from audit_seals; insert into audit_seals table kept_seals; drop table kept_seals`)
  return fault
}
const entryOf = async (seq: number) =>
  (await db.execute<{ id: string }>(sql`select entry_id as id from audit_seals where seq = ${seq}`)).rows[0]
    ?.id ?? ''

test('a log as it was written verifies', async () => {
  expect(await verify()).toMatchObject({ verified: 12, waiting: 0, fault: undefined, head: { seq: 12 } })
  expect(await verify(await findHead(db))).toMatchObject({ fault: undefined })
})

describe('nobody changes it, not even the owner of the tables', () => {
  test.each([
    "update audit_log set action = 'users:delete'",
    "update audit_log set ip = '192.0.2.1' where false",
    'delete from audit_log',
    'truncate audit_log',
    'update audit_seals set seq = seq + 1',
    'delete from audit_seals where seq = 12',
    'truncate audit_seals cascade',
    'delete from audit_checkpoints',
    'truncate audit_checkpoints',
  ])('%s', async (statement) => {
    await expect(db.execute(sql.raw(statement))).rejects.toMatchObject({
      cause: { message: expect.stringContaining('only ever added to') },
    })
  })

  test('what is younger than 30 days is not removed, whoever asks', async () => {
    await expect(db.execute(sql`select remove_audit_entries(3, '\\x00')`)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('last 30 days') },
    })
    expect(await removeOldEntries({ db, key }, 30, 100)).toBe(0)
  })

  test('a role without those rights adds, seals and reads as ever', async () => {
    const rights = (verb: string, to: string) =>
      db.execute(sql.raw(`${verb} update, delete, truncate on ${tables.join(', ')} ${to} current_user`))
    await rights('revoke', 'from')
    try {
      await db.transaction((tx) => act(tx, 13))
      expect(await readBacklog(db)).toMatchObject({ waiting: 1 })
      expect(await sealEntries({ db, key }, 10)).toBe(1)
      expect(await verify()).toMatchObject({ verified: 13, fault: undefined })
      for (const denied of ["update audit_log set ip = ''", 'delete from audit_seals', 'truncate audit_log'])
        await expect(db.execute(sql.raw(denied)), denied).rejects.toMatchObject({
          cause: { message: expect.stringContaining('permission denied') },
        })
    } finally {
      await rights('grant', 'to')
    }
  })
})

describe('whoever has the database to himself is found out', () => {
  test('an entry changed, in any column', async () => {
    const id = await entryOf(5)
    for (const change of [
      "ip = '192.0.2.9'",
      "at = at + interval '1 microsecond'",
      "details = '{}'",
      "outcome = 'failure'",
    ])
      expect(await faultAfter(`update audit_log set ${change} where id = '${id}'`), change).toBe(
        `entry ${id} is not what seal 5 was made of`,
      )
  })

  test('an entry removed, alone or with its seal', async () => {
    const id = await entryOf(5)
    const remove = `delete from audit_log where id = '${id}'`
    expect(await faultAfter(remove)).toBe(`entry ${id} of seal 5 is missing`)
    expect(await faultAfter(`${remove}; delete from audit_seals where seq = 5`)).toBe('seal 5 is missing')
    expect(
      await faultAfter(
        `${remove}; delete from audit_seals where seq = 5; update audit_seals set seq = seq - 1 where seq > 5`,
      ),
    ).toMatch(/is not what seal 5 was made of/)
  })

  test('two entries that changed places', async () => {
    const [one, other] = [await entryOf(4), await entryOf(7)]
    const swap = (column: string, a: string, b: string) =>
      `update audit_seals set ${column} = case ${column} when '${a}'::uuid then '${b}'::uuid else '${a}'::uuid end where seq in (4, 7)`
    await asForger('alter table audit_seals drop constraint audit_seals_entry_id_unique')
    expect(await faultAfter(swap('entry_id', one, other))).toBe(
      `entry ${other} is not what seal 4 was made of`,
    )
  })

  test('an entry put in', async () => {
    const added =
      "insert into audit_log (actor_kind, action, outcome) values ('system', 'posts:delete', 'success')"
    expect(await faultAfter(added)).toMatch(/^entry [0-9a-f-]{36} was never sealed and does not wait for it$/)
  })

  /** From seal 10 on, with a hash that is right, by who has another key or the right one. */
  const rewrittenTail = async (by: Uint8Array) => {
    const { rows } = await db.execute<{ seq: number; hash: Buffer; canonical: string; id: string }>(sql`
      select seq::int, hash, entry_id as id, (jsonb_build_array(l.id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        actor_kind, actor_id, api_key_id, action, target_type, target_id, outcome, ip, user_agent, request_id, '{}'::jsonb))::text as canonical
      from audit_seals join audit_log l on l.id = entry_id where seq >= 9 order by seq`)
    const [ninth, ...tail] = rows
    let head = { seq: 9, hash: ninth?.hash ?? Buffer.alloc(0) }
    return tail
      .map(({ id, canonical }) => {
        head = nextHead(head, canonical)
        const [hash, mac] = [head.hash, macOf(by, head)].map((bytes) => `'\\x${bytes.toString('hex')}'`)
        return `update audit_log set details = '{}' where id = '${id}'; update audit_seals set hash = ${hash}, mac = ${mac} where seq = ${head.seq}`
      })
      .join(';')
  }

  test('a tail written anew, without the key', async () => {
    const forged = await rewrittenTail(sealingKey('another'))
    expect(await faultAfter(forged)).toBe(
      `seal 10, of entry ${await entryOf(10)}, was not made with this SECRET_KEY`,
    )
  })

  test('a tail written anew or cut off, with the key: by a head that was kept', async () => {
    const kept = await findHead(db)
    const forged = await rewrittenTail(key)
    expect(await faultAfter(forged)).toBeUndefined()
    expect(await faultAfter(forged, kept)).toMatch(/is another one than was kept/)
    const cut =
      'delete from audit_log where id in (select entry_id from audit_seals where seq > 8); delete from audit_seals where seq > 8'
    expect(await faultAfter(cut)).toBeUndefined()
    expect(await faultAfter(cut, kept)).toBe(
      `the chain ends at seal 8, before the head that was kept, ${kept.seq}`,
    )
  })
})

test('the command says what is wrong first, and ends with 1', { timeout: 60_000 }, async () => {
  const log = await newLog(3)
  const env = { DATABASE_URL: log.url, SECRET_KEY: secretKey, LOG_LEVEL: 'silent' }
  const run = (...args: string[]) => runBacklot(['audit', 'verify', ...args], env)
  const head = headText(await findHead(log.db))
  const whole = await run('--head', head)
  expect(whole.output).toContain(
    `backlot: 3 entries verified, 0 wait for their seal\nbacklot: head ${head}\n`,
  )
  expect(whole.code).toBe(0)
  await forge(log.db, "update audit_log set ip = 'x'")
  const { code, output } = await run()
  expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining('FAULT: entry ') })
  expect((await run('--head', 'x')).code).toBe(64)
})

test('the command uses the key of the data directory, and makes none', { timeout: 60_000 }, async () => {
  const { url } = await newLog(3)
  const dataDir = makeTemporaryDirectory()
  try {
    const env = { DATABASE_URL: url, BACKLOT_DATA_DIR: dataDir, LOG_LEVEL: 'silent' }
    const run = () => runBacklot(['audit', 'verify'], env)
    expect(await run()).toMatchObject({
      code: 78,
      output: expect.stringContaining('SECRET_KEY: there is none'),
    })
    expect(fs.readdirSync(dataDir)).toEqual([])
    fs.mkdirSync(path.join(dataDir, 'secrets'))
    fs.writeFileSync(path.join(dataDir, 'secrets/secret-key'), secretKey, { mode: 0o600 })
    expect(await run()).toMatchObject({ code: 0, output: expect.stringContaining('3 entries verified') })
  } finally {
    removeTemporaryDirectory(dataDir)
  }
})
