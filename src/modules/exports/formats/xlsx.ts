import { type ZipEntry, zipStream } from '../zip-stream.ts'
import { encodeRows } from './encode-rows.ts'
import type { Format, TableRows } from './format.ts'
import { sheetNames } from './sheet-names.ts'
import { sheetEnd, sheetStart, workbookParts } from './xlsx-parts.ts'
import { sheetRows } from './xlsx-rows.ts'

/** Source: "Excel specifications and limits". The header is one of them. */
const mostRowsOfSheet = 1_048_576

/**
 * A workbook (Office Open XML, ECMA-376) with one sheet a table. A table with more rows than a sheet can have goes on on
 * further sheets, each with the header. Cells are numbers only where none of their digits would be lost. Timestamps are in UTC.
 */
export const xlsx: Format = {
  name: 'xlsx',
  extension: '.xlsx',
  contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  manyTables: true,
  compressible: false,
  encode: (tables, { escapeFormulas }) =>
    encodeXlsx(tables, { escapeFormulas, rowsPerSheet: mostRowsOfSheet }),
}

type XlsxOptions = { escapeFormulas: boolean; rowsPerSheet: number }

/** @param options `rowsPerSheet` counts the header, and is at least 2 */
export const encodeXlsx = (tables: TableRows[], options: XlsxOptions): AsyncIterable<Uint8Array> =>
  zipStream(entriesOf(tables, options))

async function* entriesOf(tables: TableRows[], options: XlsxOptions): AsyncGenerator<ZipEntry> {
  const names: string[] = []
  const nextName = sheetNames()
  for (const table of tables) {
    for await (const content of sheetsOf(table, options)) {
      names.push(nextName(table.name))
      yield { name: `xl/worksheets/sheet${names.length}.xml`, content, compress: true }
    }
  }
  // Only now it is known how many sheets there are.
  for (const [name, text] of workbookParts(names)) {
    yield { name, content: contentOf(text), compress: true }
  }
}

async function* contentOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

/** The sheets of one table. Each must be read to its end before the next is asked for. */
async function* sheetsOf(
  table: TableRows,
  { escapeFormulas, rowsPerSheet }: XlsxOptions,
): AsyncGenerator<AsyncIterable<Uint8Array>> {
  const dataRowsPerSheet = rowsPerSheet - 1
  const pieces = encodeRows(table, sheetRows(table, { escapeFormulas, dataRowsPerSheet }), dataRowsPerSheet)
  try {
    let piece = await pieces.next()
    const sheet = async function* (lastRow: number): AsyncGenerator<Uint8Array> {
      yield Buffer.from(sheetStart(table.columns, escapeFormulas))
      while (piece.done !== true && piece.value.rowCount <= lastRow) {
        yield piece.value.bytes
        piece = await pieces.next()
      }
      yield Buffer.from(sheetEnd)
    }
    for (let sheets = 1; sheets === 1 || piece.done !== true; sheets += 1)
      yield sheet(sheets * dataRowsPerSheet)
  } finally {
    await pieces.return(undefined)
  }
}
