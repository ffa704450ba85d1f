import type pg from 'pg'
import { copyOut } from '../../platform/database/copy.ts'
import type { ReadDb } from '../../platform/database/database.ts'
import { quoteName } from '../../platform/database/quote-name.ts'
import { conflict } from '../../platform/errors.ts'
import type { Column } from '../../platform/rows/column.ts'
import { type Where, whereToSql } from '../../platform/rows/where.ts'
import { compileOwn, requireOwnEngine } from './compile-own.ts'
import { findDataset, findTables } from './datasets.repository.ts'
import { requireReady } from './datasets.service.ts'
import type { DatasetColumn, DatasetTableRow } from './datasets.table.ts'
import type { CompiledTable, ForeignKey } from './generator/compiled-table.ts'
import { writeRows } from './generator/write-rows.ts'
import { rowNumberColumn, tableSchemaOf } from './table-storage.ts'

/** A table whose rows can be read, in their order, without end of memory. */
export type OpenTable = {
  name: string
  columns: DatasetColumn[]
  primaryKey: string | undefined
  uniqueColumns: string[]
  foreignKeys: ForeignKey[]
  /** Without a filter. */
  rowCount: number
  /**
   * COPY text of these columns; each chunk ends with a row.
   * @param client a connection that does nothing else meanwhile
   */
  rows: (client: pg.PoolClient, columns: Column[], where: Where | undefined) => AsyncIterable<Buffer>
}

/**
 * The tables of a dataset, and what it is called. Who may read them is for the caller to know.
 * @returns undefined when there is no such dataset
 * @throws 409 `DATASET_NOT_READY`, `ENGINE_CHANGED`
 */
export const openTables = async (
  db: ReadDb,
  datasetId: string,
): Promise<{ name: string; tables: OpenTable[] } | undefined> => {
  const dataset = await findDataset(db, datasetId)
  if (dataset === undefined) return undefined
  requireReady(dataset)
  const { name } = dataset
  const tables = await findTables(db, datasetId)
  if (dataset.stored) {
    const copied = tables.map((table) =>
      openTable(table, (client, columns, where) => copyTable(client, datasetId, table, columns, where)),
    )
    return { name, tables: copied }
  }
  requireOwnEngine(dataset)
  let compiling: Promise<CompiledTable[]> | undefined
  const compile = () => {
    compiling ??= compileOwn(dataset)
    return compiling
  }
  const made = tables.map((table, position) =>
    openTable(table, (_, columns, where) => {
      if (where !== undefined) throw notStored()
      return makeTable(compile, position, columns)
    }),
  )
  return { name, tables: made }
}

/** 409: rows that are made whenever they are read have no filter and no order. */
export const notStored = () =>
  conflict(
    'DATASET_NOT_STORED',
    'The rows of this dataset are not stored, so they have no filter and no order.',
  )

const openTable = (table: DatasetTableRow, rows: OpenTable['rows']): OpenTable => ({
  name: table.name,
  columns: table.columns,
  primaryKey: table.keyColumn ?? undefined,
  uniqueColumns: table.uniqueColumns,
  foreignKeys: table.foreignKeys,
  rowCount: table.rowCount,
  rows,
})

const copyTable = (
  client: pg.PoolClient,
  datasetId: string,
  table: DatasetTableRow,
  columns: Column[],
  where: Where = {},
): AsyncIterable<Buffer> => {
  const names = columns.map(({ name }) => quoteName(name)).join(', ')
  const from = `${quoteName(tableSchemaOf(datasetId))}.${quoteName(table.name)}`
  const conditions = whereToSql(where, table.columns)
  const filter = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`
  return copyOut(client, `select ${names} from ${from} ${filter} order by ${rowNumberColumn}`)
}

async function* makeTable(
  compile: () => Promise<CompiledTable[]>,
  position: number,
  columns: Column[],
): AsyncGenerator<Buffer> {
  const table = (await compile())[position]
  const fields = columns.flatMap((column) => table?.fields.filter(({ name }) => name === column.name) ?? [])
  const end = table?.rowCount ?? 0
  for (const { bytes } of writeRows(fields, { first: 0, end, numbered: false })) yield bytes
}
