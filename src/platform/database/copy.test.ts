import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { hostileTexts } from '../../../test/harness/hostile-table.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { readRows } from '../rows/copy-text.ts'
import { PoolBreaker } from './breaker.ts'
import { BulkConnections } from './bulk-connections.ts'
import { copyIn, copyOut } from './copy.ts'
import { quoteName } from './quote-name.ts'

const forever = new AbortController().signal
const target = { schema: 'the "place"', table: "o'things", columns: ['n', 'a "b"'] }
const tableName = `${quoteName(target.schema)}.${quoteName(target.table)}`

let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>
let other: pg.Client
let breaker: PoolBreaker
let bulk: BulkConnections

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  other = new pg.Client({ connectionString: testDatabase.url })
  await other.connect()
  await other.query(`create schema ${quoteName(target.schema)}`)
  await other.query(`create table ${tableName} ("a ""b""" text, extra int default 7, n int unique)`)
  breaker = new PoolBreaker('copy test', async () => undefined)
  const options = { url: testDatabase.url, ssl: false, max: 2, applicationName: 'copy' }
  bulk = new BulkConnections({ ...options, onIdleError: () => undefined }, breaker)
})
beforeEach(async () => {
  await other.query(`truncate ${tableName}`)
})
afterAll(async () => {
  await bulk.close()
  breaker.close()
  await other.end()
  await testDatabase.drop()
})

const countRows = async () => (await other.query(`select count(*)::int as n from ${tableName}`)).rows[0].n
const write = (rows: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, signal = forever) =>
  bulk.use(signal, ({ db, client }) => db.transaction(() => copyIn(client, target, rows, signal)))
const escaped = (text: string) =>
  text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r')

const gather = async (chunks: AsyncIterable<Buffer>) => {
  const found: Buffer[] = []
  for await (const chunk of chunks) found.push(chunk)
  return found
}

async function* endless() {
  for (let n = 0; ; n += 1) {
    yield Buffer.from(`${n}\tx\n`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('what goes in comes out, into the columns that are named, wherever the bytes are cut', async () => {
  const bytes = Buffer.from(hostileTexts.map((text, n) => `${n}\t${escaped(text)}\n`).join(''))
  const cut = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, n) => bytes.subarray(n * 7, n * 7 + 7))
  expect(await write(cut)).toBe(hostileTexts.length)
  const { rows } = await other.query(`select n, "a ""b""" as text, extra from ${tableName} order by n`)
  expect(rows).toEqual(hostileTexts.map((text, n) => ({ n, text, extra: 7 })))
  const read = await bulk.use(forever, async ({ client }) => {
    const found: (string | null)[][] = []
    const select = `select n, "a ""b""", null from ${tableName} order by n`
    for await (const chunk of copyOut(client, select)) found.push(...readRows(chunk))
    return found
  })
  expect(read).toEqual(hostileTexts.map((text, n) => [String(n), text, null]))
})

test('no rows are no fault', async () => {
  expect(await write([])).toBe(0)
  const chunks = await bulk.use(forever, ({ client }) =>
    gather(copyOut(client, `select * from ${tableName}`)),
  )
  expect(chunks).toEqual([])
})

test.each([
  ['a value of the wrong type', ['1\tx\n', 'two\ty\n'], '22P02'],
  ['a value that is there already', ['1\tx\n', '1\ty\n'], '23505'],
  ['too many cells', ['1\tx\ty\n'], '22P04'],
])('%s fails the whole, and leaves nothing', async (_name, lines, code) => {
  await expect(write(lines.map((line) => Buffer.from(line)))).rejects.toMatchObject({ code })
  expect(await countRows()).toBe(0)
})

test('a source that fails leaves nothing', async () => {
  async function* broken() {
    yield Buffer.from('1\tx\n')
    throw new Error('the source broke')
  }
  await expect(write(broken())).rejects.toThrow('the source broke')
  await expect.poll(countRows).toBe(0)
})

test('an abort stops writing soon, and leaves nothing', async () => {
  const stop = new AbortController()
  const writing = write(endless(), stop.signal)
  const stopped = expect(writing).rejects.toThrow()
  const busy = `select 1 from pg_stat_activity where query like 'copy %' and state = 'active'`
  await expect.poll(async () => (await other.query(busy)).rowCount).toBe(1)
  const aborted = performance.now()
  stop.abort()
  await stopped
  expect(performance.now() - aborted).toBeLessThan(1_000)
  await expect.poll(async () => (await other.query(busy)).rowCount).toBe(0)
  expect(await countRows()).toBe(0)
})

test('whoever stops reading half-way leaves nothing that runs', async () => {
  const first = bulk.use(forever, async ({ client }) => {
    for await (const chunk of copyOut(client, 'select generate_series(1, 100000000)')) {
      throw new Error(`enough after ${chunk.length > 0}`)
    }
  })
  await expect(first).rejects.toThrow('enough after true')
  const busy = `select 1 from pg_stat_activity where query like 'copy (select gen%' and state = 'active'`
  await expect.poll(async () => (await other.query(busy)).rowCount, { timeout: 5_000 }).toBe(0)
})

test('reading fails as the query does', async () => {
  const read = (select: string) => bulk.use(forever, ({ client }) => gather(copyOut(client, select)))
  await expect(read('select nothing')).rejects.toMatchObject({ code: '42703' })
  await expect(read('select 1 / (3 - n) from generate_series(1, 9) as n')).rejects.toMatchObject({
    code: '22012',
  })
})

test('reading waits for whoever takes the rows', async () => {
  const rss = process.memoryUsage().rss
  await bulk.use(forever, async ({ client }) => {
    const rows = copyOut(client, `select repeat('x', 1000) from generate_series(1, 200000)`)
    const first = await rows.next()
    expect(first.done).toBe(false)
    await bulk.use(forever, ({ db }) => db.execute(sql`select pg_sleep(0.5)`))
    expect(process.memoryUsage().rss - rss).toBeLessThan(100 * 1024 ** 2)
    let bytes = first.value?.length ?? 0
    for await (const chunk of rows) bytes += chunk.length
    expect(bytes).toBe(200_000 * 1_001)
  })
})
