import { z } from 'zod'
import { locales } from './dictionaries.ts'

const mostTables = 20
const mostFields = 100
export const mostRows = 100_000_000
/** What most programs and PostgreSQL take without quotes, and never a name of our own, which starts with an underscore. */
const name = z
  .string()
  .max(63)
  .regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'Use letters, digits and _, and start with a letter.')

/** Every table has these already. Source: PostgreSQL documentation, "System Columns". */
const systemColumns = new Set(['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid'])

const fieldSchema = z.strictObject({
  name: name.refine((text) => !systemColumns.has(text), {
    error: 'PostgreSQL has a column of this name in every table. Take another.',
  }),
  type: z.string().max(50).describe('One of GET /v1/generate/types.'),
  options: z.record(z.string().max(100), z.unknown()).default({}),
  nullRate: z.number().min(0).max(1).default(0).describe('The share of rows that have no value.'),
  unique: z.boolean().default(false),
})

const fields = z.array(fieldSchema).min(1).max(mostFields)
const count = z.int().min(0).max(mostRows)

const tableSchema = z.strictObject({ name, count, fields })

/** What is made, complete: the same schema and engine version make the same bytes. */
export const datasetSchema = z.strictObject({
  seed: z.string().min(1).max(100),
  locale: z.enum(locales),
  refDate: z.iso.datetime({ error: 'Give an instant in UTC, such as 2026-01-01T00:00:00Z.' }),
  tables: z.array(tableSchema).min(1).max(mostTables),
})

export type FieldSchema = z.output<typeof fieldSchema>
export type TableSchema = z.output<typeof tableSchema>
export type DatasetSchema = z.output<typeof datasetSchema>
