import { compileDataset, InvalidSchema } from '../../src/modules/datasets/generator/compile-dataset.ts'
import type { FieldSchema } from '../../src/modules/datasets/generator/dataset-schema.ts'
import { writeRows } from '../../src/modules/datasets/generator/write-rows.ts'
import type { FieldFault } from '../../src/platform/errors.ts'
import { readRows } from '../../src/platform/rows/copy-text.ts'

type Field = Pick<FieldSchema, 'name' | 'type'> & Partial<FieldSchema>
export type WantedTable = { name: string; count: number; fields: Field[] }

const schemaOf = (tables: WantedTable[]) => ({
  seed: 'test',
  locale: 'en' as const,
  refDate: '2024-06-01T12:00:00Z',
  tables: tables.map((table) => ({
    ...table,
    fields: table.fields.map((field) => ({ options: {}, nullRate: 0, unique: false, ...field })),
  })),
})

/**
 * The cells of all rows, by the names of their table and column.
 * @throws InvalidSchema
 */
export const generateTables = async (
  wanted: WantedTable[],
): Promise<Record<string, Record<string, (string | null)[]>>> => {
  const tables = await compileDataset(schemaOf(wanted))
  const cellsOf = ({ fields, rowCount }: (typeof tables)[number]) => {
    const chunks = [...writeRows(fields, { first: 0, end: rowCount, numbered: false })]
    const rows = chunks.flatMap(({ bytes }) => readRows(bytes))
    return fields.map(({ name }, place) => [name, rows.map((row) => row[place] ?? null)] as const)
  }
  return Object.fromEntries(tables.map((table) => [table.name, Object.fromEntries(cellsOf(table))]))
}

/** What is wrong with the schema; none for one that can be made. */
export const faultsOf = async (wanted: WantedTable[]): Promise<FieldFault[]> => {
  try {
    await compileDataset(schemaOf(wanted))
    return []
  } catch (error) {
    if (error instanceof InvalidSchema) return error.faults
    throw error
  }
}
