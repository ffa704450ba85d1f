import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signUp } from '../../../test/harness/client.ts'
import { type DataApp, startDataApp } from '../../../test/harness/data-app.ts'
import { type ColumnType, databaseTypeOf } from '../../platform/rows/column.ts'

const rowCount = 230
const field = (name: string, type: string, options: object = {}, nullRate = 0.2) => ({
  name,
  type,
  options,
  nullRate,
})
/** One column of each type; most have equal values. */
const fields = [
  field('id', 'sequence', {}, 0),
  field('flag', 'boolean'),
  field('small', 'integer', { min: -3, max: 3 }),
  field('large', 'bigint', { min: '9223372036854775800', max: '9223372036854775807' }),
  field('ratio', 'float', { min: -1, max: 1 }),
  field('price', 'decimal', { min: 0, max: 1, decimals: 1 }),
  field('word', 'enum', {
    values: ['a', 'A', 'ä', 'b', '', '%', "o'clock", '100%', 'under_score', 'back\\slash'],
  }),
  field('token', 'uuid'),
  field('day', 'date', { from: '2024-01-01', to: '2024-01-05' }),
  field('at_time', 'time'),
  field('moment', 'datetime', { from: '2024-01-01T00:00:00Z', to: '2024-01-01T00:00:40Z' }),
  field('extra', 'json_array', { item: { type: 'noun' }, min: 0, max: 2 }),
]

let app: DataApp
let client: pg.Client
let id: string
let table: string
let columns: { name: string; type: ColumnType }[]

beforeAll(async () => {
  app = await startDataApp()
  const body = {
    seed: 'rows',
    refDate: '2024-06-01T12:00:00Z',
    tables: [{ name: 'things', count: rowCount, fields }],
  }
  ;({ datasetId: id } = await app.make(body))
  table = app.nameOf(id, 'things')
  columns = (await app.show(id)).tables[0].columns
  client = new pg.Client({ connectionString: app.backlot.databaseUrl, options: '-c TimeZone=UTC' })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await app.backlot.close()
})

const idsOf = (rows: Record<string, unknown>[]) => rows.map((row) => row.id)
const selected = async (tail: string, values: unknown[] = []) =>
  (await client.query(`select id::int from ${table} ${tail}`, values)).rows.map((row) => row.id)
const where = (conditions: object) => ({ where: JSON.stringify(conditions) })

test('the columns are of every type', () => {
  expect(new Set(columns.map(({ type }) => type)).size).toBe(11)
})

test.each(['1', '7', '100'])('%s rows a page give all rows once, in their order', async (limit) => {
  expect(idsOf(await app.allRows(id, { limit }))).toEqual(Array.from({ length: rowCount }, (_, n) => n + 1))
})

describe.each(['', '-'])('sorted %s', (sign) => {
  test.each(fields.map(({ name }) => name).filter((name) => name !== 'extra'))(
    'by %s, all rows come once, nulls last, equal values by number',
    async (name) => {
      const direction = sign === '-' ? 'desc' : 'asc'
      const expected = await selected(`order by ${name} ${direction} nulls last, _row`)
      expect(idsOf(await app.allRows(id, { sort: `${sign}${name}`, limit: '23' }))).toEqual(expected)
    },
  )
})

test('a filter and an order go together, page by page', async () => {
  const rows = await app.allRows(id, { ...where({ small: { gte: 0 } }), sort: '-word', limit: '9' })
  expect(idsOf(rows)).toEqual(await selected('where small >= 0 order by word desc nulls last, _row'))
})

describe('a filter finds what SQL finds', () => {
  const signs = { eq: '=', ne: 'is distinct from', gt: '>', gte: '>=', lt: '<', lte: '<=' }
  const typed = fields.slice(1, -1).map(({ name }) => name)

  test.each(typed)('in %s, with every operator', async (name) => {
    const type = databaseTypeOf(columns.find((column) => column.name === name)?.type ?? 'text')
    const middle = await client.query(
      `select ${name}::text as value from ${table} where ${name} is not null order by ${name}, _row offset 90 limit 2`,
    )
    const [value, second] = middle.rows.map((row) => row.value as string)
    const asked = (text: string | undefined) =>
      type === 'boolean' ? text === 'true' : text?.replace(' ', 'T').replace('+00', 'Z')
    for (const [operator, sign] of Object.entries(signs)) {
      const expected = await selected(`where ${name} ${sign} $1::${type} order by _row`, [value])
      const found = await app.allRows(id, {
        ...where({ [name]: { [operator]: asked(value) } }),
        limit: '100',
      })
      expect(idsOf(found), operator).toEqual(expected)
    }
    const oneOf = await selected(`where ${name} = any($1::${type}[]) or ${name} is null order by _row`, [
      [value, second],
    ])
    const found = await app.allRows(id, where({ [name]: { in: [asked(value), asked(second), null] } }))
    expect(idsOf(found)).toEqual(oneOf)
    const plain = await app.allRows(id, where({ [name]: asked(value) }))
    expect(idsOf(plain)).toEqual(await selected(`where ${name} = $1::${type} order by _row`, [value]))
    const empty = await selected(`where ${name} is null order by _row`)
    expect(idsOf(await app.allRows(id, where({ [name]: null })))).toEqual(empty)
    expect(idsOf(await app.allRows(id, where({ [name]: { eq: null } })))).toEqual(empty)
    expect(await app.allRows(id, where({ [name]: { ne: null } }))).toHaveLength(rowCount - empty.length)
  })

  test.each(['%', '_', '\\', "o'", 'A', '00%', '; --'])('that contains %s as it stands', async (part) => {
    const rows = await app.allRows(id, where({ word: { contains: part } }))
    const expected = await selected('where position(lower($1) in lower(word)) > 0 order by _row', [part])
    expect(idsOf(rows)).toEqual(expected)
  })

  test('with several conditions at once', async () => {
    const rows = await app.allRows(id, where({ small: { gt: -2, lte: 2 }, flag: true }))
    expect(idsOf(rows)).toEqual(await selected('where small > -2 and small <= 2 and flag order by _row'))
  })
})

describe('what does not fit is a 422 that names it', () => {
  test.each([
    ['an unknown column', { nothing: 1 }, 'where.nothing'],
    ['a column of JSON', { extra: 'a' }, 'where.extra'],
    ['a word for a number', { small: 'three' }, 'where.small'],
    ['too large a number', { small: 2 ** 31 }, 'where.small'],
    ['no day', { day: '2023-02-30' }, 'where.day'],
    ['no time', { at_time: { lt: '25:00:00' } }, 'where.at_time'],
    ['no instant', { moment: { gt: 'yesterday' } }, 'where.moment'],
    ['an offset that no zone has', { moment: { gt: '2024-01-01T00:00:00+23:00' } }, 'where.moment'],
    ['a double that is too small', { ratio: { gt: '1e-400' } }, 'where.ratio'],
    ['no UUID', { token: { in: ['x'] } }, 'where.token'],
    ['a number for a boolean', { flag: 1 }, 'where.flag'],
    ['a U+0000', { word: 'a\0b' }, 'where.word'],
    ['a part with U+0000', { word: { contains: 'a\0b' } }, 'where.word'],
    ['no bound at all', { word: { gt: null } }, 'where.word'],
    ['an unknown operator', { word: { like: 'a' } }, 'where.word'],
  ])('%s', async (_name, conditions, path) => {
    const answer = await app.rowsOf(id, where(conditions))
    expect(answer.status, answer.text).toBe(422)
    expect(answer.error.errors).toEqual([
      expect.objectContaining({
        path: expect.stringMatching(new RegExp(`${path.replace('.', '\\.')}$|${path}\\.`)),
      }),
    ])
  })

  test('an order by what is no column, and text that is no JSON', async () => {
    for (const sort of ['nothing', '--id', 'extra', 'id desc', '_row', 'id"; drop table users']) {
      const { status, error } = await app.rowsOf(id, { sort })
      expect([status, error.errors[0].path]).toEqual([422, expect.stringMatching(/sort$/)])
    }
    const { status, error } = await app.rowsOf(id, { where: '{"id":' })
    expect([status, error.errors[0].path]).toEqual([422, expect.stringMatching(/where$/)])
  })
})

test('the edges of the integers can be asked for', async () => {
  const edges = { small: { gte: -(2 ** 31), lte: 2 ** 31 - 1 } }
  expect(await app.allRows(id, where(edges))).toHaveLength((await selected('where small is not null')).length)
  const large = { large: { gte: '-9223372036854775808', lte: '9223372036854775807' } }
  expect(await app.allRows(id, where(large))).toHaveLength((await selected('where large is not null')).length)
})

test('SQL in names and values does nothing', async () => {
  const names = ['id" = 1 or 1=1 --', "id'", 'id); drop table users; --', '_row', 'ctid', 'constructor']
  for (const name of names) {
    const { status } = await app.rowsOf(id, { where: `{${JSON.stringify(name)}:1}` })
    expect([name, status]).toEqual([name, 422])
  }
  for (const value of [
    "' or '1'='1",
    "'; drop table users; --",
    "\\'; select 1; --",
    'E\\047',
    '$1',
    "''::text",
  ]) {
    for (const conditions of [{ word: value }, { word: { contains: value } }, { word: { in: [value] } }]) {
      expect((await app.rowsOf(id, where(conditions))).json.data).toEqual([])
    }
  }
  for (const name of ['things"; drop table users; --', 'pg_class', "'", 'Things']) {
    expect((await app.rowsOf(id, { table: name })).status).toBe(404)
  }
  expect((await client.query('select count(*)::int as n from users')).rows[0].n).toBeGreaterThan(0)
})

describe('a cursor', () => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

  test.each([
    ['no base64', '%%%'],
    ['no JSON', Buffer.from('row').toString('base64url')],
    ['no row', encode({})],
    ['a row below 0', encode({ row: -1 })],
    ['half a row', encode({ row: 1.5 })],
    ['a row as text', encode({ row: '1; drop table users' })],
    ['a list', encode([1])],
    ['null', encode(null)],
  ])('that is %s is refused', async (_name, cursor) => {
    expect(await app.rowsOf(id, { cursor })).toMatchObject({
      status: 422,
      error: { errors: [{ path: 'cursor' }] },
    })
  })

  test('of an order is good for that order alone', async () => {
    const first = await app.rowsOf(id, { sort: 'word', limit: '5' })
    const { nextCursor: cursor } = first.json.page
    for (const sort of ['-word', 'small', undefined]) {
      const other = await app.rowsOf(id, { cursor, ...(sort === undefined ? {} : { sort }) })
      expect([sort, other.status]).toEqual([sort, 422])
    }
  })

  test('far behind the end gives no rows', async () => {
    const answer = await app.rowsOf(id, { cursor: encode({ row: Number.MAX_SAFE_INTEGER }) })
    expect(answer.json).toMatchObject({ data: [], page: { nextCursor: null } })
  })

  test('stays short where the values are long', async () => {
    const long = [
      field('id', 'sequence', {}, 0),
      field('story', 'paragraph', { sentences: { min: 10, max: 10 } }, 0),
    ]
    const { datasetId } = await app.make({ count: 4, fields: long })
    const page = await app.rowsOf(datasetId, { sort: 'story', limit: '2' })
    expect(page.json.page.nextCursor.length).toBeLessThan(200)
    expect(await app.allRows(datasetId, { sort: 'story', limit: '1' })).toHaveLength(4)
  })
})

test("another's rows do not exist, nor do those of a table that is not there", async () => {
  const ben = await signUp(app.backlot)
  expect((await app.get(`datasets/${id}/rows`, ben)).status).toBe(404)
  expect((await app.rowsOf(id, { table: 'nothing' })).status).toBe(404)
  expect((await app.rowsOf('00000000-0000-7000-8000-000000000000')).status).toBe(404)
})

test('a query that is stopped for its time is answered so', async () => {
  await client.query('begin')
  await client.query(`lock table ${table} in access exclusive mode`)
  try {
    const answer = app.rowsOf(id, where({ word: { contains: 'slow' } }))
    const waiting = `select pid from pg_stat_activity where wait_event_type = 'Lock' and query like '%slow%' and pid <> pg_backend_pid()`
    await expect.poll(async () => (await app.query(waiting)).length, { timeout: 4_000 }).toBe(1)
    await app.query(`select pg_cancel_backend(pid) from (${waiting}) as stopped`)
    expect(await answer).toMatchObject({ status: 503, error: { code: 'QUERY_TOO_SLOW' } })
  } finally {
    await client.query('rollback')
  }
})
