import fs from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { duckdbColumns, type PreparedRows } from './data-rows.ts'

const readBytes = 256 * 1024
const bareTable = 'bench_bare'

const withClient = async <T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

/**
 * COPY of rows that lie ready into a table like `model`, then the keys that `model` has. No chunks, no bookkeeping, nothing
 * made.
 * @returns rows a second
 */
export const copyPrepared = async (
  url: string,
  model: string,
  rows: PreparedRows,
  connections: 1 | 2,
): Promise<number> => {
  const keys = await withClient(url, async (client) => {
    await client.query(`drop table if exists ${bareTable}`)
    await client.query(`create table ${bareTable} (like ${model})`)
    const { rows: constraints } = await client.query<{ definition: string }>(
      `select pg_get_constraintdef(oid) as definition from pg_constraint
       where conrelid = $1::regclass and contype in ('p', 'u') order by contype`,
      [model],
    )
    return constraints.map(({ definition }) => definition)
  })
  const { middle, sizeBytes } = rows
  const whole = { start: 0, end: sizeBytes - 1 }
  const halves = [
    { start: 0, end: middle - 1 },
    { start: middle, end: sizeBytes - 1 },
  ]
  const startedAt = performance.now()
  await Promise.all((connections === 1 ? [whole] : halves).map((part) => copyPart(url, rows.file, part)))
  await withClient(url, async (client) => {
    await client.query(`set maintenance_work_mem = '128MB'`)
    for (const key of keys) await client.query(`alter table ${bareTable} add ${key}`)
  })
  const perSecond = (rows.count * 1_000) / (performance.now() - startedAt)
  await withClient(url, (client) => client.query(`drop table ${bareTable}`))
  return perSecond
}

const copyPart = (url: string, file: string, part: { start: number; end: number }): Promise<void> =>
  withClient(url, (client) =>
    pipeline(
      fs.createReadStream(file, { ...part, highWaterMark: readBytes }),
      client.query(copyFrom(`copy ${bareTable} from stdin`)),
    ),
  )

/** What a server sends last: that it is ready for a query, outside of a transaction. */
const readyForQuery = Buffer.from('Z\0\0\0\x05I', 'latin1')

/** Sends one statement and throws the answer away as it comes off the socket, unread. */
class DroppedAnswer implements pg.Submittable {
  readonly done: Promise<void>
  readonly #sql: string
  readonly #ended = Promise.withResolvers<void>()

  constructor(sql: string) {
    this.#sql = sql
    this.done = this.#ended.promise
  }

  submit(connection: pg.Connection): void {
    const { stream } = connection
    stream.removeAllListeners('data')
    stream.on('data', (chunk: Buffer) => {
      if (chunk.subarray(-readyForQuery.length).equals(readyForQuery)) this.#ended.resolve()
    })
    connection.query(this.#sql)
  }

  /** The client calls it when the connection breaks, or is closed after `done`. */
  handleError(error: Error): void {
    this.#ended.reject(error)
  }
}

/** COPY of a dataset's table as CSV, in the order of its rows, to a client that drops it. @returns rows a second */
export const copyOutAndDrop = (url: string, table: string, count: number): Promise<number> =>
  withClient(url, async (client) => {
    const names = Object.keys(duckdbColumns).filter((name) => name !== '_row')
    const startedAt = performance.now()
    const answer = new DroppedAnswer(
      `copy (select ${names.join(', ')} from ${table} order by _row) to stdout (format csv, header)`,
    )
    await client.query(answer).done
    return (count * 1_000) / (performance.now() - startedAt)
  })

/**
 * DuckDB, on all cores, writing Parquet from the prepared file. Making that file does not count, nor does it read from
 * PostgreSQL, as an export must.
 * @returns rows a second
 */
export const writeParquetByDuckdb = async (rows: PreparedRows, target: string): Promise<number> => {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    await connection.run(`SET TimeZone = 'UTC'`)
    const columns = Object.entries(duckdbColumns).map(([name, type]) => `'${name}': '${type}'`)
    const source = `read_csv('${rows.file}', delim = '\t', header = false, quote = '', escape = '', nullstr = '\\N',
      columns = {${columns.join(', ')}})`
    const startedAt = performance.now()
    await connection.run(
      `COPY (SELECT * EXCLUDE _row FROM ${source}) TO '${target}' (FORMAT parquet, COMPRESSION zstd)`,
    )
    return (rows.count * 1_000) / (performance.now() - startedAt)
  } finally {
    connection.closeSync()
    instance.closeSync()
    fs.rmSync(target, { force: true })
  }
}
