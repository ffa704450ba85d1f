import { PermanentFailure } from '../../../platform/jobs/job-failure.ts'
import type { Column } from '../../../platform/rows/column.ts'
import { boundedLabel, safeNames } from './column-names.ts'
import { type ColumnProfile, newProfile, noteCell, typeOf } from './infer-type.ts'
import {
  checkColumnCount,
  faultOf,
  notReadable,
  type ParseLimits,
  type SourceColumn,
  type TableSink,
} from './source-rows.ts'

/** `line`: counted from 1; in XLSX and Parquet the number of the row. */
export type BadRow = { line: number; code: string; message: string }

/** `label`: the name in the file, 200 characters of it at most. */
export type InspectedColumn = Column & { label: string }

export type InspectedTable = {
  name: string
  label: string
  columns: InspectedColumn[]
  rowCount: number
  badRows: number
  /** The first 100. */
  badRowSamples: BadRow[]
}

export type Inspection = { tables: InspectedTable[] }

const mostSamples = 100
const mostTables = 1000
const longestMessage = 300

type OpenTable = {
  label: string
  columns: readonly SourceColumn[]
  profiles: ColumnProfile[]
  rowCount: number
  badRows: number
  samples: BadRow[]
}

/**
 * The first reading: counts rows and infers types over all of them. Memory grows with the columns, never with the rows.
 * `inspection` answers every table in the file's order, those without columns too, when everything was read.
 */
export const createInspector = (
  limits: ParseLimits,
  onProgress: (fraction: number) => void,
): { sink: TableSink; inspection: () => Inspection } => {
  const tables: OpenTable[] = []
  let rows = 0

  const current = (): OpenTable => {
    const table = tables.at(-1)
    if (table === undefined) throw new Error('A row came before its table')
    return table
  }
  const countRow = (): void => {
    rows += 1
    if (rows <= limits.maxRows) return
    throw new PermanentFailure('TOO_MANY_ROWS', `The file has more than ${limits.maxRows} rows.`)
  }
  const badRow: TableSink['badRow'] = (line, { code, message }) => {
    countRow()
    const table = current()
    table.badRows += 1
    if (table.samples.length >= mostSamples) return
    table.samples.push({ line, code, message: message.slice(0, longestMessage).toWellFormed() })
  }

  const sink: TableSink = {
    startTable: (label, columns) => {
      if (tables.length === mostTables) throw notReadable(`The file has more than ${mostTables} tables.`)
      checkColumnCount(columns.length, limits)
      tables.push({ label, columns, profiles: [], rowCount: 0, badRows: 0, samples: [] })
    },
    row: (line, cells, kinds) => {
      const table = current()
      const fault = faultOf(cells, table.columns, limits.maxCellBytes)
      if (fault !== undefined) return badRow(line, fault)
      countRow()
      table.rowCount += 1
      while (table.profiles.length < cells.length) table.profiles.push(newProfile())
      for (let index = 0; index < cells.length; index += 1) {
        const text = cells[index]
        if (text === null || text === undefined) continue
        noteCell(table.profiles[index] as ColumnProfile, text, kinds[index] ?? 'open')
      }
    },
    badRow,
    taken: () => Promise.resolve(),
    progress: onProgress,
  }
  return { sink, inspection: () => ({ tables: describe(tables) }) }
}

const describe = (tables: OpenTable[]): InspectedTable[] => {
  const names = safeNames(
    tables.map(({ label }) => label),
    'table',
  )
  return tables.map((table, index) => ({
    name: names[index] ?? '',
    label: boundedLabel(table.label),
    columns: describeColumns(table),
    rowCount: table.rowCount,
    badRows: table.badRows,
    badRowSamples: table.samples,
  }))
}

const describeColumns = ({ columns, profiles }: OpenTable): InspectedColumn[] => {
  const names = safeNames(
    columns.map(({ label }) => label),
    'column',
  )
  return columns.map(({ label, type: declared }, index) => {
    const profile = profiles[index] ?? newProfile()
    const type = declared ?? typeOf(profile)
    const column = { name: names[index] ?? '', type, label: boundedLabel(label) }
    return type === 'text' && profile.nuls ? { ...column, nuls: true } : column
  })
}

/** A table that has nothing to store. Both sides leave out the same ones. */
export const isStored = (table: InspectedTable): boolean => table.columns.length > 0
