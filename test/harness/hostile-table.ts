import type { TableRows } from '../../src/modules/exports/formats/format.ts'
import type { Column } from '../../src/platform/rows/column.ts'
import { hideNuls } from '../../src/platform/rows/nul-text.ts'

/** A cell as PostgreSQL prints it, U+0000 shown. */
export type Cell = string | null

/** Text that readers and writers of tables stumble over. */
export const hostileTexts: string[] = [
  '',
  'plain',
  'say "hi", she said',
  '"',
  '""',
  ',',
  'a\nb',
  'a\r\nb',
  'a\rb',
  '\n',
  '\ttab\t',
  'back\\slash \\n \\t',
  '\\N',
  '\\.',
  'ends with \\',
  ' leading',
  'trailing ',
  '   ',
  "it's; DROP TABLE x; --",
  '👩‍👩‍👧 🏳️‍🌈',
  '𝔘𝔫𝔦𝔠𝔬𝔡𝔢',
  'e\u0301 a\u030a',
  'שלום \u200f',
  '\ufeffbom',
  '\ufffe\uffff',
  '\u2028\u2029',
  '\u0001\u0008\u000b\u000c\u001f\u007f',
  '_x0041_ _x00',
  '<a href="b">&amp;</a>]]>',
  "=cmd|' /C calc'!A0",
  '-1+1',
  '+1',
  '@SUM(A1)',
  'null',
  'NULL',
  'true',
  '007',
]

export const hostileColumns: Column[] = [
  { name: 'id', type: 'bigint' },
  { name: 'a "b", c', type: 'text' },
  { name: 'small', type: 'integer' },
  { name: 'exact', type: 'numeric' },
  { name: 'real', type: 'double' },
  { name: 'flag', type: 'boolean' },
  { name: 'day', type: 'date' },
  { name: 'clock', type: 'time' },
  { name: 'moment', type: 'timestamp' },
  { name: 'key', type: 'uuid' },
  { name: 'doc', type: 'json' },
]

const uuid = '018f3c5e-0000-7000-8000-0123456789ab'
const values: Cell[][] = [
  [
    '-2147483648',
    '123456789012345678901234567890.12',
    '1e-05',
    't',
    '0001-01-01',
    '00:00:00',
    '0001-01-01 00:00:00+00',
    uuid,
    '{"a":[1,"x\\u0000",null]}',
  ],
  [
    '2147483647',
    '-0.000000000000000000000000000001',
    '1e+20',
    'f',
    '9999-12-31',
    '23:59:59.999999',
    '9999-12-31 23:59:59.999999+00',
    uuid,
    '[ 1,\n\t2 ]',
  ],
  ['0', '12.50', '-0', 't', '1900-02-28', '12:30:00', '2024-01-02 03:04:05.678+00', uuid, '"=1"'],
  ['-1', 'NaN', 'NaN', 'f', '1900-03-01', '12:30:00', '1899-12-31 00:00:00+00', uuid, '-1'],
  ['1', 'Infinity', '-Infinity', 't', 'infinity', '12:30:00', '-infinity', uuid, 'null'],
  [
    '5',
    '999999999999999',
    '1.7976931348623157e+308',
    't',
    '2024-02-29',
    '24:00:00',
    '0044-03-15 12:00:00+00 BC',
    uuid,
    '12345678901234567890',
  ],
  [null, null, null, null, null, null, null, null, null],
]
const ids = ['9223372036854775807', '-9223372036854775808', '999999999999999', '1000000000000000']

/** Every hostile text once, beside every hostile value of the other types. `id` differs in each row. */
export const hostileRows: Cell[][] = [...hostileTexts, null].map((text, index) => [
  ids[index] ?? String(index),
  text,
  ...(values[index % values.length] ?? []),
])

/** The rows as COPY text. Cells of columns with `nuls` are hidden as in the database. */
export const copyTextOf = (columns: Column[], rows: Cell[][]): Buffer =>
  Buffer.from(
    rows.map((row) => `${row.map((cell, index) => copyCell(columns[index], cell)).join('\t')}\n`).join(''),
  )

const letters: Record<string, string> = {
  '\b': 'b',
  '\f': 'f',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\v': 'v',
  '\\': '\\',
}

const copyCell = (column: Column | undefined, cell: Cell): string => {
  if (cell === null) return '\\N'
  const text = column?.nuls === true ? hideNuls(cell) : cell
  return text.replaceAll(/[\b\f\n\r\t\v\\]/g, (letter) => `\\${letters[letter]}`)
}

/** A table whose chunks are `rowsOfChunk` rows each. */
export const tableOf = (name: string, columns: Column[], rows: Cell[][], rowsOfChunk = 7): TableRows => ({
  name,
  columns,
  primaryKey: [],
  uniqueColumns: [],
  foreignKeys: [],
  rows: (async function* () {
    for (let first = 0; first < rows.length; first += rowsOfChunk) {
      yield copyTextOf(columns, rows.slice(first, first + rowsOfChunk))
    }
  })(),
})

export const hostileTable = (): TableRows => tableOf('hostile', hostileColumns, hostileRows)

export const readAll = async (content: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const pieces: Uint8Array[] = []
  for await (const piece of content) pieces.push(piece)
  return Buffer.concat(pieces)
}
