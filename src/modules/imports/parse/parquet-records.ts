import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api'
import { PermanentFailure } from '../../../platform/jobs/job-failure.ts'
import type { ColumnType } from '../../../platform/rows/column.ts'
import { doubleText } from './double-text.ts'
import {
  type CellKind,
  checkColumnCount,
  notReadable,
  type SourceColumn,
  type SourceFile,
  type TableSink,
} from './source-rows.ts'

/** Parquet, read by DuckDB, a chunk of rows after the other. */
export const readParquet = async (file: SourceFile, sink: TableSink): Promise<void> => {
  try {
    const instance = await DuckDBInstance.create(':memory:', settings)
    const connection = await instance.connect()
    try {
      await readTable(connection, file, sink)
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  } catch (error) {
    throw explain(error, file.path)
  }
}

const settings = {
  memory_limit: '256MB',
  threads: '1',
  max_temp_directory_size: '0B',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
}

const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`
const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

const readTable = async (connection: DuckDBConnection, file: SourceFile, sink: TableSink): Promise<void> => {
  await connection.run(`SET allowed_paths = [${quoteText(file.path)}]`)
  await connection.run('SET enable_external_access = false')
  await connection.run('SET lock_configuration = true')
  const source = `read_parquet([${quoteText(file.path)}], hive_partitioning = false)`
  const described = await connection.runAndReadAll(
    `SELECT column_name, column_type FROM (DESCRIBE FROM ${source})`,
  )
  const columns = described.getRows().map(([name, type]) => describeColumn(String(name), String(type)))
  if (columns.length === 0) throw notReadable('The file has no columns.')
  checkColumnCount(columns.length, file.limits)
  const counted = await connection.runAndReadAll(`SELECT count(*) FROM ${source}`)
  const rowCount = Number(counted.getRows()[0]?.[0] ?? 0)
  sink.startTable(file.tableName, columns)
  const list = columns.map(({ expression }) => expression).join(', ')
  const result = await connection.stream(`SELECT ${list} FROM ${source}`)
  let row = 0
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) return
    giveRows(chunk.getColumns(), columns, row, sink)
    row += chunk.rowCount
    sink.progress(row / rowCount)
    await sink.taken()
  }
}

type ParquetColumn = SourceColumn & { type: ColumnType; expression: string }

const giveRows = (
  values: DuckDBValue[][],
  columns: ParquetColumn[],
  before: number,
  sink: TableSink,
): void => {
  const kinds = new Array<CellKind>(columns.length).fill('typed')
  const rowCount = values[0]?.length ?? 0
  for (let row = 0; row < rowCount; row += 1) {
    const cells: (string | null)[] = []
    let broken: string | undefined
    for (let index = 0; index < columns.length; index += 1) {
      const text = textOf(values[index]?.[row])
      cells.push(text)
      if (text !== null && columns[index]?.type === 'json' && !isJson(text)) broken = columns[index]?.label
    }
    const line = before + row + 1
    if (broken === undefined) sink.row(line, cells, kinds)
    else
      sink.badRow(line, {
        code: 'INVALID_JSON',
        message: `The cell of column "${broken}" is not valid JSON.`,
      })
  }
}

const textOf = (value: DuckDBValue | undefined): string | null => {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  return typeof value === 'number' ? doubleText(value) : String(value)
}

/** A list can hold NaN, which DuckDB writes and JSON does not know. */
const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The text that PostgreSQL prints, made by DuckDB where it prints another. Source: DuckDB documentation, "Data Types". */
const describeColumn = (label: string, databaseType: string): ParquetColumn => {
  const name = quoteName(label)
  const plain = (type: ColumnType): ParquetColumn => ({ label, type, expression: `CAST(${name} AS VARCHAR)` })
  switch (databaseType) {
    case 'BOOLEAN':
      return {
        label,
        type: 'boolean',
        expression: `CASE WHEN ${name} THEN 't' WHEN NOT ${name} THEN 'f' END`,
      }
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
    case 'UTINYINT':
    case 'USMALLINT':
      return plain('integer')
    case 'BIGINT':
    case 'UINTEGER':
      return plain('bigint')
    case 'UBIGINT':
    case 'HUGEINT':
    case 'UHUGEINT':
      return plain('numeric')
    case 'FLOAT':
    case 'DOUBLE':
      return { label, type: 'double', expression: `CAST(${name} AS DOUBLE)` }
    case 'UUID':
      return plain('uuid')
    case 'DATE':
      return { label, type: 'date', expression: `replace(CAST(${name} AS VARCHAR), '(BC)', 'BC')` }
    case 'TIME':
    case 'TIME_NS':
      return { label, type: 'time', expression: `CAST(CAST(${name} AS TIME) AS VARCHAR)` }
    case 'BLOB':
      return { label, type: 'text', expression: `'\\x' || lower(hex(${name}))` }
    case 'JSON':
      return plain('json')
  }
  if (databaseType.startsWith('TIMESTAMP')) return { label, type: 'timestamp', expression: timestampOf(name) }
  if (/^DECIMAL\(\d+,\d+\)$/.test(databaseType)) return plain('numeric')
  if (/\]$|^(?:STRUCT|MAP|UNION)\(/.test(databaseType)) {
    return { label, type: 'json', expression: `CAST(to_json(${name}) AS VARCHAR)` }
  }
  return plain('text')
}

/** In UTC. PostgreSQL keeps microseconds: what is finer is cut off. */
const timestampOf = (name: string): string => {
  const text = `CAST(make_timestamp(epoch_us(CAST(${name} AS TIMESTAMPTZ))) AS VARCHAR)`
  const utc = `replace(${text}, ' (BC)', '') || CASE WHEN ${text} LIKE '%(BC)%' THEN '+00 BC' ELSE '+00' END`
  const finite = `isfinite(CAST(${name} AS TIMESTAMP))`
  return `CASE WHEN ${finite} THEN ${utc} ELSE CAST(${name} AS VARCHAR) END`
}

const explain = (error: unknown, path: string): unknown => {
  if (!(error instanceof Error) || error instanceof PermanentFailure) return error
  if (/out of memory/i.test(error.message)) {
    return new PermanentFailure('PARSER_RAN_OUT_OF_MEMORY', 'The Parquet file takes too much memory to read.')
  }
  return notReadable(error.message.replaceAll(path, 'the file').slice(0, 300))
}
