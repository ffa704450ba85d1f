import { expect, it } from 'vitest'
import { parseFile } from './parse-file.ts'
import { faultsOf, newFolder, parseText, shapeOf } from './testing/parse-whole-file.ts'
import { buildWorkbook, zipParts } from './testing/workbook.ts'

const text = (value: string) => `<c t="inlineStr"><is><t xml:space="preserve">${value}</t></is></c>`
const styles =
  '<numFmts><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd hh:mm"/><numFmt numFmtId="165" formatCode="[Red]0.0&quot;days&quot;"/></numFmts>' +
  '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>' +
  '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="21"/></cellXfs>'

it('reads texts, numbers, booleans, errors and formulas', async () => {
  const book = await buildWorkbook(
    [
      ['Empty', ''],
      [
        'My orders',
        `<row r="2"><c r="A2" t="s"><v>0</v></c>${text('n')}${text('f')}${text('b')}${text('e')}<c r="F2"/></row>
        <row r="3"><c r="A3" t="s"><v>1</v></c><c><v>0.10000000000000001</v></c><c t="str"><f>A1</f><v>a_x0000_b</v></c><c t="b"><v>1</v></c><c t="e"><v>#DIV/0!</v></c></row>
        <row r="5"></row>
        <row r="7"><c r="B7"><v>9223372036854775807</v></c><c r="D7" t="b"><v>0</v></c></row>
        <row r="8"><c r="A8" t="inlineStr"><is><t></t></is></c><c><v>1E-3</v></c></row>
        <row r="9"><c r="F9"><v>1</v></c></row>`,
      ],
    ],
    {
      strings:
        '<si><t>name</t></si><si><r><t>ri</t></r><r><t>ch&amp;_x0041_</t></r><rPh><t>no</t></rPh></si>',
    },
  )
  const tables = await parseText(book, 'xlsx')
  expect(tables.map(({ name, label }) => [name, label])).toEqual([['My_orders', 'My orders']])
  expect(shapeOf(tables[0])).toEqual(['name:text', 'n:numeric', 'f:text+nuls', 'b:boolean', 'e:text'])
  expect(tables[0]?.rows).toEqual([
    ['rich&A', '0.1', 'a\uf8ff0b', 't', '#DIV/0!'],
    [null, '9223372036854775807', null, 'f', null],
    ['', '0.001', null, null, null],
  ])
  expect(faultsOf(tables[0])).toEqual(['9 WRONG_CELL_COUNT'])
})

const dates = (serial: string) =>
  `<row>${text('day')}${text('at')}${text('n')}${text('t')}</row>
   <row><c s="1"><v>${serial}</v></c><c s="2"><v>${serial}.5</v></c><c s="3"><v>5</v></c><c s="4"><v>0.25</v></c></row>`

it.each([
  [false, '45351', '2024-02-29'],
  [true, '43889', '2024-02-29'],
  [false, '59', '1900-02-28'],
  [false, '61', '1900-03-01'],
])('reads dates by style, of the 1904 system: %s, %s is %s', async (date1904, serial, day) => {
  const [table] = await parseText(await buildWorkbook([['s', dates(serial)]], { styles, date1904 }), 'xlsx')
  expect(shapeOf(table)).toEqual(['day:date', 'at:timestamp', 'n:integer', 't:time'])
  expect(table?.rows).toEqual([[day, `${day} 12:00:00+00`, '5', '06:00:00']])
})

it('continues a full sheet, and only a full one', async () => {
  const header = (line: number) => `<row r="${line}">${text('a')}</row>`
  const last = '<row r="1048576"><c><v>2</v></c></row>'
  const row = '<row r="2"><c><v>1</v></c></row>'
  const full = await buildWorkbook([
    ['o', header(1) + last],
    ['o (2)', header(1) + last],
    ['o (3)', header(1) + row],
    ['o (4)', header(1) + row],
  ])
  const tables = await parseText(full, 'xlsx')
  expect(tables.map(({ label, rows }) => [label, rows.flat()])).toEqual([
    ['o', ['2', '2', '1']],
    ['o (4)', ['1']],
  ])
})

it('refuses bombs quickly', async () => {
  const zeros = Buffer.alloc(300 * 1024 ** 2, 0x20)
  const book = await buildWorkbook([['s', `<row>${text('a')}</row>`]])
  const bomb = await buildWorkbook([['s', `<row>${text('a')}</row>${zeros.toString('latin1')}`]])
  expect(bomb.length).toBeLessThan(400_000)
  expect(book.length).toBeLessThan(10_000)
  const start = performance.now()
  await expect(parseText(bomb, 'xlsx')).rejects.toMatchObject({
    code: 'FILE_NOT_READABLE',
    message: expect.stringContaining('inflates'),
  })
  expect(performance.now() - start).toBeLessThan(5000)
})

it('refuses a bomb that lies about its size', async () => {
  const bomb = await buildWorkbook([['s', `<row>${text('a')}</row>${' '.repeat(100 * 1024 ** 2)}`]])
  // The size in the central directory and in the data descriptor of each part that is as large.
  for (let at = 0; at + 4 <= bomb.length; at += 1) {
    const size = bomb.readUInt32LE(at)
    if (size > 100 * 1024 ** 2 && size < 101 * 1024 ** 2) bomb.writeUInt32LE(1000, at)
  }
  await expect(parseText(bomb, 'xlsx')).rejects.toMatchObject({ code: 'FILE_NOT_READABLE' })
})

it.each([
  ['a document type', (xml: string) => `<!DOCTYPE w [<!ENTITY a "b">]>${xml}`, 'document type'],
  ['broken XML', (xml: string) => xml.replace('</row>', ''), 'sheet1.xml'],
  ['invalid UTF-8', (xml: string) => xml.replace('zz', '\xff'), 'sheet1.xml'],
])('refuses %s', async (_, change, said) => {
  const sheet = `<worksheet><sheetData><row>${text('a')}</row><row>${text('zz')}</row></sheetData></worksheet>`
  const parts = new Map<string, string | Buffer>([
    ['_rels/.rels', '<Relationships/>'],
    ['xl/workbook.xml', '<workbook xmlns:r="r"><sheets><sheet name="s" r:id="1"/></sheets></workbook>'],
    [
      'xl/_rels/workbook.xml.rels',
      '<Relationships><Relationship Id="1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    ],
    ['xl/worksheets/sheet1.xml', sheet],
  ])
  expect(shapeOf((await parseText(await zipParts(parts), 'xlsx'))[0])).toEqual(['a:text'])
  parts.set('xl/worksheets/sheet1.xml', Buffer.from(change(sheet), 'latin1'))
  await expect(parseText(await zipParts(parts), 'xlsx')).rejects.toMatchObject({
    code: 'FILE_NOT_READABLE',
    message: expect.stringContaining(said),
  })
})

it('refuses a ZIP file that is no workbook, one that is cut off, and a column too far to the right', async () => {
  const zip = await zipParts(new Map([['a.txt', 'hello']]))
  const book = await buildWorkbook([
    ['s', `<row>${text('a')}</row><row r="2"><c r="XFD2"><v>1</v></c></row>`],
  ])
  const unreadable = { code: 'FILE_NOT_READABLE' }
  await expect(parseText(zip, 'xlsx')).rejects.toMatchObject(unreadable)
  await expect(parseText(book.subarray(0, book.length - 30), 'xlsx')).rejects.toMatchObject(unreadable)
  await expect(parseText(book, 'xlsx')).rejects.toMatchObject({ code: 'TOO_MANY_COLUMNS' })
})

it('moves on as sheets are read', async () => {
  await using folder = await newFolder()
  const rows = '<row><c><v>1</v></c></row>'.repeat(200_000)
  const path = await folder.file(await buildWorkbook([['s', `<row>${text('a')}</row>${rows}`]]))
  const fractions: number[] = []
  await using file = parseFile({
    path,
    format: 'xlsx',
    limits: { maxRows: 1e6, maxSeconds: 60 },
    onProgress: (fraction) => fractions.push(fraction),
  })
  for await (const { rows } of file.tables()) for await (const _ of rows);
  expect(fractions.length).toBeGreaterThan(2)
  expect(fractions).toEqual(fractions.toSorted((one, other) => one - other))
  expect(fractions.at(-1)).toBe(1)
})
