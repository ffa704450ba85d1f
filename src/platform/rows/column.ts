/** The types that a column of a dataset can have. Each is one type of PostgreSQL, and one way to write values as text. */
export const columnTypes = [
  'boolean',
  'integer',
  'bigint',
  'double',
  'numeric',
  'text',
  'uuid',
  'date',
  'time',
  'timestamp',
  'json',
] as const
export type ColumnType = (typeof columnTypes)[number]

/**
 * `nuls`: a column of text that holds U+0000, which PostgreSQL cannot store: it stands there as `nul-text.ts` says.
 * `decimals`: digits after the point, when every value has so many at most.
 */
export type Column = {
  name: string
  type: ColumnType
  nuls?: boolean | undefined
  decimals?: number | undefined
}

const databaseTypes: Record<ColumnType, string> = {
  boolean: 'boolean',
  integer: 'integer',
  bigint: 'bigint',
  double: 'double precision',
  numeric: 'numeric',
  text: 'text',
  uuid: 'uuid',
  date: 'date',
  time: 'time',
  timestamp: 'timestamptz',
  // Not jsonb: that would change the order of keys and the white space.
  json: 'json',
}

/** What PostgreSQL calls the type. */
export const databaseTypeOf = (type: ColumnType): string => databaseTypes[type]
