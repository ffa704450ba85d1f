import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { quoteName } from '../../platform/database/copy.ts'
import type { Db } from '../../platform/database/database.ts'
import { codeOf } from '../../platform/database/infrastructure-error.ts'
import { AppError, conflict, invalidField } from '../../platform/errors.ts'
import { type Column, databaseTypeOf } from '../../platform/rows/column.ts'
import { toJsonValue } from '../../platform/rows/json-value.ts'
import { showNuls } from '../../platform/rows/nul-text.ts'
import { type Where, whereToSql } from '../../platform/rows/where.ts'
import type { Actor } from '../auth/permissions.ts'
import { findTables } from './datasets.repository.ts'
import { chooseTable, type DatasetsDeps, getDataset, requireReady } from './datasets.service.ts'
import type { DatasetRow, DatasetTableRow } from './datasets.table.ts'
import { madeRows } from './generate.service.ts'
import { compileDataset } from './generator/compile-dataset.ts'
import { rowNumberColumn, sqlTable } from './table-storage.ts'

export type RowsRequest = {
  table?: string | undefined
  where?: Where | undefined
  /** A column; with a minus in front, from the greatest down. Rows without a value come last. */
  sort?: string | undefined
  cursor?: string | undefined
  limit: number
}

type Page = { rows: Record<string, unknown>[]; nextCursor: string | null }

/** A filter or an order that no index serves may take this long. */
const queryTimeoutMs = 10_000

/**
 * One page of the rows of a table, in their order, or in that of a column.
 * @throws 404, 409 `DATASET_NOT_READY`, `DATASET_NOT_STORED`, 422, 503 `QUERY_TOO_SLOW`
 */
export const readDatasetRows = async (
  deps: Pick<DatasetsDeps, 'db' | 'readDb'>,
  actor: Actor,
  datasetId: string,
  request: RowsRequest,
): Promise<Page> => {
  const dataset = await getDataset(deps, actor, datasetId)
  requireReady(dataset)
  const table = chooseTable(await findTables(deps.readDb, datasetId), request.table)
  return dataset.stored ? selectPage(deps.db, datasetId, table, request) : makePage(dataset, table, request)
}

const makePage = async (dataset: DatasetRow, table: DatasetTableRow, request: RowsRequest): Promise<Page> => {
  if (request.where !== undefined || request.sort !== undefined) {
    throw conflict(
      'DATASET_NOT_STORED',
      'The rows of this dataset are not stored, so they have no filter and no order.',
    )
  }
  if (dataset.schema === null) throw new Error('A dataset that is not stored has a schema')
  const compiled = (await compileDataset(dataset.schema)).find(({ name }) => name === table.name)
  if (compiled === undefined) throw new Error('The schema lacks one of its tables')
  const first = readCursor(request.cursor)?.row ?? 0
  const end = Math.min(first + request.limit, table.rowCount)
  const rows = first >= end ? [] : [...madeRows(compiled, first, end)]
  return { rows, nextCursor: end < table.rowCount ? writeCursor({ row: end }) : null }
}

const selectPage = async (
  db: Db,
  datasetId: string,
  table: DatasetTableRow,
  request: RowsRequest,
): Promise<Page> => {
  const { limit } = request
  const order = orderOf(table, request.sort)
  const conditions = whereToSql(request.where ?? {}, table.columns).map((part) => sql.raw(part))
  const after = readCursor(request.cursor)
  if (after !== undefined) conditions.push(isAfter(order, after))
  const cells = table.columns.map(textOf)
  const where = conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`
  const sortText = order === undefined ? sql`null` : textOf(order.column)
  const query = sql`
    select ${rowNumber} as row, ${sortText} as sort, array[${sql.join(cells, sql`, `)}]::text[] as cells
    from ${sqlTable(datasetId, table.name)} ${where}
    order by ${order === undefined ? sql`` : sql`${order.name} ${order.direction} nulls last,`} ${rowNumber}
    limit ${limit + 1}`
  const found = await runBounded(db, query)
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  return {
    rows: rows.map(({ cells: texts }) => viewRow(table.columns, texts)),
    nextCursor:
      found.length > limit && last !== undefined ? writeCursor({ row: last.row, sort: last.sort }) : null,
  }
}

type FoundRow = { row: number; sort: string | null; cells: (string | null)[] }

const runBounded = async (db: Db, query: SQL): Promise<FoundRow[]> => {
  try {
    return await db.transaction(
      async (tx) => {
        await tx.execute(sql.raw(`set local statement_timeout = ${queryTimeoutMs}`))
        const { rows } = await tx.execute<FoundRow>(query)
        return rows.map((row) => ({ ...row, row: Number(row.row) }))
      },
      { accessMode: 'read only' },
    )
  } catch (error) {
    const code = codeOf(error)
    // Data that PostgreSQL cannot read as the column's type: only a cursor's value is not checked before.
    if (code?.startsWith('22')) throw invalidCursor()
    if (code === '57014') {
      throw new AppError(
        503,
        'QUERY_TOO_SLOW',
        'This filter or order takes too long here. Export the rows instead.',
      )
    }
    throw error
  }
}

const rowNumber = sql.raw(rowNumberColumn)

/** As COPY prints the value, whatever the session's zone is. */
const textOf = ({ name, type }: Column): SQL => {
  const column = sql.raw(quoteName(name))
  return type === 'timestamp' ? sql`((${column} at time zone 'UTC')::text || '+00')` : sql`${column}::text`
}

const viewRow = (columns: Column[], cells: (string | null)[]) =>
  Object.fromEntries(
    columns.map(({ name, type, nuls }, index) => {
      const text = cells[index] ?? null
      return [name, toJsonValue(type, text !== null && nuls ? showNuls(text) : text)]
    }),
  )

type Order = { column: Column; name: SQL; direction: SQL; descending: boolean }

const orderOf = ({ columns }: DatasetTableRow, sort: string | undefined): Order | undefined => {
  if (sort === undefined) return undefined
  const descending = sort.startsWith('-')
  const column = columns.find(({ name }) => name === sort.replace(/^-/, ''))
  if (column === undefined || column.type === 'json') {
    throw invalidField('sort', 'unknown_column', 'There is no such column to sort by.')
  }
  const direction = sql.raw(descending ? 'desc' : 'asc')
  return { column, name: sql.raw(quoteName(column.name)), direction, descending }
}

const cursorSchema = z.object({ row: z.int().min(0), sort: z.string().nullable().optional() })
type Cursor = z.output<typeof cursorSchema>

const writeCursor = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url')

const readCursor = (cursor: string | undefined): Cursor | undefined => {
  if (cursor === undefined) return undefined
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
  } catch {
    throw invalidCursor()
  }
}

const invalidCursor = () => invalidField('cursor', 'invalid_cursor', 'This cursor was not made by this list.')

/** What comes after a row, when nulls come last and equal values follow by number. */
const isAfter = (order: Order | undefined, { row, sort }: Cursor): SQL => {
  if (order === undefined) return sql`${rowNumber} > ${row}`
  const { name, descending, column } = order
  if (sort === null || sort === undefined) return sql`(${name} is null and ${rowNumber} > ${row})`
  const value = sql`${sort}::${sql.raw(databaseTypeOf(column.type))}`
  const beyond = descending ? sql`${name} < ${value}` : sql`${name} > ${value}`
  return sql`(${beyond} or (${name} = ${value} and ${rowNumber} > ${row}) or ${name} is null)`
}
