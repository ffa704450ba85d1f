import { PermanentFailure } from '../../../platform/jobs/job-failure.ts'
import type { ColumnType } from '../../../platform/rows/column.ts'

/**
 * What the file itself says of a cell. `open`: nothing (CSV), its text decides. `typed`: its column has a type, and the text
 * is as PostgreSQL prints it (Parquet). The others are JSON's and XLSX's own kinds; the text of `number` and `json` is as it
 * stands in the file.
 */
export type CellKind = 'open' | 'string' | 'number' | 'boolean' | 'json' | 'typed'

/** A column as the file has it. `type`: the file declares it. */
export type SourceColumn = { label: string; type?: ColumnType }

/** Why a row cannot be read. */
export type RowFault = { code: string; message: string }

/**
 * What a reader of a format hands its rows to. Each file is read twice, once to infer types and once to write rows: a
 * reader says the same both times.
 */
export type TableSink = {
  /** `columns` may grow while rows come: the keys of JSON objects are known last. */
  startTable: (label: string, columns: readonly SourceColumn[]) => void
  /** Cells stand at their column's index; those that are missing at the end are null. `line`: counted from 1. */
  row: (line: number, cells: (string | null)[], kinds: readonly CellKind[]) => void
  badRow: (line: number, fault: RowFault) => void
  /** A reader awaits it after each piece of input, so that no more than that piece's rows wait in memory. */
  taken: () => Promise<void>
  progress: (fraction: number) => void
}

export type ParseLimits = {
  /** Rows of all tables together. */
  maxRows: number
  maxColumns: number
  maxCellBytes: number
}

export type SourceFile = {
  path: string
  sizeBytes: number
  /** What the table is called when the file does not name it. */
  tableName: string
  limits: ParseLimits
}

export const notReadable = (message: string): PermanentFailure =>
  new PermanentFailure('FILE_NOT_READABLE', message)

export const checkColumnCount = (count: number, limits: ParseLimits): void => {
  if (count <= limits.maxColumns) return
  throw new PermanentFailure('TOO_MANY_COLUMNS', `A table has more than ${limits.maxColumns} columns.`)
}

/** A row is held in memory whole, several times over. */
export const longestRowBytes = 16 * 1024 ** 2

/** Both readings of a file ask this of each row, so that they leave out the same ones. */
export const faultOf = (
  cells: readonly (string | null)[],
  columns: readonly SourceColumn[],
  maxCellBytes: number,
): RowFault | undefined => {
  let units = 0
  for (let index = 0; index < cells.length; index += 1) {
    const text = cells[index]
    if (text === null || text === undefined) continue
    units += text.length
    // A UTF-16 unit takes 3 bytes at most.
    if (text.length * 3 > maxCellBytes && Buffer.byteLength(text) > maxCellBytes) {
      return {
        code: 'CELL_TOO_LONG',
        message: `${cellName(columns, index)} has more than ${maxCellBytes} bytes.`,
      }
    }
    if (!text.isWellFormed()) {
      return { code: 'INVALID_UNICODE', message: `${cellName(columns, index)} has half of a surrogate pair.` }
    }
  }
  if (units > longestRowBytes) return rowTooLong
  return undefined
}

export const rowTooLong: RowFault = {
  code: 'ROW_TOO_LONG',
  message: `The row has more than ${longestRowBytes} bytes.`,
}

const cellName = (columns: readonly SourceColumn[], index: number): string =>
  `The cell of column "${(columns[index]?.label ?? '').slice(0, 60)}"`
