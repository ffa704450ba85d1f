import fc from 'fast-check'
import { expect, test } from 'vitest'
import { copyTextOf } from '../../../test/harness/hostile-table.ts'
import { readRows } from './copy-text.ts'
import { showNuls } from './nul-text.ts'
import {
  byteMarks,
  hasBackslash,
  isNullCell,
  marksOf,
  newRowScan,
  scanRows,
  showNulBytes,
  unescapeCell,
} from './scan-cells.ts'

const columns = [
  { name: 'a', type: 'text' },
  { name: 'b', type: 'text' },
] as const

const scanAll = (bytes: Buffer, mostRows: number): (string | null)[][] => {
  const scan = newRowScan(columns.length, byteMarks())
  const rows: (string | null)[][] = []
  let start = 0
  for (let at = 0; at < bytes.length; ) {
    at = scanRows(scan, bytes, at, mostRows)
    for (let row = 0; row < scan.rowCount; row += 1) {
      rows.push(
        columns.map((_, column) => {
          const end = scan.ends[row * columns.length + column] ?? 0
          const from = start
          start = end + 1
          if (isNullCell(bytes, from, end)) return null
          return bytes.toString('utf8', from, unescapeCell(bytes, from, end))
        }),
      )
    }
  }
  return rows
}

const anyCell = fc.option(
  fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom('\\', 'N', '\t', '\n', '\r', 'é', '\v') }),
  ),
)

test('finds the cells that reading them as strings finds, however few rows it takes at once', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyCell, anyCell)), fc.integer({ min: 1, max: 4 }), (rows, mostRows) => {
      const bytes = copyTextOf([...columns], rows)
      const expected = readRows(Buffer.from(bytes))
      expect(expected).toEqual(rows)
      expect(scanAll(bytes, mostRows)).toEqual(expected)
    }),
  )
})

test('marks the cells whose bytes are minded', () => {
  const marks = byteMarks([
    { mark: 0x01, bytes: Buffer.from(',"') },
    { mark: 0x02, bytes: Buffer.from('"\n') },
  ])
  const scan = newRowScan(4, marks)
  scanRows(scan, Buffer.from('a\tb,\t"\t\\n\n'), 0, 1)
  expect([...scan.marks.subarray(0, 4)]).toEqual([0, 0x01, 0x03, hasBackslash])
  expect(marksOf(marks, Buffer.from('x\ny,'), 0, 3)).toBe(0x02)
})

test('gives U+0000 back as showing it in a string does', () => {
  const unit = fc.constantFrom('\uf8ff', '0', '1', '2', 'é', '\uf8fe')
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      const bytes = Buffer.from(text)
      expect(bytes.toString('utf8', 0, showNulBytes(bytes, 0, bytes.length))).toBe(showNuls(text))
    }),
  )
})

test('refuses rows of another number of cells, and half rows', () => {
  for (const text of ['a\n', 'a\tb\tc\n', 'a\tb\nc', 'a\tb\nc\t']) {
    const scan = newRowScan(2, byteMarks())
    expect(() => scanRows(scan, Buffer.from(text), 0, 100), JSON.stringify(text)).toThrow(/row/)
  }
})
