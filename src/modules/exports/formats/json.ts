import { writeText } from '../../../platform/rows/byte-sink.ts'
import { encodeRows, onlyTable } from './encode-rows.ts'
import type { Format, TableRows } from './format.ts'
import { jsonRows } from './json-rows.ts'

/** One array of objects for one table, an object with an array under each table's name for several. One row a line. */
export const json: Format = {
  name: 'json',
  extension: '.json',
  contentType: 'application/json',
  manyTables: true,
  compressible: true,
  encode: encodeJson,
}

/** One object a line, each line ended by a line feed. */
export const ndjson: Format = {
  name: 'ndjson',
  extension: '.ndjson',
  contentType: 'application/x-ndjson',
  manyTables: false,
  compressible: true,
  encode: (tables) => encodeNdjson(onlyTable(tables)),
}

async function* encodeNdjson(table: TableRows): AsyncGenerator<Uint8Array> {
  const rows = jsonRows(table.columns, () => {}, '}\n')
  for await (const { bytes } of encodeRows(table, rows)) yield bytes
}

async function* encodeJson(tables: TableRows[]): AsyncGenerator<Uint8Array> {
  const [first, ...more] = tables
  if (first !== undefined && more.length === 0) {
    yield* encodeArray(first)
    yield Buffer.from('\n')
    return
  }
  let separator = '{\n'
  for (const table of tables) {
    yield Buffer.from(`${separator}${JSON.stringify(table.name)}: `)
    yield* encodeArray(table)
    separator = ',\n'
  }
  yield Buffer.from(first === undefined ? '{}\n' : '\n}\n')
}

async function* encodeArray(table: TableRows): AsyncGenerator<Uint8Array> {
  const rows = jsonRows(table.columns, (sink, row) => writeText(sink, row === 0 ? '\n' : ',\n'), '}')
  let rowCount = 0
  yield Buffer.from('[')
  for await (const piece of encodeRows(table, rows)) {
    rowCount = piece.rowCount
    yield piece.bytes
  }
  yield Buffer.from(rowCount === 0 ? ']' : '\n]')
}
