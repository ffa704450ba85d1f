import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase } from '../../../../test/harness/test-database.ts'
import { databaseTypeOf } from '../../../platform/rows/column.ts'
import { readRows } from '../../../platform/rows/copy-text.ts'
import { compileDataset } from './compile-dataset.ts'
import type { FieldSchema } from './dataset-schema.ts'
import { locales } from './dictionaries.ts'
import { fieldTypes } from './field-types.ts'
import { writeRows } from './write-rows.ts'

const rowCount = 1000
const field = (name: string, type: string, options: Record<string, unknown> = {}): FieldSchema => ({
  name,
  type,
  options,
  nullRate: 0,
  unique: false,
})

/** What the examples of templates, formulas and references speak of. */
const neighbours = [
  field('id', 'sequence'),
  field('name', 'full_name'),
  field('price', 'price'),
  field('quantity', 'integer', { min: 1, max: 9 }),
  field('created_at', 'datetime'),
]

const bytesOf = async (typeName: string, locale: (typeof locales)[number] = 'en') => {
  const example = fieldTypes.get(typeName)?.example as Record<string, unknown>
  const tables = await compileDataset({
    seed: 'round trip',
    locale,
    refDate: '2024-02-29T12:34:56Z',
    tables: [
      { name: 'users', count: 100, fields: neighbours },
      {
        name: 'things',
        count: rowCount,
        fields: [
          ...neighbours,
          field('product_id', 'reference', { table: 'users', column: 'id' }),
          field('value', typeName, example),
        ],
      },
    ],
  })
  const value = tables[1]?.fields.at(-1)
  if (value === undefined) throw new Error('The field was not compiled')
  const chunks = [...writeRows([value], { first: 0, end: rowCount, numbered: true })]
  return { value, bytes: Buffer.concat(chunks.map((chunk) => chunk.bytes)) }
}

let database: Awaited<ReturnType<typeof createTestDatabase>>
let client: pg.Client
beforeAll(async () => {
  database = await createTestDatabase()
  client = new pg.Client({ connectionString: database.url, options: '-c TimeZone=UTC -c DateStyle=ISO' })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

test.each([...fieldTypes.keys()])('PostgreSQL prints the values of %s as they were written', async (name) => {
  const { value, bytes } = await bytesOf(name)
  await client.query(`create temporary table trip (row bigint, value ${databaseTypeOf(value.columnType)})`)
  try {
    await pipeline(Readable.from([bytes]), client.query(copyFrom('copy trip from stdin')))
    const printed = await buffer(client.query(copyTo('copy (select * from trip order by row) to stdout')))
    const asPrinted = readRows(printed)
    const asWritten = readRows(bytes)
    const different = asWritten.flatMap(([, written], row) => {
      const printed = asPrinted[row]?.[1]
      return written === printed ? [] : [{ written, printed }]
    })
    expect(different).toEqual([])
    expect(asPrinted).toHaveLength(rowCount)
  } finally {
    await client.query('drop table trip')
  }
})

test.each([...fieldTypes.keys()])('%s keeps its promises in every language', async (name) => {
  for (const locale of locales) {
    const { value, bytes } = await bytesOf(name, locale)
    const cells = readRows(bytes).map(([, cell]) => cell ?? null)
    const present = cells.filter((cell) => cell !== null)
    expect(cells).toHaveLength(rowCount)
    expect(Math.max(0, ...present.map((cell) => Buffer.byteLength(cell)))).toBeLessThanOrEqual(value.maxBytes)
    if (value.plain) expect(present.filter((cell) => /[\t\r\n\\]/.test(cell))).toEqual([])
    if (value.unique) expect(new Set(present).size).toBe(present.length)
    if (!value.nullable) expect(present).toHaveLength(rowCount)
    expect(present.filter((cell) => /\{\{|undefined|NaN/.test(cell))).toEqual([])
  }
})

test('every type says what it is, and its example is valid', () => {
  for (const { name, description, options, example } of fieldTypes.values()) {
    expect(description, name).toMatch(/^\S.{5,}\.$/)
    expect(options.safeParse(example).success, name).toBe(true)
    expect(options.safeParse({ ...(example as object), noSuchOption: 1 }).success, name).toBe(false)
  }
})
