import type { FieldFault } from '../../../platform/errors.ts'
import { compileField } from './compile-field.ts'
import type { DatasetSchema, FieldSchema, TableSchema } from './dataset-schema.ts'
import type { Dictionaries } from './dictionaries.ts'
import { type CompiledField, SchemaFault } from './field-type.ts'
import { fieldTypes } from './field-types.ts'

/** Part of every random number. Goes up with every change that makes other bytes of the same schema. */
export const engineVersion = 1

/** What an entry of a B-tree may take, with room for what PostgreSQL adds (PostgreSQL documentation, 65.1.4). */
const longestKeyBytes = 2_600

/** A field that cannot be compiled for a fault that is told already, or where it is. */
class FaultElsewhere extends Error {}

const checkOptions = ({ type, options }: FieldSchema, path: string): FieldFault[] =>
  (fieldTypes.get(type)?.options.safeParse(options).error?.issues ?? []).flatMap((issue) => {
    const { code, message } = issue
    const at = [path, ...issue.path.map(String)].join('.')
    if (issue.code !== 'unrecognized_keys') return [{ path: at, code, message }]
    return issue.keys.map((key) => ({
      path: `${at}.${key}`.slice(0, 300),
      code,
      message: `${type} has no such option. GET /v1/generate/types lists what it has.`,
    }))
  })

/**
 * Compiles each field once, those that it needs before it, and collects the faults of all of them.
 * @param pathOf tells where a field is in the schema
 */
export const fieldCompiler = (
  schema: DatasetSchema,
  dictionaries: Dictionaries,
  pathOf: (table: TableSchema, field: FieldSchema) => string,
) => {
  const done = new Map<FieldSchema, CompiledField | undefined>()
  const open = new Set<FieldSchema>()
  const faults: FieldFault[] = []

  const need = (table: TableSchema, name: string, optionPath: string): CompiledField => {
    const field = table.fields.find((candidate) => candidate.name === name)
    const fullName = `${table.name}.${name}`.slice(0, 130)
    if (field === undefined) {
      const message = `The table ${table.name} has no field ${name.slice(0, 63)}.`
      throw new SchemaFault(optionPath, 'unknown_field', message)
    }
    if (open.has(field)) {
      throw new SchemaFault(optionPath, 'circular', `The value of ${fullName} would depend on itself.`)
    }
    const compiled = compile(table, field)
    if (compiled === undefined) throw new FaultElsewhere()
    return compiled
  }

  const attempt = (table: TableSchema, field: FieldSchema): CompiledField => {
    const wrongOptions = checkOptions(field, `${pathOf(table, field)}.options`)
    if (wrongOptions.length > 0) {
      faults.push(...wrongOptions)
      throw new FaultElsewhere()
    }
    const compiled = compileField(field, [String(engineVersion), schema.seed, table.name, field.name], {
      dictionaries,
      refDateMs: Date.parse(schema.refDate),
      rowCount: table.count,
      sibling: (name) => need(table, name, 'options'),
      reference: (tableName, column) => {
        const referenced = schema.tables.find((candidate) => candidate.name === tableName)
        if (referenced === undefined) {
          const message = `There is no table ${tableName.slice(0, 63)}.`
          throw new SchemaFault('options.table', 'unknown_table', message)
        }
        return { field: need(referenced, column, 'options.column'), rowCount: referenced.count }
      },
    })
    if (field.unique && (compiled.columnType === 'json' || compiled.maxBytes > longestKeyBytes)) {
      const message = `Values of JSON, or of more than ${longestKeyBytes} bytes, cannot be kept unique.`
      throw new SchemaFault('unique', 'unique_not_supported', message)
    }
    return compiled
  }

  /** Undefined for a field with a fault, which is told once. */
  const compile = (table: TableSchema, field: FieldSchema): CompiledField | undefined => {
    if (done.has(field)) return done.get(field)
    open.add(field)
    let compiled: CompiledField | undefined
    try {
      compiled = attempt(table, field)
    } catch (error) {
      if (error instanceof SchemaFault) {
        const { code, message } = error
        faults.push({ path: `${pathOf(table, field)}.${error.path}`, code, message })
      } else if (!(error instanceof FaultElsewhere)) throw error
    } finally {
      open.delete(field)
    }
    done.set(field, compiled)
    return compiled
  }

  return { compile, faults }
}
