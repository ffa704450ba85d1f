import type { FieldFault } from '../../../platform/errors.ts'
import type { Column } from '../../../platform/rows/column.ts'
import { checkNames, checkReferenceCycles } from './check-schema.ts'
import { compileField } from './compile-field.ts'
import type { DatasetSchema, TableSchema } from './dataset-schema.ts'
import { type Dictionaries, loadDictionaries } from './dictionaries.ts'
import { type CompiledField, SchemaFault } from './field-type.ts'

/** Part of every random number. Goes up with every change that makes other bytes of the same schema. */
export const engineVersion = 1

/** `references`: the unique column that every value of `column` is taken from. */
export type ForeignKey = { column: string; references: { table: string; column: string } }

export type CompiledTable = {
  name: string
  rowCount: number
  columns: Column[]
  fields: CompiledField[]
  foreignKeys: ForeignKey[]
}

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
  const compile = fieldCompiler(schema, await loadDictionaries(schema.locale))
  const faults: FieldFault[] = checkNames(schema)
  if (faults.length > 0) throw new InvalidSchema(faults)
  const tables = schema.tables.map((table, index) => {
    const fields = table.fields.flatMap((field, fieldIndex) => {
      try {
        return [compile(table, field.name)]
      } catch (error) {
        if (!(error instanceof SchemaFault)) throw error
        const path = `tables.${index}.fields.${fieldIndex}.${error.path}`
        faults.push({ path, code: error.code, message: error.message })
        return []
      }
    })
    const rowBytes = fields.reduce((sum, { maxBytes }) => sum + 2 * maxBytes + 1, 0)
    if (rowBytes > longestRowBytes) {
      const message = `A row may become longer than ${longestRowBytes} bytes.`
      faults.push({ path: `tables.${index}.fields`, code: 'row_too_long', message })
    }
    return tableOf(table, fields)
  })
  if (faults.length === 0) faults.push(...checkReferenceCycles(schema, tables))
  if (faults.length > 0) throw new InvalidSchema(faults)
  return tables
}

const tableOf = (table: TableSchema, fields: CompiledField[]): CompiledTable => ({
  name: table.name,
  rowCount: table.count,
  columns: fields.map(({ name, columnType }) => ({ name, type: columnType })),
  fields,
  foreignKeys: fields.flatMap(({ name, references }) =>
    references === undefined ? [] : [{ column: name, references }],
  ),
})

/** Compiles each field once, those that it needs before it. */
const fieldCompiler = (schema: DatasetSchema, dictionaries: Dictionaries) => {
  const done = new Map<string, CompiledField>()
  const open = new Set<string>()
  const refDateMs = Date.parse(schema.refDate)
  const compile = (table: TableSchema, name: string): CompiledField => {
    const id = `${table.name}.${name}`
    const known = done.get(id)
    if (known !== undefined) return known
    const field = table.fields.find((candidate) => candidate.name === name)
    if (field === undefined) {
      throw new SchemaFault('options', 'unknown_field', `There is no field ${id.slice(0, 130)}.`)
    }
    if (open.has(id)) {
      throw new SchemaFault('options', 'circular', `The value of ${id} would depend on itself.`)
    }
    open.add(id)
    try {
      const compiled = compileField(field, [String(engineVersion), schema.seed, table.name, name], {
        dictionaries,
        refDateMs,
        rowCount: table.count,
        sibling: (other) => compile(table, other),
        reference: (otherTable, column) => {
          const referenced = schema.tables.find((candidate) => candidate.name === otherTable)
          if (referenced === undefined) {
            const message = `There is no table ${otherTable.slice(0, 63)}.`
            throw new SchemaFault('options.table', 'unknown_table', message)
          }
          return { field: compile(referenced, column), rowCount: referenced.count }
        },
      })
      done.set(id, compiled)
      return compiled
    } finally {
      open.delete(id)
    }
  }
  return compile
}
