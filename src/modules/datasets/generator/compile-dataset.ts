import { setImmediate } from 'node:timers/promises'
import type { FieldFault } from '../../../platform/errors.ts'
import { checkNames, checkReferenceCycles } from './check-schema.ts'
import type { CompiledTable } from './compiled-table.ts'
import type { DatasetSchema, TableSchema } from './dataset-schema.ts'
import { loadDictionaries } from './dictionaries.ts'
import { fieldCompiler } from './field-compiler.ts'
import type { CompiledField } from './field-type.ts'

/** A schema that cannot be made, with all that is wrong with it. */
export class InvalidSchema extends Error {
  readonly faults: FieldFault[]
  constructor(faults: FieldFault[]) {
    super('The schema is not valid')
    this.name = 'InvalidSchema'
    this.faults = faults
  }
}

/** A row, escaped, must fit into the buffer that rows are written to. */
const longestRowBytes = 256 * 1024

/** @throws InvalidSchema with every fault, by the path of its field */
export const compileDataset = async (schema: DatasetSchema): Promise<CompiledTable[]> => {
  const { compile, faults } = fieldCompiler(
    schema,
    await loadDictionaries(schema.locale),
    (table, field) => `tables.${schema.tables.indexOf(table)}.fields.${table.fields.indexOf(field)}`,
  )
  faults.push(...checkNames(schema))
  const tables: CompiledTable[] = []
  for (const table of schema.tables) {
    const fields: CompiledField[] = []
    for (const field of table.fields) {
      const compiled = compile(table, field)
      if (compiled !== undefined) fields.push(compiled)
      // Some fields take milliseconds, and a schema may have thousands: others must get their turn in between.
      await setImmediate()
    }
    tables.push(tableOf(table, fields))
  }
  faults.push(...tables.flatMap(checkRowLength))
  if (faults.length === 0) faults.push(...checkReferenceCycles(schema, tables))
  if (faults.length > 0) throw new InvalidSchema(faults)
  return tables
}

const tableOf = (table: TableSchema, fields: CompiledField[]): CompiledTable => ({
  name: table.name,
  rowCount: table.count,
  columns: fields.map(({ name, columnType, decimals }) => ({
    name,
    type: columnType,
    ...(decimals === undefined ? {} : { decimals }),
  })),
  fields,
  foreignKeys: fields.flatMap(({ name, references }) =>
    references === undefined ? [] : [{ column: name, references }],
  ),
})

const checkRowLength = ({ fields }: CompiledTable, index: number): FieldFault[] => {
  const rowBytes = fields.reduce((sum, { maxBytes }) => sum + 2 * maxBytes + 1, 0)
  if (rowBytes <= longestRowBytes) return []
  const message = `A row may become longer than ${longestRowBytes} bytes.`
  return [{ path: `tables.${index}.fields`, code: 'row_too_long', message }]
}
