import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cell, copyText, openParquetFiles, usualLimits } from '../../../../test/harness/parquet-file.ts'
import { PermanentFailure } from '../../../platform/jobs/job-failure.ts'
import type { Column } from '../../../platform/rows/column.ts'
import { parquetFormat } from './parquet.ts'

let files: Awaited<ReturnType<typeof openParquetFiles>>
beforeAll(async () => {
  files = await openParquetFiles()
})
afterAll(() => files.close())

const idAndText: Column[] = [
  { name: 'id', type: 'bigint' },
  { name: 'words', type: 'text' },
]
const manyRows = (count: number): Cell[][] =>
  Array.from({ length: count }, (_, id) => [String(id), id % 7 === 3 ? null : `row ${id}`])

describe('a table', () => {
  it('has no rows', async () => {
    await files.write(idAndText, [])
    expect(await files.query('SELECT count(*) FROM file')).toEqual([['0']])
    expect(await files.query('SELECT column_type FROM (DESCRIBE FROM file)')).toEqual([
      ['BIGINT'],
      ['VARCHAR'],
    ])
  })

  it('has only nulls', async () => {
    const types: Column['type'][] = ['boolean', 'integer', 'double', 'text', 'uuid', 'timestamp', 'json']
    await files.write(
      types.map((type) => ({ name: `${type}_value`, type })),
      [copyText(Array.from({ length: 3000 }, () => types.map(() => null)))],
    )
    expect(await files.query('SELECT count(*), count(COLUMNS(*)) FROM file')).toEqual([
      ['3000', ...types.map(() => '0')],
    ])
  })

  it('has several row groups, bounded by rows and by bytes', async () => {
    const rows = manyRows(2500)
    const chunks = [copyText(rows.slice(0, 1111)), copyText(rows.slice(1111))]
    const groups = `SELECT row_group_num_rows FROM parquet_metadata(file) WHERE column_id = 0 ORDER BY row_group_id`
    await files.write(idAndText, chunks, { ...usualLimits, rows: 1000 })
    expect(await files.query(groups)).toEqual([['1000'], ['1000'], ['500']])
    expect(await files.query('SELECT * FROM file ORDER BY id')).toEqual(rows)
    await files.write(idAndText, chunks, { ...usualLimits, bytes: 10_000 })
    expect(await files.query(groups)).toHaveLength(3)
    expect(await files.query('SELECT * FROM file ORDER BY id')).toEqual(rows)
  })

  it('has several pages in a row group, some with nulls', async () => {
    const rows = Array.from({ length: 70_000 }, (_, id): Cell[] => [
      String(id),
      id >= 20_000 && id < 50_000 && id % 3 === 0 ? null : 'w'.repeat(id % 90),
    ])
    await files.write(idAndText, [copyText(rows)])
    expect(await files.query('SELECT * FROM file ORDER BY id')).toEqual(rows)
    expect(
      await files.query('SELECT num_values, stats_null_count FROM parquet_metadata(file) ORDER BY column_id'),
    ).toEqual([
      ['70000', '0'],
      ['70000', '10000'],
    ])
  })

  it('has 150 columns', async () => {
    const columns = Array.from(
      { length: 150 },
      (_, index): Column => ({
        name: `column ${index} "ü"`,
        type: index % 2 === 0 ? 'integer' : 'text',
      }),
    )
    const rows = Array.from({ length: 300 }, (_, row) =>
      columns.map((_, index) => ((row + index) % 11 === 0 ? null : String(row * index))),
    )
    await files.write(columns, [copyText(rows)])
    expect(await files.query('SELECT * FROM file')).toEqual(rows)
    expect(await files.query('SELECT column_name FROM (DESCRIBE FROM file)')).toEqual(
      columns.map(({ name }) => [name]),
    )
  })

  it('has a cell of many megabytes', async () => {
    const long = 'päge '.repeat(2_000_000)
    await files.write(idAndText, [
      copyText([
        ['1', long],
        ['2', 'short'],
      ]),
    ])
    expect(await files.query('SELECT id, length(words), md5(words) FROM file ORDER BY id')).toEqual([
      ['1', String(long.length), createHash('md5').update(long).digest('hex')],
      ['2', '5', createHash('md5').update('short').digest('hex')],
    ])
  })

  it('equals its source over 300,000 rows', async () => {
    const columns: Column[] = [
      { name: 'id', type: 'bigint' },
      { name: 'number', type: 'integer' },
      { name: 'price', type: 'numeric', decimals: 2 },
      { name: 'made_at', type: 'timestamp' },
      { name: 'yes', type: 'boolean' },
      { name: 'words', type: 'text' },
    ]
    const digest = createHash('md5')
    let sum = 0n
    function* chunks() {
      for (let first = 0; first < 300_000; first += 500) {
        const rows = Array.from({ length: 500 }, (_, index): Cell[] => {
          const id = BigInt(first + index)
          const madeAt = new Date(Number(id) * 86_399_977 - 9e12).toISOString()
          return [
            String(id * 4_611_686_018n),
            id % 5n === 0n ? null : String((id * 7919n) % 2_147_483_647n),
            `${id % 2n === 0n ? '-' : ''}${id + 1n}.${String(id % 100n).padStart(2, '0')}`,
            `${madeAt.slice(0, 10)} ${madeAt.slice(11, 23)}456+00`,
            id % 3n === 0n ? 't' : 'f',
            `${id % 2n ? 'tab\there' : 'line\nbreak'} \\ ${id}`,
          ]
        })
        for (const cells of rows) {
          sum += BigInt(cells[0] ?? 0)
          digest.update(`${cells.map((cell) => cell ?? '-').join('|')}\r`)
        }
        yield copyText(rows)
      }
    }
    await files.write(columns, chunks())
    expect(
      await files.query(
        `SELECT count(*), sum(id), md5(string_agg(concat_ws('|', id, coalesce(number::VARCHAR, '-'), price, made_at,
          CASE WHEN yes THEN 't' ELSE 'f' END, words) || chr(13), '' ORDER BY id)) FROM file`,
      ),
    ).toEqual([['300000', String(sum), digest.digest('hex')]])
    expect(
      await files.query('SELECT num_rows, num_row_groups, created_by FROM parquet_file_metadata(file)'),
    ).toEqual([['300000', '3', 'backlot']])
  }, 60_000)
})

it('says the range of numbers and times, by which readers skip row groups', async () => {
  const columns: Column[] = [
    { name: 'number', type: 'integer' },
    { name: 'id', type: 'bigint' },
    { name: 'day', type: 'date' },
    { name: 'nothing', type: 'bigint' },
  ]
  const ids = ['4294967296', '-4294967297', '-1', '9223372036854775807', '4294967295']
  await files.write(columns, [
    copyText(ids.map((id, index) => [String(index - 2), id, `2020-02-2${index}`, null])),
  ])
  expect(
    await files.query(
      'SELECT stats_min_value, stats_max_value, stats_null_count FROM parquet_metadata(file) ORDER BY column_id',
    ),
  ).toEqual([
    ['-2', '2', '0'],
    ['-4294967297', '9223372036854775807', '0'],
    ['2020-02-20', '2020-02-24', '0'],
    [null, null, '5'],
  ])
  expect(await files.query('SELECT id FROM file WHERE id < -1')).toEqual([['-4294967297']])
})

it.each([
  [['7'], '7', '7'],
  [['3', '5', '4', '2'], '2', '5'],
  [['-3', '-5', '-4', '-2'], '-5', '-2'],
  [['1', '4294967295', '2147483648'], '1', '4294967295'],
  [['-1', '-4294967296', '-2147483648'], '-4294967296', '-1'],
])('says the range of %j', async (ids, least, greatest) => {
  await files.write(idAndText, [copyText(ids.map((id) => [id, null]))])
  expect(
    await files.query(
      'SELECT stats_min_value, stats_max_value FROM parquet_metadata(file) WHERE column_id = 0',
    ),
  ).toEqual([[least, greatest]])
})

describe('what Parquet cannot hold fails and names the column', () => {
  it.each<[Column['type'], string]>([
    ['date', 'infinity'],
    ['timestamp', '-infinity'],
    ['timestamp', '294276-12-31 23:59:59+00'],
    ['timestamp', '2020-01-01 00:00:00+02'],
    ['numeric', 'NaN'],
    ['numeric', '1.234'],
    ['numeric', '1'.repeat(38)],
    ['integer', '2147483648'],
    ['integer', ''],
    ['uuid', 'not a uuid'],
    ['boolean', 'true'],
    ['double', 'one'],
  ])('%s %s', async (type, cell) => {
    const columns: Column[] = [{ name: 'the_column', type, decimals: 2 }]
    const written = files.write(columns, [copyText([[cell]])])
    await expect(written).rejects.toThrow(PermanentFailure)
    await expect(written).rejects.toThrow(/the_column/)
  })

  it('a row with a cell too few or too many', async () => {
    await expect(files.write(idAndText, [copyText([['1']])])).rejects.toThrow(/id/)
    await expect(files.write(idAndText, [copyText([['1', 'a', 'b']])])).rejects.toThrow(/words/)
  })
})

it('is one table a file', async () => {
  const table = { name: 'a', columns: idAndText, primaryKey: [], uniqueColumns: [], foreignKeys: [] }
  const tables = [1, 2].map(() => ({ ...table, rows: Readable.from([copyText([['1', 'a']])]) }))
  expect(() => parquetFormat.encode(tables, { escapeFormulas: true })).toThrow(/one table/)
})
