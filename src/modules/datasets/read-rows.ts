import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { boundedTurns } from '../../platform/bounded-turns.ts'
import type { Db, Tx } from '../../platform/database/database.ts'
import { codeOf } from '../../platform/database/infrastructure-error.ts'
import { quoteName } from '../../platform/database/quote-name.ts'
import { AppError, invalidField } from '../../platform/errors.ts'
import { type Column, databaseTypeOf } from '../../platform/rows/column.ts'
import { toJsonValue } from '../../platform/rows/json-value.ts'
import { showNuls } from '../../platform/rows/nul-text.ts'
import { type Where, whereToSql } from '../../platform/rows/where.ts'
import { turnsPerUser } from '../../platform/turns-per-user.ts'
import type { Actor } from '../auth/permissions.ts'
import { compileOwn } from './compile-own.ts'
import { findTables } from './datasets.repository.ts'
import { chooseTable, type DatasetsDeps, getDataset, requireReady } from './datasets.service.ts'
import type { DatasetRow, DatasetTableRow } from './datasets.table.ts'
import { madeRows } from './generate.service.ts'
import { notStored } from './open-tables.ts'
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
 * @throws 404, 409 `DATASET_NOT_READY`, `DATASET_NOT_STORED`, 422, 503 `QUERY_TOO_SLOW` and when too many wait
 */
export const readDatasetRows = async (
  deps: Pick<DatasetsDeps, 'db' | 'readDb'>,
  actor: Actor,
  datasetId: string,
  request: RowsRequest,
  gone: AbortSignal,
): Promise<Page> => {
  const dataset = await getDataset(deps, actor, datasetId)
  requireReady(dataset)
  const table = chooseTable(await findTables(deps.readDb, datasetId), request.table)
  const read = () =>
    dataset.stored ? selectPage(deps.db, datasetId, table, request) : makePage(dataset, table, request)
  return inUserTurn(actor.userId, () => inTurn(read, gone), gone)
}

/** A slow filter holds a connection for seconds: most of them must stay free for whoever wants something else. */
const inTurn = boundedTurns('reading of rows', { atOnce: 6, maxWaiting: 200 })
const inUserTurn = turnsPerUser('reading of your rows', { atOnce: 2, maxWaiting: 20 })

const makePage = async (dataset: DatasetRow, table: DatasetTableRow, request: RowsRequest): Promise<Page> => {
  if (request.where !== undefined || request.sort !== undefined) {
    throw notStored()
  }
  const compiled = (await compileOwn(dataset)).find(({ name }) => name === table.name)
  if (compiled === undefined) throw new Error('The schema lacks one of its tables')
  const first = readCursor(request.cursor, undefined)?.row ?? 0
  const end = Math.min(first + request.limit, table.rowCount)
  const rows = first >= end ? [] : [...madeRows(compiled, first, end, mostPageBytes)]
  const shown = first + rows.length
  return { rows, nextCursor: shown < table.rowCount ? writeCursor({ row: shown }) : null }
}

const selectPage = async (
  db: Db,
  datasetId: string,
  table: DatasetTableRow,
  request: RowsRequest,
): Promise<Page> => {
  const order = orderOf(table, request.sort)
  const conditions = whereToSql(request.where ?? {}, table.columns).map((part) => sql.raw(part))
  const from = sqlTable(datasetId, table.name)
  const cells = table.columns.map(textOf)
  const after = readCursor(request.cursor, request.sort)
  const found = await runBounded(db, async (tx) => {
    if (after !== undefined) conditions.push(await isAfter(tx, from, order, after))
    const where = conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`
    // Lengths are known without reading what is long, so that only what is shown is read.
    const { rows } = await tx.execute<FoundRow>(sql`
      with found as (
        select in_order.*, row_number() over () as place from (
          select ${rowNumber} as number, ${lengthOf(table.columns)} as bytes from ${from} ${where}
          order by ${order === undefined ? sql`` : sql`${order.name} ${order.direction} nulls last,`} ${rowNumber}
          limit ${request.limit + 1}
        ) in_order
      ), page as (
        select number, place, sum(bytes) over (order by place) - bytes as bytes_before, count(*) over () as found
        from found
      )
      select number::float8 as row, found::int as found, array[${sql.join(cells, sql`, `)}]::text[] as cells
      from page join ${from} on ${rowNumber} = number
      where place <= ${request.limit} and bytes_before < ${mostPageBytes} order by place`)
    return rows
  })
  const last = found.at(-1)
  return {
    rows: found.map(({ cells: texts }) => viewRow(table.columns, texts)),
    nextCursor:
      last !== undefined && last.found > found.length
        ? writeCursor({ row: last.row, sort: request.sort })
        : null,
  }
}

type FoundRow = { row: number; found: number; cells: (string | null)[] }

/** A page ends after about so much text, and has one row at least. */
const mostPageBytes = 1024 * 1024
const usualCellBytes = 20

const lengthOf = (columns: Column[]): SQL => {
  const long = columns.filter(({ type }) => type === 'text' || type === 'json')
  const lengths = long.map(({ name }) => sql`coalesce(octet_length(${sql.raw(quoteName(name))}::text), 0)`)
  return sql.join([sql.raw(String(columns.length * usualCellBytes)), ...lengths], sql` + `)
}

const runBounded = async <T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> => {
  try {
    return await db.transaction(
      async (tx) => {
        await tx.execute(sql.raw(`set local statement_timeout = ${queryTimeoutMs}`))
        // What an instant without an offset means must not hang on how the server is set up.
        await tx.execute(sql.raw(`set local timezone = 'UTC'`))
        return work(tx)
      },
      { accessMode: 'read only' },
    )
  } catch (error) {
    const code = codeOf(error)
    if (code === '57014') {
      throw new AppError(
        503,
        'QUERY_TOO_SLOW',
        'This filter or order takes too long here. Export the rows instead.',
        { retryAfterSeconds: 30 },
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
  if (column === undefined)
    throw invalidField('sort', 'unknown_column', 'There is no such column to sort by.')
  if (column.type === 'json') {
    throw invalidField('sort', 'no_order', 'JSON has no order: sort by another column.')
  }
  const direction = sql.raw(descending ? 'desc' : 'asc')
  return { column, name: sql.raw(quoteName(column.name)), direction, descending }
}

/** `row`: the number of the last row that was shown. `sort`: as it was asked for. */
const cursorSchema = z.object({ row: z.int().min(0), sort: z.string().optional() })
type Cursor = z.output<typeof cursorSchema>

const writeCursor = (cursor: Cursor): string => Buffer.from(JSON.stringify(cursor)).toString('base64url')

const readCursor = (cursor: string | undefined, sort: string | undefined): Cursor | undefined => {
  if (cursor === undefined) return undefined
  const read = parseCursor(cursor)
  if (read.sort !== sort) throw invalidCursor()
  return read
}

const parseCursor = (cursor: string): Cursor => {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
  } catch {
    throw invalidCursor()
  }
}

const invalidCursor = () => invalidField('cursor', 'invalid_cursor', 'This cursor was not made by this list.')

/**
 * What comes after a row, when nulls come last and equal values follow by number. The row's value is read again rather
 * than carried by the cursor: it may be long.
 */
const isAfter = async (tx: Tx, from: SQL, order: Order | undefined, { row }: Cursor): Promise<SQL> => {
  if (order === undefined) return sql`${rowNumber} > ${row}`
  const { name, descending, column } = order
  const { rows } = await tx.execute<{ text: string | null }>(
    sql`select ${textOf(column)} as text from ${from} where ${rowNumber} = ${row}`,
  )
  const [last] = rows
  if (last === undefined) throw invalidCursor()
  if (last.text === null) return sql`(${name} is null and ${rowNumber} > ${row})`
  const value = sql`${last.text}::${sql.raw(databaseTypeOf(column.type))}`
  const beyond = descending ? sql`${name} < ${value}` : sql`${name} > ${value}`
  return sql`(${beyond} or (${name} = ${value} and ${rowNumber} > ${row}) or ${name} is null)`
}
