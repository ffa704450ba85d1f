import { expect, it } from 'vitest'
import { faultsOf, parseText, shapeOf } from './testing/parse-whole-file.ts'

it('reads cells as they were, with their types', async () => {
  const [table] = await parseText(
    '\ufeffid;name;note;id;\r\n1;"a;""b""\r\nc";\'=1+1;x;\n2;"";5" pipe;9;\r3;;nul\0\uf8ff\ttab\\;;\r\n',
    'csv',
  )
  expect(shapeOf(table)).toEqual(['id:integer', 'name:text', 'note:text+nuls', 'id_2:text', 'column_5:text'])
  expect(table?.columns.map(({ label }) => label)).toEqual(['id', 'name', 'note', 'id', 'column_5'])
  expect(table?.rows).toEqual([
    ['1', 'a;"b"\r\nc', "'=1+1", 'x', null],
    ['2', '', '5" pipe', '9', null],
    ['3', null, 'nul\uf8ff0\uf8ff1\ttab\\', null, null],
  ])
  expect(table).toMatchObject({ rowCount: 3, badRows: 0 })
})

it('reports each row that it cannot read and loses no other', async () => {
  const lines = [
    'a,b',
    '1,x',
    '2,"open',
    '3,x',
    '4,"q"q',
    '5',
    '6,x,y',
    '7,\xff',
    '8,"x',
    'y"',
    '9,x',
    '10,"end',
    '11,x',
    '',
  ]
  const [table] = await parseText(Buffer.from(lines.join('\n'), 'latin1'), 'csv')
  expect(faultsOf(table)).toEqual([
    '3 QUOTE_WITHIN_CELL',
    '5 QUOTE_WITHIN_CELL',
    '6 WRONG_CELL_COUNT',
    '7 WRONG_CELL_COUNT',
    '8 INVALID_UTF8',
    '12 UNCLOSED_QUOTE',
  ])
  expect(table?.rows.map(([a]) => a)).toEqual(['1', '3', '8', '9', '11'])
  expect(table).toMatchObject({ rowCount: 5, badRows: 6 })
})

it('keeps 100 samples and counts on', async () => {
  const [table] = await parseText(`a,b\n1,2\n${'x\n'.repeat(5000)}`, 'csv')
  expect(table?.badRowSamples).toHaveLength(100)
  expect(table).toMatchObject({ rowCount: 1, badRows: 5000 })
})

it.each([
  [',', 'a;b'],
  [';', 'a,b'],
  ['\t', 'a,b;c'],
  ['|', 'a, b'],
])('finds out the delimiter %j', async (delimiter, text) => {
  const rows = Array.from({ length: 5 }, (_, index) => [String(index), `"${text}"`, 'z'].join(delimiter))
  const [table] = await parseText([['i', 'text', 'z'].join(delimiter), ...rows].join('\n'), 'csv')
  expect(shapeOf(table)).toEqual(['i:integer', 'text:text', 'z:text'])
  expect(table?.rows[4]).toEqual(['4', text, 'z'])
})

it('leaves out cells and lines that are too long, and nothing else', async () => {
  const long = 'x'.repeat(2 * 1024 ** 2)
  const [table] = await parseText(`a,b\n1,${long}\n2,"${'y'.repeat(40 * 1024 ** 2)}"\n3,z\n`, 'csv')
  expect(faultsOf(table)).toEqual(['2 CELL_TOO_LONG', '3 ROW_TOO_LONG'])
  expect(table?.rows).toEqual([['3', 'z']])
})

it('reads the same at every place where a piece can end', async () => {
  const record = '1,"a\r\n""b""",é\r\n'
  const lines: string[] = []
  for (let length = 0; lines.length < 300; length += 7) lines.push(`"${'p'.repeat(length)}",x,y\r\n${record}`)
  const [table] = await parseText(`a,b,c\r\n${lines.join('').repeat(4)}`, 'csv')
  expect(table).toMatchObject({ rowCount: 2400, badRows: 0 })
  expect(table?.rows.filter(([, b]) => b !== 'x')).toEqual(Array(1200).fill(['1', 'a\r\n"b"', 'é']))
})

it('keeps the empty lines of a table with one column', async () => {
  const [table] = await parseText('a\n1\n\n""\n3', 'csv')
  expect(table?.rows).toEqual([['1'], [null], [''], ['3']])
})

it('has the columns of a file without rows', async () => {
  const [table] = await parseText('a,b', 'csv')
  expect(shapeOf(table)).toEqual(['a:text', 'b:text'])
  expect(table?.rows).toEqual([])
})

it.each([
  ['', 'empty'],
  ['\n\n', 'empty'],
  [Buffer.from('\ufeffa,b\n1,2', 'utf16le'), 'UTF-16'],
  [Buffer.from('gr\xf6\xdfe,b\n', 'latin1'), 'UTF-8'],
  ['"a,b\n1,2', 'quote'],
])('refuses what has no line of names: %j', async (content, said) => {
  await expect(parseText(content, 'csv')).rejects.toMatchObject({
    name: 'PermanentFailure',
    code: 'FILE_NOT_READABLE',
    message: expect.stringContaining(said),
  })
})
