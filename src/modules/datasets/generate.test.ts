import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signUp } from '../../../test/harness/client.ts'
import { type DataApp, startDataApp } from '../../../test/harness/data-app.ts'
import { fieldTypes } from './generator/field-types.ts'
import { presetNames } from './presets.ts'

let app: DataApp
beforeAll(async () => {
  app = await startDataApp()
})
afterAll(() => app.backlot.close())

const field = (name: string, type: string, more: object = {}) => ({ name, type, ...more })
const people = { count: 30, fields: [field('id', 'sequence'), field('email', 'email', { unique: true })] }
const dayMs = 24 * 60 * 60_000

test('one table is written flat, many in a list, and the same seed gives the same rows', async () => {
  const flat = await app.make({ ...people, seed: 'spring' })
  const listed = await app.make({ tables: [{ name: 'data', ...people }], seed: 'spring' })
  const other = await app.make({ ...people, seed: 'autumn' })
  const rows = await app.allRows(flat.datasetId, {})
  expect(rows).toHaveLength(30)
  expect(await app.allRows(listed.datasetId, {})).toEqual(rows)
  expect(await app.allRows(other.datasetId, {})).not.toEqual(rows)
})

test('a seed is a number or text, and is told when it was chosen', async () => {
  const [asNumber, asText] = [
    await app.make({ ...people, seed: 42 }),
    await app.make({ ...people, seed: '42' }),
  ]
  expect(asNumber.seed).toBe('42')
  expect(await app.allRows(asNumber.datasetId, {})).toEqual(await app.allRows(asText.datasetId, {}))
  const chosen = await app.make(people)
  const again = await app.make({ ...people, seed: chosen.seed })
  expect(await app.allRows(again.datasetId, {})).toEqual(await app.allRows(chosen.datasetId, {}))
})

test.each(presetNames)('the preset %s has its rows, and no reference without its row', async (preset) => {
  const { datasetId } = await app.make({ preset, count: 300 })
  const { tables, rows } = await app.show(datasetId)
  expect(tables.find(({ name }: { name: string }) => name === preset)?.rows).toBe(300)
  let stored = 0
  for (const { name, rows } of tables) {
    const [found] = await app.query<{ n: number }>(
      `select count(*)::int as n from ${app.nameOf(datasetId, name)}`,
    )
    expect(found?.n).toBe(rows)
    stored += rows
  }
  expect(rows).toBe(stored)
  expect(await app.countOrphans(datasetId)).toBe(0)
  const references = tables.flatMap(({ foreignKeys }: { foreignKeys: object[] }) => foreignKeys)
  expect(references.length > 0).toBe(tables.length > 1)
})

describe('a preview has the first 100 rows that the job writes', () => {
  const compare = async (body: object) => {
    const { data: preview, status, text } = await app.post('generate/preview', body)
    expect(status, text).toBe(200)
    const { seed, refDate } = preview
    const { datasetId } = await app.make({ ...body, seed, refDate })
    for (const { name, rows } of preview.tables) {
      const read = await app.rowsOf(datasetId, { table: name, limit: '100' })
      expect(read.json.data).toEqual(rows)
      expect(rows.length).toBeGreaterThan(0)
    }
    return preview
  }

  test.each(presetNames)('of %s', async (preset) => {
    const { tables } = await compare({ preset, count: 250, locale: 'de' })
    expect(tables.find(({ name }: { name: string }) => name === preset).rows).toHaveLength(100)
  })

  test('of every type, as its example says', async () => {
    const neighbours = [
      field('id', 'sequence'),
      field('name', 'full_name'),
      field('price', 'price'),
      field('quantity', 'integer', { options: { min: 1, max: 9 } }),
      field('created_at', 'datetime'),
      field('product_id', 'reference', { options: { table: 'users', column: 'id' }, nullRate: 0.1 }),
    ]
    const examples = [...fieldTypes.values()].map(({ name, example }) =>
      field(`a_${name}`, name, { options: example, nullRate: 0.1 }),
    )
    expect(examples.length).toBeGreaterThanOrEqual(60)
    const tables = []
    for (let at = 0; at < examples.length; at += 25) {
      const fields = [...neighbours, ...examples.slice(at, at + 25)]
      tables.push({ name: at === 0 ? 'users' : `more_${at}`, count: 120, fields })
    }
    await compare({ tables })
  })
})

test('a key replays the answer, and another body with it is refused', async () => {
  const headers = { 'idempotency-key': 'make-people-1' }
  const first = await app.post('generate', people, headers)
  const second = await app.post('generate', people, headers)
  expect([first.status, second.status]).toEqual([202, 202])
  expect(second.headers['idempotency-replayed']).toBe('true')
  expect(second.data).toEqual(first.data)
  const other = await app.post('generate', { ...people, count: 31 }, headers)
  expect(other).toMatchObject({ status: 422, error: { code: 'IDEMPOTENCY_KEY_REUSED' } })
  const found = await app.query(`select id from datasets where job_id = '${first.data.jobId}'`)
  expect(found).toEqual([{ id: first.data.datasetId }])
})

test('answers at once where the job is, and with Prefer how it ended', async () => {
  const { data, headers } = await app.post('generate', people)
  expect(data).toMatchObject({ status: 'pending', statusUrl: headers.location })
  expect((await app.make(people)).status).toBe('completed')
  const status = await app.get(`status/${data.jobId}`)
  expect(status.data).toMatchObject({ jobId: data.jobId, type: 'dataset.generate-small' })
})

test('a dataset that is not stored makes its rows when they are read, without a filter or an order', async () => {
  const made = await app.make({ ...people, seed: 'spring', store: false })
  const stored = await app.make({ ...people, seed: 'spring' })
  const tablesBehind = await app.query(
    `select nspname from pg_namespace where nspname = '${app.nameOf(made.datasetId, 'data').split('.')[0]}'`,
  )
  expect(tablesBehind).toEqual([])
  const rows = await app.allRows(made.datasetId, { limit: '7' })
  expect(rows).toEqual(await app.allRows(stored.datasetId, { limit: '7' }))
  for (const [name, value] of Object.entries({ sort: 'id', where: '{"id":1}' })) {
    expect(await app.rowsOf(made.datasetId, { [name]: value })).toMatchObject({
      status: 409,
      error: { code: 'DATASET_NOT_STORED' },
    })
  }
})

test('tables may be empty', async () => {
  const { datasetId } = await app.make({
    tables: [
      { name: 'a', ...people, count: 0 },
      { name: 'b', ...people },
    ],
  })
  expect((await app.rowsOf(datasetId, { table: 'a' })).json).toMatchObject({
    data: [],
    page: { nextCursor: null },
  })
  expect(await app.allRows(datasetId, { table: 'b' })).toHaveLength(30)
})

describe('a schema that cannot be made', () => {
  const pathsOf = async (body: object) => {
    const answers = await Promise.all([app.post('generate', body), app.post('generate/preview', body)])
    expect(answers.map(({ status }) => status)).toEqual([422, 422])
    const faults = answers.map(({ error }) => error.errors as { path: string; code: string }[])
    expect(faults[0]).toEqual(faults[1])
    return (faults[0] ?? []).map(({ path, code }) => `${path} ${code}`).sort()
  }

  test('is refused with every fault at its path', async () => {
    const tables = [
      {
        name: 'users',
        count: 1000,
        fields: [
          field('id', 'sequence'),
          field('ID', 'uuid'),
          field('mood', 'feeling'),
          field('age', 'integer', { options: { min: 10, max: 1 } }),
          field('score', 'integer', { options: { top: 5 } }),
          field('digit', 'integer', { options: { min: 0, max: 9 }, unique: true }),
          field('story', 'sentence', { unique: true }),
        ],
      },
      {
        name: 'Users',
        count: 5,
        fields: [
          field('boss', 'reference', { options: { table: 'nobody', column: 'id' } }),
          field('user', 'reference', { options: { table: 'users', column: 'nothing' } }),
          field('line', 'template', { options: { template: '{{nothing}}' } }),
        ],
      },
    ]
    expect(await pathsOf({ tables })).toEqual([
      expect.stringMatching(/^tables\.0\.fields\.1\.name repeated_name$/),
      expect.stringMatching(/^tables\.0\.fields\.2\.type unknown_type$/),
      expect.stringMatching(/^tables\.0\.fields\.3\.options\.m(in|ax) /),
      expect.stringMatching(/^tables\.0\.fields\.4\.options(\.top)? unrecognized_keys$/),
      expect.stringMatching(/^tables\.0\.fields\.5\.unique space_too_small$/),
      expect.stringMatching(/^tables\.0\.fields\.6\.unique unique_not_supported$/),
      expect.stringMatching(/^tables\.1\.fields\.0\.options\.table unknown_table$/),
      expect.stringMatching(/^tables\.1\.fields\.1\.options\.column unknown_field$/),
      expect.stringMatching(/^tables\.1\.fields\.2\.options(\.template)? unknown_field$/),
      expect.stringMatching(/^tables\.1\.name repeated_name$/),
    ])
  })

  test('written flat, has its paths as written', async () => {
    const fields = [field('mood', 'feeling'), field('age', 'integer', { options: { min: 10, max: 1 } })]
    const [age, mood] = (await pathsOf({ count: 5, fields })).sort().reverse()
    expect(mood).toBe('fields.0.type unknown_type')
    expect(age).toMatch(/^fields\.1\.options\.m(in|ax) /)
  })

  test('because tables need each other is refused, until one reference may be empty', async () => {
    const needs = (name: string, other: string, nullRate: number) => ({
      name,
      count: 10,
      fields: [
        field('id', 'sequence'),
        field('other', 'reference', { options: { table: other, column: 'id' }, nullRate }),
      ],
    })
    expect(await pathsOf({ tables: [needs('a', 'b', 0), needs('b', 'a', 0)] })).toEqual([
      'tables.0.fields.1 circular_reference',
      'tables.1.fields.1 circular_reference',
    ])
    const { datasetId } = await app.make({ tables: [needs('a', 'b', 0), needs('b', 'a', 0.5)] })
    expect(await app.countOrphans(datasetId)).toBe(0)
  })

  test('or is no schema at all, is refused', async () => {
    expect(await pathsOf({})).toEqual(['tables custom'])
    expect(await pathsOf({ preset: 'users', ...people })).toEqual(['tables custom'])
    expect(await pathsOf({ fields: people.fields })).toEqual(['count custom'])
    expect(await pathsOf({ fields: [field('a"b', 'uuid')], count: -1, seed: -1, extra: 1 })).toHaveLength(4)
    const tables = Array.from({ length: 2 }, (_, n) => ({ ...people, name: `t${n}`, count: 60_000_000 }))
    expect(await pathsOf({ tables })).toEqual(['tables too_many_rows'])
  })
})

describe('the quota holds', () => {
  test.each([
    ['rows', { DATA_QUOTA_ROWS: '1000' }, 10],
    ['bytes', { DATA_QUOTA_BYTES: '100000' }, undefined],
  ])('in %s, for 20 requests at once', async (unit, env, expected) => {
    const small = await startDataApp({ env: { ...env, DATASET_RETENTION_DAYS: '3' } })
    try {
      const body = { ...people, count: 100, seed: 'q' }
      const answers = await Promise.all(Array.from({ length: 20 }, () => small.post('generate', body)))
      const taken = answers.filter(({ status }) => status === 202)
      const refused = answers.filter(({ status }) => status === 413)
      expect(taken.length + refused.length).toBe(20)
      expect(new Set(refused.map(({ error }) => error.code))).toEqual(new Set(['QUOTA_EXCEEDED']))
      const [held] = await small.query<{ rows: number; bytes: number; each: number }>(
        'select sum(row_count)::int as rows, sum(size_bytes)::int as bytes, max(size_bytes)::int as each from datasets',
      )
      const { rows = 0, bytes = 0, each = 1 } = held ?? {}
      expect(taken).toHaveLength(expected ?? Math.floor(100_000 / each))
      expect(unit === 'rows' ? rows : bytes).toBeLessThanOrEqual(unit === 'rows' ? 1000 : 100_000)
      expect((await small.post('generate', { ...body, store: false })).status).toBe(202)
      const ben = await signUp(small.backlot)
      expect((await small.post('generate', body, {}, ben)).status).toBe(202)

      const days = (Date.parse(taken[0]?.data.expiresAt) - Date.now()) / dayMs
      expect(days).toBeGreaterThan(2.99)
      expect(days).toBeLessThanOrEqual(3)
      const shown = await small.show(taken[0]?.data.datasetId)
      expect(shown.expiresAt).toBe(taken[0]?.data.expiresAt)
    } finally {
      await small.backlot.close()
    }
  })
})
