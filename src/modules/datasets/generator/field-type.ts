import type { z } from 'zod'
import type { ByteSink } from '../../../platform/rows/byte-sink.ts'
import type { ColumnType } from '../../../platform/rows/column.ts'
import type { Key } from './counter-hash.ts'
import type { Dictionaries } from './dictionaries.ts'

export const fieldGroups = [
  'ids',
  'person',
  'internet',
  'address',
  'company',
  'commerce',
  'finance',
  'date and time',
  'text',
  'numbers',
  'choice',
  'structure',
  'relations',
] as const

/**
 * What writes the values of one field, as PostgreSQL prints them (UTF-8, not escaped, never null).
 * `maxBytes`: the most that one value takes. `plain`: no value has a tab, line break or backslash.
 */
export type Producer = {
  columnType: ColumnType
  maxBytes: number
  plain: boolean
  /** Of a numeric: the digits after the point that every value has at most. */
  decimals?: number
  /** The column of another table that every value is taken from. */
  references?: { table: string; column: string }
} & (
  | {
      /** The values are a list of `size` different ones (2^52 at most). The engine draws from it, or permutes it to be unique. */
      kind: 'list'
      size: number
      write: (index: number, sink: ByteSink) => void
    }
  | {
      /** Each row's value is computed. `unique`: no two rows have the same. `isNull`: rows that have none. */
      kind: 'computed'
      unique: boolean
      isNull?: (row: number) => boolean
      /** Of a reference: the row that it takes the value of. */
      referredRow?: (row: number) => number
      write: (row: number, sink: ByteSink) => void
    }
)

/** A field of the schema when it is compiled, as other fields see it. */
export type CompiledField = {
  name: string
  columnType: ColumnType
  maxBytes: number
  plain: boolean
  nullable: boolean
  /** No two rows have the same value, nulls aside; `askedUnique`: because the schema says so. */
  unique: boolean
  askedUnique: boolean
  decimals: number | undefined
  references: { table: string; column: string } | undefined
  isNull: (row: number) => boolean
  /** Of a reference: the row that it takes the value of. Only for rows that are not null. */
  referredRow: ((row: number) => number) | undefined
  /** Only for rows that are not null. */
  write: (row: number, sink: ByteSink) => void
}

export type FieldContext = {
  /** The stream of random numbers of this field. */
  key: Key
  dictionaries: Dictionaries
  /** What `past` and `future` count from, in milliseconds since 1970. */
  refDateMs: number
  /** How many rows the table has. Rows count from 0. */
  rowCount: number
  /** What the schema asks of the field: no value twice, and the share of rows without one. */
  unique: boolean
  nullRate: number
  /** How many JSON values the field stands in: 0 for a column. */
  depth: number
  /** The kind of field of that name, for kinds that are made of others. */
  typeOf: (name: string) => KnownFieldType | undefined
  /** Another field of the same table. @throws SchemaFault for one that is unknown or in a circle */
  sibling: (name: string) => CompiledField
  /** A field of any table, and how many rows that has. @throws SchemaFault */
  reference: (table: string, column: string) => { field: CompiledField; rowCount: number }
}

/** A fault in the options of one field. `path` is relative to them, such as `options.max`. */
export class SchemaFault extends Error {
  readonly path: string
  readonly code: string
  constructor(path: string, code: string, message: string) {
    super(message)
    this.name = 'SchemaFault'
    this.path = path
    this.code = code
  }
}

/** One kind of field. Rows count from 0 to `rowCount - 1`. */
export type FieldType<Options extends z.ZodType = z.ZodType> = {
  name: string
  group: (typeof fieldGroups)[number]
  description: string
  /** A strict object. Every number, list and text in it has a bound. */
  options: Options
  /** Options that work as they stand, for the documentation. */
  example: z.input<Options>
  compile: (options: z.output<Options>, context: FieldContext) => Producer
}

/** A field type with its options' types put away, so that all fit in one list. */
export type KnownFieldType = Omit<FieldType, 'compile'> & {
  /** Options as they came, already known to match `options`. */
  compile: (options: unknown, context: FieldContext) => Producer
}

/** Declares a kind of field. The only thing to write for a new one; then name it in `field-types.ts`. */
export const defineField = <Options extends z.ZodType>(type: FieldType<Options>): KnownFieldType => ({
  ...type,
  compile: (options, context) => type.compile(type.options.parse(options), context),
})
