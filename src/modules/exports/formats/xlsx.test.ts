import { fileTypeFromBuffer } from 'file-type'
import readExcel from 'read-excel-file/node'
import { expect, test } from 'vitest'
import {
  type Cell,
  hostileColumns,
  hostileRows,
  hostileTable,
  readAll,
  tableOf,
} from '../../../../test/harness/hostile-table.ts'
import type { Column } from '../../../platform/rows/column.ts'
import type { TableRows } from './format.ts'
import { sheetNames } from './sheet-names.ts'
import { encodeXlsx, xlsx } from './xlsx.ts'

const text = (name: string): Column => ({ name, type: 'text' })

const readSheets = (file: Buffer) => readExcel(file, { trim: false })

const encode = (tables: TableRows[], escapeFormulas = false) =>
  readAll(xlsx.encode(tables, { escapeFormulas }))

const rowsOf = async (columns: Column[], rows: Cell[][]) =>
  (await readSheets(await encode([tableOf('t', columns, rows)])))[0]?.data.slice(1)

test('a spreadsheet reader reads every hostile text back', async () => {
  const file = await encode([hostileTable()])
  expect((await fileTypeFromBuffer(file))?.mime).toBe(xlsx.contentType)
  const [sheet] = await readSheets(file)
  expect(sheet?.sheet).toBe('hostile')
  expect(sheet?.data[0]).toEqual(hostileColumns.map(({ name }) => name))
  // The reader gives null for a cell with no text in it.
  expect(sheet?.data.slice(1).map((row) => row[1])).toEqual(hostileRows.map((row) => row[1] || null))
})

test('numbers are numbers where no digit is lost, and text where one would be', async () => {
  const columns: Column[] = [
    { name: 'b', type: 'bigint' },
    { name: 'n', type: 'numeric' },
    { name: 'd', type: 'double' },
    { name: 'f', type: 'boolean' },
  ]
  const rows = [
    ['999999999999999', '12.500000000000000000000', '1e-05', 't'],
    ['-999999999999999', '0.000000000000000000012', '-1.7976931348623157e+308', 'f'],
    ['1000000000000000', '1234567.890123456', 'NaN', null],
    ['9223372036854775807', '123456789012345.6', 'Infinity', 't'],
    [null, `1${'0'.repeat(400)}`, '0', 'f'],
    ['0', 'NaN', '0.1', 't'],
  ]
  expect(await rowsOf(columns, rows)).toEqual([
    [999999999999999, 12.5, 1e-5, true],
    [-999999999999999, 1.2e-20, -1.7976931348623157e308, false],
    ['1000000000000000', '1234567.890123456', 'NaN', null],
    ['9223372036854775807', '123456789012345.6', 'Infinity', true],
    [null, `1${'0'.repeat(400)}`, 0, false],
    [0, 'NaN', 0.1, true],
  ])
})

test('dates and timestamps are dates from 1900-03-01 to 9999-12-31, and text beyond', async () => {
  const columns: Column[] = [
    { name: 'd', type: 'date' },
    { name: 't', type: 'timestamp' },
  ]
  const rows = [
    ['1900-03-01', '1900-03-01 00:00:00+00'],
    ['2024-02-29', '2024-02-29 23:59:59.678+00'],
    ['1955-05-05', '1955-05-05 05:05:05.123+00'],
    ['9999-12-31', '9999-12-31 23:59:59.999999+00'],
    ['1900-02-28', '1900-02-28 12:00:00+00'],
    ['0001-01-01', '0001-01-01 00:00:00.5+00'],
    ['infinity', '-infinity'],
    ['0044-03-15 BC', '12024-01-01 00:00:00+00'],
  ]
  expect(await rowsOf(columns, rows)).toEqual([
    [new Date('1900-03-01'), new Date('1900-03-01')],
    [new Date('2024-02-29'), new Date('2024-02-29T23:59:59.678Z')],
    [new Date('1955-05-05'), new Date('1955-05-05T05:05:05.123Z')],
    [new Date('9999-12-31'), new Date('9999-12-31T23:59:59.999Z')],
    ['1900-02-28', '1900-02-28T12:00:00Z'],
    ['0001-01-01', '0001-01-01T00:00:00.5Z'],
    ['infinity', '-infinity'],
    ['0044-03-15 BC', '+012024-01-01T00:00:00Z'],
  ])
})

test('U+0000 and text that looks like an escape come back', async () => {
  const columns: Column[] = [{ name: 'raw', type: 'text', nuls: true }]
  const rows = [['a\0b'], ['_x0000_'], ['_x00e9_ _x12_'], ['__x005F_']]
  expect(await rowsOf(columns, rows)).toEqual([['a\0b'], ['_x0000_'], ['_x00e9_ _x12_'], ['__x005F_']])
})

test('text that a spreadsheet would run once it is saved as CSV is escaped', async () => {
  const columns: Column[] = [text('@name'), { name: 'n', type: 'integer' }]
  const file = await encode(
    [
      tableOf('t', columns, [
        ["=cmd|' /C calc'!A0", '-1'],
        ['a=b', '1'],
      ]),
    ],
    true,
  )
  expect((await readSheets(file))[0]?.data).toEqual([
    ["'@name", 'n'],
    ["'=cmd|' /C calc'!A0", -1],
    ['a=b', 1],
  ])
})

test('goes on on further sheets, each with the header', async () => {
  const rows = Array.from({ length: 9 }, (_, index) => [String(index), null])
  const columns: Column[] = [{ name: 'n', type: 'integer' }, text('none')]
  const sheetsOf = async (count: number) =>
    readSheets(
      await readAll(
        encodeXlsx([tableOf('many', columns, rows.slice(0, count)), tableOf('Many (2)', columns, [])], {
          escapeFormulas: true,
          rowsPerSheet: 5,
        }),
      ),
    )
  const header = ['n', 'none']
  const numbers = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => [from + index, null])
  expect(await sheetsOf(9)).toEqual([
    { sheet: 'many', data: [header, ...numbers(0, 4)] },
    { sheet: 'many (2)', data: [header, ...numbers(4, 8)] },
    { sheet: 'many (3)', data: [header, ...numbers(8, 9)] },
    { sheet: 'Many (2) (2)', data: [header] },
  ])
  expect((await sheetsOf(8)).map(({ data }) => data.length)).toEqual([5, 5, 1])
})

test('sheets have names that spreadsheets take', () => {
  const nextName = sheetNames()
  const long = 'a'.repeat(40)
  expect(
    ['a[b]:*?/\\c', 'Users', 'users', 'USERS', "'q'", '', 'History', long, long, `${'b'.repeat(30)}😀`].map(
      nextName,
    ),
  ).toEqual([
    'a_b______c',
    'Users',
    'users (2)',
    'USERS (3)',
    '_q_',
    'Sheet',
    'History (2)',
    'a'.repeat(31),
    `${'a'.repeat(27)} (2)`,
    'b'.repeat(30),
  ])
})

test('a cell that is too long fails, and names where it is', async () => {
  const rows = (last: string) => [['short'], [null], [last]]
  const whole = '😀'.repeat(16_383)
  expect(await rowsOf([text('bio')], rows(whole))).toEqual([['short'], [null], [whole]])
  const tooLong = encode([tableOf('people', [text('bio')], rows(`${whole}ab`))])
  await expect(tooLong).rejects.toMatchObject({
    name: 'PermanentFailure',
    code: 'CELL_TOO_LONG',
    message: expect.stringMatching(/Row 3 of people .* bio/),
  })
})

test('closes the rows when the reader stops, and passes their error on', async () => {
  const columns = [text('a')]
  let open = 0
  const rows = async function* () {
    open += 1
    try {
      while (true) yield Buffer.from(`${Math.random()}\n`.repeat(100))
    } finally {
      open -= 1
    }
  }
  const table = { ...tableOf('t', columns, []), rows: rows() }
  for await (const piece of encodeXlsx([table], { escapeFormulas: true, rowsPerSheet: 1000 })) {
    expect([piece.length > 0, open]).toEqual([true, 1])
    if (piece.length > 1000) break
  }
  expect(open).toBe(0)
  const failing = (async function* () {
    yield Buffer.from('x\n')
    throw new Error('the rows broke')
  })()
  await expect(encode([{ ...tableOf('t', columns, []), rows: failing }])).rejects.toThrow('the rows broke')
})

test('the same rows make the same file', async () => {
  expect((await encode([hostileTable()])).equals(await encode([hostileTable()]))).toBe(true)
})
