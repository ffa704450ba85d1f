import net from 'node:net'
import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { TcpProxy } from '../../../test/harness/tcp-proxy.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { unavailable } from '../errors.ts'
import { runAutocommit } from './autocommit.ts'
import { Database } from './database.ts'
import { codeOf, isInfrastructureError } from './infrastructure-error.ts'

const poolMax = 3

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>
let proxy: TcpProxy
let database: Database
let other: pg.Client

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  proxy = await TcpProxy.start(testDatabase.url)
  other = new pg.Client({ connectionString: testDatabase.url })
  await other.connect()
  await other.query(`
    create table notes (text text);
    create table slow_notes (text text);
    create function sleep_a_while() returns trigger language plpgsql as
      $$ begin perform pg_sleep(0.3); return null; end $$;
    create constraint trigger slowly after insert on slow_notes deferrable initially deferred
      for each row execute function sleep_a_while()`)
})
beforeEach(async () => {
  await other.query('truncate notes, slow_notes')
  database = openDatabase(proxy.url)
  return () => database.close()
})
afterAll(async () => {
  await other.end()
  await proxy.close()
  await testDatabase.drop()
})

const openDatabase = (url: string) =>
  new Database({ url, ssl: false, poolMax, applicationName: 'broken', onConnectionError: () => undefined })
const insert = (text: string) => sql`insert into notes (text) values (${text})`
const stored = async (table = 'notes') =>
  (await other.query<{ text: string }>(`select text from ${table} order by text`)).rows.map(
    ({ text }) => text,
  )
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

/** Opens as many connections as the pool may have, and leaves them idle. */
const fillPool = async (): Promise<number[]> => {
  const pids = await Promise.all(
    Array.from({ length: poolMax }, async () => {
      const { rows } = await database.pool.query('select pg_backend_pid() as pid, pg_sleep(0.05)')
      return Number(rows[0].pid)
    }),
  )
  expect(new Set(pids).size).toBe(poolMax)
  return pids
}

/** Ends connections so that this process has not heard of it when it uses them next. */
const endUnheard = (pids: number[]) => {
  void other.query('select pg_terminate_backend(pid) from unnest($1::int[]) as pid', [pids])
  const blockedUntil = performance.now() + 300
  while (performance.now() < blockedUntil);
}
const breakUnheard = async () => endUnheard(await fillPool())

/** How often a statement that contains `text` is sent while `work` goes on. */
const sendingsOf = async (text: string, work: () => Promise<unknown>): Promise<number> => {
  const spy = vi.spyOn(pg.Client.prototype, 'query')
  await work()
  const sent = spy.mock.calls.filter((call) => JSON.stringify(call[0]).includes(text))
  spy.mockRestore()
  return sent.length
}

test('reads on connections that broke while idle are answered on others', async () => {
  const read = () => database.db.select({ one: sql<number>`1` }).from(sql`(select) as nothing`)
  for (const atOnce of [1, poolMax]) {
    await breakUnheard()
    const sent = await sendingsOf('select 1 from', async () => {
      const answers = await Promise.all(Array.from({ length: atOnce }, read))
      expect(answers).toEqual(Array(atOnce).fill([{ one: 1 }]))
    })
    expect(sent, 'the connections were broken').toBeGreaterThan(atOnce)
  }
})

test('the second try is not lost to another connection that broke', async () => {
  const pool = new pg.Pool({ connectionString: testDatabase.url, max: poolMax })
  pool.on('error', () => undefined)
  let taken = 0
  const connect = async () => {
    const client = await pool.connect()
    client.on('error', () => undefined)
    taken += 1
    if (taken < 3) endUnheard([(await client.query('select pg_backend_pid() as pid')).rows[0].pid])
    return client
  }
  const { rows } = await runAutocommit({ options: pool.options, connect }, 'select 1 as one')
  expect(rows).toEqual([{ one: 1 }])
  expect(taken).toBe(3)
  await pool.end()
})

test('a transaction on connections that broke while idle is stored once', async () => {
  await breakUnheard()
  const begun = await sendingsOf('begin', () =>
    database.db.transaction(async (tx) => void (await tx.execute(insert('once')))),
  )
  expect(begun, 'the connection was broken').toBe(2)
  expect(await stored()).toEqual(['once'])
})

test('a write of its own on a connection that broke while idle is an error, and not sent again', async () => {
  await breakUnheard()
  const sent = await sendingsOf('insert into notes', async () => {
    expect(isInfrastructureError(await failureOf(database.db.execute(insert('lost'))))).toBe(true)
  })
  expect(sent).toBe(1)
  expect(await stored()).toEqual([])
})

test('connections that broke and were heard of are no trouble to a write', async () => {
  await fillPool()
  await proxy.restore()
  await expect.poll(() => database.pool.totalCount).toBe(0)
  await database.db.execute(insert('fresh'))
  expect(await stored()).toEqual(['fresh'])
})

test('a write of its own that is cut while it runs is an error, and not sent again', async () => {
  const sent = await sendingsOf('insert into slow_notes', async () => {
    const failed = failureOf(database.db.execute(sql`insert into slow_notes values ('perhaps')`))
    await expect.poll(isSleeping, { interval: 10 }).toBe(true)
    await proxy.restore()
    expect(isInfrastructureError(await failed)).toBe(true)
  })
  expect(sent).toBe(1)
  await expect.poll(() => stored('slow_notes')).toEqual(['perhaps'])
})

const isSleeping = async () => {
  const { rowCount } = await other.query(`select 1 from pg_stat_activity
    where wait_event = 'PgSleep' and datname = current_database()`)
  return rowCount === 1
}

test('a write for which no connection could be had is sent on the next', async () => {
  const { port, hostname } = new URL(testDatabase.url)
  const stumblingUrl = new URL(proxy.url)
  let connections = 0
  const server = net.createServer((client) => {
    connections += 1
    if (connections === 1) return client.destroy()
    const upstream = net.connect(Number(port), hostname)
    for (const socket of [client, upstream]) socket.on('error', () => undefined)
    client.pipe(upstream).pipe(client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address !== null && typeof address === 'object') stumblingUrl.port = String(address.port)
  const stumbling = openDatabase(stumblingUrl.href)
  await stumbling.db.execute(insert('second try'))
  await stumbling.close()
  server.close()
  expect(connections).toBe(2)
  expect(await stored()).toEqual(['second try'])
})

test('a transaction that is cut before its commit runs twice and is stored once', async () => {
  let runs = 0
  const result = await database.db.transaction(async (tx) => {
    runs += 1
    await tx.execute(insert(`run ${runs}`))
    if (runs === 1) await proxy.restore()
    await tx.execute(insert('more'))
    return 'done'
  })
  expect(result).toBe('done')
  expect(runs).toBe(2)
  expect(await stored()).toEqual(['more', 'run 2'])
})

test('a transaction that is cut again and again runs twice at most', async () => {
  let runs = 0
  const failed = failureOf(
    database.db.transaction(async (tx) => {
      runs += 1
      await proxy.restore()
      await tx.execute(insert('never'))
    }),
  )
  expect(isInfrastructureError(await failed)).toBe(true)
  expect(runs).toBe(2)
  expect(await stored()).toEqual([])
})

test('a transaction that is cut during its commit is an error, and not run again', async () => {
  let runs = 0
  const failed = failureOf(
    database.db.transaction(async (tx) => {
      runs += 1
      await tx.execute(sql`insert into slow_notes values ('perhaps')`)
    }),
  )
  await expect.poll(isSleeping, { interval: 10 }).toBe(true)
  await proxy.restore()
  expect(isInfrastructureError(await failed)).toBe(true)
  expect(runs).toBe(1)
  // The server had got as far as that; nobody could know.
  await expect.poll(() => stored('slow_notes')).toEqual(['perhaps'])
})

test('what the work itself refuses is not run again', async () => {
  for (const refusal of [unavailable('address', 1), new Error('no')]) {
    let runs = 0
    const failed = database.db.transaction(async () => {
      runs += 1
      throw refusal
    })
    await expect(failed).rejects.toBe(refusal)
    expect(runs).toBe(1)
  }
})

/** Leaves connections that write as little as those to a demoted server, while new ones can write. */
const openReadOnly = async () => {
  const name = `"${new URL(testDatabase.url).pathname.slice(1)}"`
  await other.query(`alter database ${name} set default_transaction_read_only = on`)
  try {
    return await fillPool()
  } finally {
    await other.query(`alter database ${name} reset default_transaction_read_only`)
  }
}

test.each<[string, () => Promise<unknown>]>([
  ['a write of its own', () => database.db.execute(insert('once'))],
  ['a transaction', () => database.db.transaction((tx) => tx.execute(insert('once')))],
])('%s that a server refuses as read-only is stored once, and all connections to it go', async (_, write) => {
  const old = await openReadOnly()
  await write()
  expect(await stored()).toEqual(['once'])
  const now = await fillPool()
  expect(now.filter((pid) => old.includes(pid))).toEqual([])
  expect(codeOf(await failureOf(database.db.execute(insert('more'))))).toBeUndefined()
})

test('where every new connection is read-only too, a write fails after its second try', async () => {
  const name = `"${new URL(testDatabase.url).pathname.slice(1)}"`
  await other.query(`alter database ${name} set default_transaction_read_only = on`)
  await fillPool()
  const sent = await sendingsOf('insert into notes', async () => {
    expect(codeOf(await failureOf(database.db.execute(insert('never'))))).toBe('25006')
  })
  await other.query(`alter database ${name} reset default_transaction_read_only`)
  expect(sent).toBe(2)
})

test('nobody waits for a full pool before a network that swallows everything longer than 5 s', async () => {
  const held = Array.from({ length: poolMax }, () =>
    failureOf(database.db.transaction((tx) => tx.execute(sql`select pg_sleep(60)`))),
  )
  await expect.poll(() => database.pool.totalCount).toBe(poolMax)
  proxy.silence()
  const askedAt = performance.now()
  const failures = await Promise.all([
    failureOf(database.pool.query('select 1')),
    failureOf(database.db.execute(insert('never'))),
    failureOf(database.db.transaction(async () => 'never')),
  ])
  expect(performance.now() - askedAt).toBeLessThan(6_000)
  expect(failures.map(isInfrastructureError)).toEqual([true, true, true])
  await other.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'broken' and datname = current_database()`)
  await proxy.close()
  await Promise.all(held)
  await proxy.restore()
}, 15_000)
