import type { Column } from '../../../platform/rows/column.ts'
import type { CompiledField } from './field-type.ts'

/** `references`: the unique column that every value of `column` is taken from. */
export type ForeignKey = { column: string; references: { table: string; column: string } }

export type CompiledTable = {
  name: string
  rowCount: number
  columns: Column[]
  fields: CompiledField[]
  foreignKeys: ForeignKey[]
}
