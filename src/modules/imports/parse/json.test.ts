import { expect, it } from 'vitest'
import { faultsOf, parseText, shapeOf } from './testing/parse-whole-file.ts'

it('keeps all digits, nested values as they stand, and keys of later rows', async () => {
  const [table] = await parseText(
    [
      '{"n":9223372036854775807,"d":0.1234567890123456789,"t":"5","j":{"a": [1.0, 9007199254740993]},"b":true}',
      '{"n":1,"at":"2024-01-02T03:04:05+01:00","t":"a\\u0000\\n\\"","j":null,"__proto__":"x"}\r',
      '  ',
      '{}',
    ].join('\n'),
    'ndjson',
  )
  expect(shapeOf(table)).toEqual([
    'n:bigint',
    'd:numeric',
    't:text+nuls',
    'j:json',
    'b:boolean',
    'at:timestamp',
    'proto:text',
  ])
  expect(table?.rows).toEqual([
    ['9223372036854775807', '0.1234567890123456789', '5', '{"a": [1.0, 9007199254740993]}', 't', null, null],
    ['1', null, 'a\uf8ff0\n"', null, null, '2024-01-02 02:04:05+00', 'x'],
    [null, null, null, null, null, null, null],
  ])
})

it('reports each line that is no row', async () => {
  const deep = `{"a":${'['.repeat(200)}${']'.repeat(200)}}`
  const lines = [
    '{"a":1}',
    '[1]',
    'null',
    '{"a":1',
    '{"a":\xff}',
    '{"a":"\\ud800"}',
    deep,
    `{"a":"${'x'.repeat(2e6)}"}`,
  ]
  const [table] = await parseText(Buffer.from([...lines, '{"a":2}'].join('\n'), 'latin1'), 'ndjson')
  expect(faultsOf(table)).toEqual([
    '2 NOT_AN_OBJECT',
    '3 NOT_AN_OBJECT',
    '4 INVALID_JSON',
    '5 INVALID_UTF8',
    '6 INVALID_UNICODE',
    '7 NESTED_TOO_DEEPLY',
    '8 CELL_TOO_LONG',
  ])
  expect(table?.rows).toEqual([['1'], ['2']])
})

it('falls back to text with what stood in the file', async () => {
  const [table] = await parseText('{"a":1.50}\n{"a":{"b": 1}}\n{"a":"x"}\n{"a":false}\n', 'ndjson')
  expect(shapeOf(table)).toEqual(['a:text'])
  expect(table?.rows).toEqual([['1.50'], ['{"b": 1}'], ['x'], ['false']])
})

it('reads an object of arrays as tables, a row at a time', async () => {
  const tables = await parseText(
    '\ufeff{"users":[{"a":"]}\\\\","b":[{"c":"]"}]},\n\n{"a":"y"}],"none":[ ],\n"users": [{"x":1},7,{"x" 2}]}\n',
    'json',
  )
  expect(tables.map(({ name }) => name)).toEqual(['users', 'users_2'])
  expect(tables[0]?.rows).toEqual([
    [']}\\', '[{"c":"]"}]'],
    ['y', null],
  ])
  expect(tables[1]?.rows).toEqual([['1']])
  expect(faultsOf(tables[1])).toEqual(['4 NOT_AN_OBJECT', '4 INVALID_JSON'])
})

it('reads the same at every place where a piece can end', async () => {
  const rows = Array.from(
    { length: 3000 },
    (_, index) => `{"i":${index},"s":"é\\"]},${'p'.repeat(index % 301)}"}`,
  )
  const [table] = await parseText(`[${rows.join(',\n')}]`, 'json')
  expect(table?.rows.map(([i]) => Number(i))).toEqual(Array.from({ length: 3000 }, (_, index) => index))
})

it.each([
  ['', 'breaks off at line 1'],
  ['[]', 'no table'],
  ['[{"a":1},', 'breaks off'],
  ['[{"a":1}\n{"a":2}]', 'Line 2: unexpected "{"'],
  ['[{"a":1},]', 'unexpected "]"'],
  ['[{"a":1}] x', 'unexpected "x"'],
  ['{"a":1}', 'unexpected "1"'],
  ['[{"a":"x', 'within the value that begins at line 1'],
  ['[{}, {}]', 'have no values'],
  ['[1, 2]', 'No row can be read'],
  [`[{"a":"${'x'.repeat(17 * 1024 ** 2)}"}]`, 'more than'],
  ['['.repeat(1_000_000), 'breaks off'],
])('refuses a document of another form: %.30j', async (content, said) => {
  await expect(parseText(content, 'json')).rejects.toMatchObject({
    code: 'FILE_NOT_READABLE',
    message: expect.stringContaining(said),
  })
})
