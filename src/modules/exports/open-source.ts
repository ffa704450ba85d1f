import type pg from 'pg'
import { z } from 'zod'
import { copyOut } from '../../platform/database/copy.ts'
import type { ReadDb } from '../../platform/database/database.ts'
import { quoteName } from '../../platform/database/quote-name.ts'
import { invalid, invalidField, notFound } from '../../platform/errors.ts'
import { whereToSql } from '../../platform/rows/where.ts'
import { type OpenTable, openTables } from '../datasets/open-tables.ts'
import type { ExportRequest, ResourceName } from './export-request.ts'
import type { TableRows } from './formats/format.ts'
import type { ExportResource } from './resource.ts'

export type ExportResources = Record<ResourceName, ExportResource>

/** What an export reads. `visibleOwner`: of a resource, whose rows; undefined: everybody's. */
export type ExportSource = Pick<ExportRequest, 'resource' | 'tables' | 'columns' | 'where'> & {
  datasetId?: string | undefined
  visibleOwner?: string | undefined
}

/** `rowCount`: undefined when only reading tells. */
export type SourceTable = Omit<TableRows, 'rows' | 'columns'> &
  Pick<OpenTable, 'columns'> & {
    rowCount: number | undefined
    rows: (client: pg.PoolClient) => AsyncIterable<Buffer>
  }

/**
 * The tables of an export with the columns and rows that it asks for, nothing read yet. `rows`: before any filter.
 * @throws 404, 409 `DATASET_NOT_READY`, 422 for tables, columns and filters that do not fit
 */
export const openSource = async (
  { db, resources }: { db: ReadDb; resources: ExportResources },
  source: ExportSource,
): Promise<{ name: string; tables: SourceTable[]; rows: number }> => {
  const { name, tables: all } = await openAll(db, resources, source)
  const tables = chooseTables(all, source.tables)
  if (source.where !== undefined) {
    const [only, ...more] = tables
    if (only === undefined || more.length > 0) {
      throw invalidField('where', 'needs_one_table', 'Name the one table that the filter is for in tables.')
    }
    whereToSql(source.where, only.columns)
  }
  checkColumns(tables, source.columns)
  const chosen = tables.map((table) => narrow(table, source)).filter(({ columns }) => columns.length > 0)
  const [first] = chosen
  const isPart = first !== undefined && chosen.length === 1 && all.length > 1
  const rows = tables.reduce((sum, { rowCount }) => sum + rowCount, 0)
  return { name: isPart ? first.name : name, tables: withinEachOther(chosen), rows }
}

const openAll = async (db: ReadDb, resources: ExportResources, source: ExportSource) => {
  const { resource, datasetId = '', visibleOwner } = source
  if (resource !== undefined) {
    return { name: resource, tables: [openResource(resources[resource], resource, visibleOwner)] }
  }
  const dataset = await openTables(db, datasetId)
  if (dataset === undefined) throw notFound('dataset')
  return dataset
}

const checkColumns = (tables: OpenTable[], asked: string[] = []): void => {
  const faults = asked.flatMap((name, index) =>
    tables.some(({ columns }) => columns.some((column) => column.name === name))
      ? []
      : [{ path: `columns.${index}`, code: 'unknown_column', message: 'No table has such a column.' }],
  )
  if (faults.length > 0) throw invalid(faults)
  if (tables.every(({ columns }) => columns.length === 0)) {
    throw invalidField('datasetId', 'no_columns', 'No table has any columns.')
  }
}

const chooseTables = (all: OpenTable[], names: string[] | undefined): OpenTable[] =>
  names === undefined
    ? all
    : names.map((name, index) => {
        const found = all.find((table) => table.name === name)
        if (found === undefined || names.indexOf(name) !== index) {
          throw invalidField(
            `tables.${index}`,
            'unknown_table',
            'There is no such table, or it is named twice.',
          )
        }
        return found
      })

const narrow = (table: OpenTable, { columns: asked, where }: ExportSource): SourceTable => {
  const columns = chooseColumns(table, asked)
  const has = (name: string) => columns.some((column) => column.name === name)
  return {
    name: table.name,
    columns,
    primaryKey: table.primaryKey !== undefined && has(table.primaryKey) ? [table.primaryKey] : [],
    uniqueColumns: table.uniqueColumns.filter(has),
    foreignKeys: table.foreignKeys.filter(({ column }) => has(column)),
    rowCount: where === undefined ? table.rowCount : undefined,
    rows: (client) => table.rows(client, columns, where),
  }
}

const chooseColumns = ({ columns }: OpenTable, asked: string[] | undefined): OpenTable['columns'] =>
  asked === undefined
    ? columns
    : [...new Set(asked)].flatMap((name) => columns.filter((column) => column.name === name))

/** Without references to what is left out, and without any where rows are left out. */
const withinEachOther = (tables: SourceTable[]): SourceTable[] => {
  const isKey = (name: string, column: string) =>
    tables.some(
      (table) => table.name === name && [...table.primaryKey, ...table.uniqueColumns].includes(column),
    )
  return tables.map((table) => ({
    ...table,
    foreignKeys: table.foreignKeys.filter(({ references }) => isKey(references.table, references.column)),
  }))
}

const openResource = (
  { table, ownerColumn, visible, columns }: ExportResource,
  name: string,
  owner: string | undefined,
): OpenTable => ({
  name,
  columns: columns.map(({ sql: _, ...column }) => column),
  primaryKey: 'id',
  uniqueColumns: [],
  foreignKeys: [],
  rowCount: 0,
  rows: (client, wanted, where = {}) => {
    const cells = columns.map((column) => `${column.sql} as ${quoteName(column.name)}`)
    const owned = owner === undefined ? [] : [`${ownerColumn} = '${z.uuid().parse(owner)}'`]
    const inner = [...owned, ...(visible === undefined ? [] : [visible])]
    const outer = whereToSql(where, columns)
    return copyOut(
      client,
      `select ${wanted.map((column) => quoteName(column.name)).join(', ')}
       from (select ${cells.join(', ')} from ${table} ${whereOf(inner)}) as resource ${whereOf(outer)} order by id`,
    )
  },
})

const whereOf = (conditions: string[]) => (conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`)
