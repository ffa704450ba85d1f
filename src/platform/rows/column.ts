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

export type Column = { name: string; type: ColumnType }

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
