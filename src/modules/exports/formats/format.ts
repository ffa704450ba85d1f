import type { Column } from '../../../platform/rows/column.ts'

/** A table on its way out. */
export type TableRows = {
  name: string
  columns: Column[]
  /** Empty: none. */
  primaryKey: string[]
  /** Columns that tell rows apart beside the key. */
  uniqueColumns: string[]
  foreignKeys: { column: string; references: { table: string; column: string } }[]
  /** COPY text; each chunk ends with a row, and is the reader's alone. */
  rows: AsyncIterable<Buffer>
}

export type EncodeOptions = {
  /** Put an apostrophe before text that spreadsheets would run as a formula (OWASP, "CSV Injection"). csv and xlsx only. */
  escapeFormulas: boolean
}

export type Format = {
  name: string
  /** With its full stop. */
  extension: string
  contentType: string
  /** Whether several tables fit in one file. Others get one file a table. */
  manyTables: boolean
  /** Whether gzip or zip make it smaller. */
  compressible: boolean
  /** Reads each table once, one after the other. Memory does not grow with the rows. */
  encode: (tables: TableRows[], options: EncodeOptions) => AsyncIterable<Uint8Array>
}
