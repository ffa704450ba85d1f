import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { presetNames, tablesOfPreset } from '../presets.ts'
import { compileDataset } from './compile-dataset.ts'
import type { FieldSchema } from './dataset-schema.ts'
import { type Locale, locales } from './dictionaries.ts'
import { engineVersion } from './field-compiler.ts'
import { fieldTypes } from './field-types.ts'
import { writeRows } from './write-rows.ts'

const rowCount = 200
const field = (name: string, type: string, options = {}): FieldSchema => ({
  name,
  type,
  options,
  nullRate: 0.1,
  unique: false,
})

/** Each type with its example, in fields of names of their own; what some examples speak of stands before. */
const allTypes = [
  field('id', 'sequence'),
  field('name', 'full_name'),
  field('price', 'price'),
  field('quantity', 'integer', { min: 1, max: 9 }),
  field('created_at', 'datetime'),
  field('product_id', 'reference', { table: 'users', column: 'id' }),
  ...[...fieldTypes.values()].map(({ name, example }) => field(`a_${name}`, name, Object(example))),
]
const users = ['id', 'name', 'price'].map((name) => ({
  ...field(name, name === 'id' ? 'sequence' : name === 'name' ? 'full_name' : 'price'),
  nullRate: 0,
}))

const hashOf = async (locale: Locale): Promise<string> => {
  const schema = { seed: 'golden', locale, refDate: '2024-02-29T12:34:56Z' }
  const inHundreds = Array.from({ length: Math.ceil(allTypes.length / 90) }, (_, part) => ({
    name: `all_${part}`,
    count: rowCount,
    fields: [...allTypes.slice(0, 6), ...allTypes.slice(6 + part * 90, 6 + (part + 1) * 90)],
  }))
  const tables = await compileDataset({
    ...schema,
    tables: [{ name: 'users', count: 50, fields: users }, ...inHundreds],
  })
  const presets = await Promise.all(
    presetNames.map((name) => compileDataset({ ...schema, tables: tablesOfPreset(name, rowCount) })),
  )
  const hash = createHash('sha256')
  for (const { fields, rowCount: end } of [...tables, ...presets.flat()]) {
    for (const { bytes } of writeRows(fields, { first: 0, end, numbered: true })) hash.update(bytes)
  }
  return hash.digest('hex')
}

test(`engine version ${engineVersion} makes the bytes that it always made, in every language`, async () => {
  const hash = createHash('sha256')
  for (const locale of locales) hash.update(await hashOf(locale))
  // Another hash means that datasets change under their owners: raise engineVersion with it.
  expect({ engineVersion, sha256: hash.digest('hex') }).toEqual({
    engineVersion: 1,
    sha256: 'f6269d9e8700b34904433bc5cf892428df7d82e8601766e2bc3bb61b1fa4e45f',
  })
})
