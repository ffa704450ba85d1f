import fs from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { faker } from '@faker-js/faker'
import { compileDataset } from '../src/modules/datasets/generator/compile-dataset.ts'
import type { CompiledTable } from '../src/modules/datasets/generator/compiled-table.ts'
import { writeRows } from '../src/modules/datasets/generator/write-rows.ts'

/** What every part of the bench makes: ten columns, about 130 bytes of text a row. As the body of `POST /v1/generate`. */
export const benchDataset = (count: number) => ({
  seed: 'bench',
  locale: 'en' as const,
  refDate: '2026-01-01T00:00:00Z',
  count,
  fields: [
    { name: 'id', type: 'sequence' },
    { name: 'key', type: 'uuid' },
    { name: 'first_name', type: 'first_name' },
    { name: 'last_name', type: 'last_name' },
    { name: 'email', type: 'email' },
    { name: 'city', type: 'city' },
    { name: 'visits', type: 'integer', options: { max: 1_000 } },
    { name: 'balance', type: 'decimal' },
    { name: 'created_at', type: 'datetime', options: { resolution: 'second' } },
    { name: 'active', type: 'boolean' },
  ],
})

/** The same rows as DuckDB reads them from the prepared file. */
export const duckdbColumns = {
  _row: 'BIGINT',
  id: 'BIGINT',
  key: 'UUID',
  first_name: 'VARCHAR',
  last_name: 'VARCHAR',
  email: 'VARCHAR',
  city: 'VARCHAR',
  visits: 'INTEGER',
  balance: 'DECIMAL(18, 2)',
  created_at: 'TIMESTAMPTZ',
  active: 'BOOLEAN',
}

export const compileBenchTable = async (count: number): Promise<CompiledTable> => {
  const { fields, seed, locale, refDate } = benchDataset(count)
  const plainFields = fields.map((field) => ({ options: {}, nullRate: 0, unique: false, ...field }))
  const tables = [{ name: 'data', count, fields: plainFields }]
  const [table] = await compileDataset({ seed, locale, refDate, tables })
  if (table === undefined) throw new Error('The dataset of the bench has no table')
  return table
}

/** @returns how many bytes were made */
export const makeRows = ({ fields }: CompiledTable, count: number): number => {
  let bytes = 0
  for (const chunk of writeRows(fields, { first: 0, end: count, numbered: false }))
    bytes += chunk.bytes.length
  return bytes
}

/** All rows at once, to be hashed. */
export const collectRows = ({ fields }: CompiledTable, count: number): Buffer[] =>
  Array.from(writeRows(fields, { first: 0, end: count, numbered: false }), ({ bytes }) => bytes)

/** Rows in a file as the jobs give them to COPY. `middle`: the offset of the row that half of them stand before. */
export type PreparedRows = { file: string; count: number; middle: number; sizeBytes: number }

export const prepareRows = async (
  { fields }: CompiledTable,
  count: number,
  file: string,
): Promise<PreparedRows> => {
  const half = Math.floor(count / 2)
  const halves: [number, number][] = [
    [0, half],
    [half, count],
  ]
  let [middle, sizeBytes] = [0, 0]
  function* chunks() {
    for (const [first, end] of halves) {
      middle = sizeBytes
      for (const { bytes } of writeRows(fields, { first, end, numbered: true })) {
        sizeBytes += bytes.length
        yield bytes
      }
    }
  }
  await pipeline(chunks, fs.createWriteStream(file))
  return { file, count, middle, sizeBytes }
}

/** The ten columns as CSV text, made as people make them who use faker. @returns the length of the text */
export const makeFakerRows = (count: number): number => {
  let length = 0
  for (let row = 1; row <= count; row += 1) {
    const [firstName, lastName] = [faker.person.firstName(), faker.person.lastName()]
    const cells = [
      row,
      faker.string.uuid(),
      firstName,
      lastName,
      faker.internet.email({ firstName, lastName }),
      faker.location.city(),
      faker.number.int({ min: 0, max: 1_000 }),
      faker.finance.amount({ min: 0, max: 1_000 }),
      faker.date.past({ years: 1, refDate: '2026-01-01T00:00:00Z' }).toISOString(),
      faker.datatype.boolean(),
    ]
    length += `${cells.join(',')}\r\n`.length
  }
  return length
}
