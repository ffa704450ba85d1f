import { compileDataset } from '../../src/modules/datasets/generator/compile-dataset.ts'
import type { Locale } from '../../src/modules/datasets/generator/dictionaries.ts'
import { writeRows } from '../../src/modules/datasets/generator/write-rows.ts'
import { readRows } from '../../src/platform/rows/copy-text.ts'

export type Wanted = {
  type: string
  options?: Record<string, unknown>
  count: number
  unique?: boolean
  seed?: string
  locale?: Locale
  refDate?: string
}

/**
 * The values of one field of that type, in a table of `count` rows.
 * @throws InvalidSchema
 */
export const generateValues = async (wanted: Wanted): Promise<string[]> => {
  const { type, options = {}, count, unique = false, seed = 'test', locale = 'en' } = wanted
  const { refDate = '2024-06-01T12:00:00Z' } = wanted
  const field = { name: 'value', type, options, unique, nullRate: 0 }
  const tables = [{ name: 'things', count, fields: [field] }]
  const [table] = await compileDataset({ seed, locale, refDate, tables })
  const chunks = [...writeRows(table?.fields ?? [], { first: 0, end: count, numbered: false })]
  return chunks.flatMap(({ bytes }) => readRows(bytes)).map(([cell]) => cell ?? '')
}
