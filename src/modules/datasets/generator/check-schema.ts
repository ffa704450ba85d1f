import type { FieldFault } from '../../../platform/errors.ts'
import type { CompiledTable } from './compiled-table.ts'
import type { DatasetSchema } from './dataset-schema.ts'

/** Names that differ in capitals alone are the same sheet of a spreadsheet, or the same column to many programs. */
export const checkNames = ({ tables }: DatasetSchema): FieldFault[] => [
  ...repeated(tables, (index) => `tables.${index}.name`),
  ...tables.flatMap(({ fields }, table) =>
    repeated(fields, (index) => `tables.${table}.fields.${index}.name`),
  ),
]

const repeated = (things: { name: string }[], pathOf: (index: number) => string): FieldFault[] => {
  const seen = new Set<string>()
  return things.flatMap(({ name }, index) => {
    const lower = name.toLowerCase()
    if (seen.has(lower)) {
      return [{ path: pathOf(index), code: 'repeated_name', message: `The name ${name} is taken already.` }]
    }
    seen.add(lower)
    return []
  })
}

/**
 * Tables that need each other's rows before their own could never be inserted one after the other, so in each circle of
 * references at least one must be allowed to be empty.
 */
export const checkReferenceCycles = (schema: DatasetSchema, tables: CompiledTable[]): FieldFault[] => {
  const needs = new Map(
    tables.map((table) => [table.name, table.foreignKeys.filter(({ column }) => !isNullable(table, column))]),
  )
  const leadsTo = (from: string, target: string, seen: Set<string>): boolean => {
    if (from === target) return true
    if (seen.has(from)) return false
    seen.add(from)
    return (needs.get(from) ?? []).some(({ references }) => leadsTo(references.table, target, seen))
  }
  return schema.tables.flatMap(({ name, fields }, tableIndex) =>
    (needs.get(name) ?? [])
      .filter(({ references }) => leadsTo(references.table, name, new Set()))
      .map(({ column, references }) => ({
        path: `tables.${tableIndex}.fields.${fields.findIndex((field) => field.name === column)}`,
        code: 'circular_reference',
        message: `${name} needs rows of ${references.table}, which needs rows of ${name}. Give one of the references a nullRate.`,
      })),
  )
}

const isNullable = (table: CompiledTable, column: string): boolean =>
  table.fields.some(({ name, nullable }) => name === column && nullable)
