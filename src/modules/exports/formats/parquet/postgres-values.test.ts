import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openParquetFiles } from '../../../../../test/harness/parquet-file.ts'
import { createTestDatabase } from '../../../../../test/harness/test-database.ts'
import { type ColumnType, databaseTypeOf } from '../../../../platform/rows/column.ts'
import { wholeRows } from '../../../../platform/rows/copy-text.ts'
import { hideNuls } from '../../../../platform/rows/nul-text.ts'

let files: Awaited<ReturnType<typeof openParquetFiles>>
let database: Awaited<ReturnType<typeof createTestDatabase>>
let client: pg.Client
beforeAll(async () => {
  files = await openParquetFiles()
  database = await createTestDatabase()
  client = new pg.Client({ connectionString: database.url, connectionTimeoutMillis: 10_000 })
  await client.connect()
  await client.query(`SET TimeZone = 'UTC'`)
})
afterAll(async () => {
  await client.end()
  await database.drop()
  files.close()
})

/** `inPostgres` and `inDuckdb` say the same of the value `v`, as text. */
type Trial = {
  type: ColumnType
  values: string[]
  duckdbType: string
  inPostgres?: string
  inDuckdb?: string
  decimals?: number
}

const hostileText = [
  '',
  ' ',
  'a\tb\nc\r\nd\\e',
  '\\N',
  '\\',
  'ends with \\',
  '\\.',
  '\b\f\v\u0001\u007f',
  'Grüße 你好 😀👩‍👩‍👧',
  `"quoted", 'so'; =1+1`,
  'x'.repeat(5000),
  `${'y'.repeat(47)}\n${'z'.repeat(100)}`,
]
const asBase64 = {
  inPostgres: `replace(encode(convert_to(v::text, 'UTF8'), 'base64'), E'\\n', '')`,
  inDuckdb: 'to_base64(encode(v::VARCHAR))',
}

const trials: Trial[] = [
  { type: 'boolean', values: ['true', 'false', 'true'], duckdbType: 'BOOLEAN' },
  { type: 'integer', values: ['0', '-1', '2147483647', '-2147483648'], duckdbType: 'INTEGER' },
  {
    type: 'bigint',
    values: [
      '0',
      '-1',
      '9223372036854775807',
      '-9223372036854775808',
      '9007199254740993',
      '-4294967296',
    ].concat(
      ['9007199254740991', '-9007199254740992', '-9007199254740993', '1234567890123456789', '10000000000'],
      ['-99999999999', '4294967295', '-4294967297'],
    ),
    duckdbType: 'BIGINT',
  },
  {
    type: 'double',
    values: [
      '0',
      '-0',
      '-0.1',
      '1e308',
      '5e-324',
      'NaN',
      'Infinity',
      '-Infinity',
      '0.30000000000000004',
      '1e21',
    ],
    duckdbType: 'DOUBLE',
    inDuckdb: `CASE WHEN isinf(v) THEN printf('%sInfinity', CASE WHEN v < 0 THEN '-' ELSE '' END)
      WHEN isnan(v) THEN 'NaN' ELSE v::VARCHAR END`,
  },
  {
    type: 'numeric',
    values: ['0', '-1.50', '12345678901234567890123456789012345678901234567890.123456789', 'NaN'],
    duckdbType: 'VARCHAR',
  },
  {
    type: 'numeric',
    decimals: 4,
    values: [
      '0',
      '-0.0001',
      '0.5',
      '-1',
      '12345678901.2345',
      '99999999999',
      '123456789012.3',
      '-4294967.2961',
    ].concat(
      [
        '9999999999999999999999999999999999.9999',
        '-9999999999999999999999999999999999.9999',
        '-900719925474.0993',
      ],
      ['-1844674407370955.1616', '1844674407370955.1615', '-1844674407370955.1617'],
    ),
    duckdbType: 'DECIMAL(38,4)',
    inPostgres: 'v::numeric(38,4)::text',
  },
  {
    type: 'numeric',
    decimals: 0,
    values: ['99999999999999999999999999999999999999', '-99999999999999999999999999999999999999', '7'],
    duckdbType: 'DECIMAL(38,0)',
  },
  { type: 'text', values: hostileText, duckdbType: 'VARCHAR', ...asBase64 },
  {
    type: 'uuid',
    values: ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'].concat(
      '01234567-89ab-cdef-fedc-ba9876543210',
    ),
    duckdbType: 'UUID',
  },
  {
    type: 'date',
    values: [
      '0001-01-01',
      '9999-12-31',
      '1969-12-31',
      '1970-01-01',
      '2000-02-29',
      '1900-03-01',
      '2024-12-31',
    ].concat(['0044-03-15 BC', '0001-12-31 BC', '12345-06-07', '4713-01-01 BC', '5874897-12-31']),
    duckdbType: 'DATE',
    inPostgres: `(v - date '1970-01-01')::text`,
    inDuckdb: `(v - date '1970-01-01')::VARCHAR`,
  },
  {
    type: 'time',
    values: ['00:00:00', '23:59:59.999999', '12:34:56.7', '00:00:00.000001', '24:00:00'],
    duckdbType: 'TIME',
    inPostgres: '(extract(epoch from v) * 1000000)::bigint::text',
    inDuckdb: 'epoch_us(v)::VARCHAR',
  },
  {
    type: 'timestamp',
    values: [
      '1969-12-31 23:59:59.999999+00',
      '1900-01-01 00:00:00.000001+00',
      '1970-01-01 00:00:00+00',
    ].concat(
      [
        '0001-01-01 00:00:00+00',
        '9999-12-31 23:59:59.999999+00',
        '2024-02-29 12:34:56.789+00',
        '2300-01-01 00:00:00.1+00',
      ],
      ['0044-03-15 12:00:00.5+00 BC', '294246-12-31 23:59:59.999999+00', '1582-10-15 00:00:00.123456+00'],
      ['2255-06-05 23:47:34.740991+00', '2255-06-05 23:47:34.740993+00', '1684-07-28 00:12:25.259007+00'],
    ),
    duckdbType: 'TIMESTAMP WITH TIME ZONE',
    inPostgres: '(extract(epoch from v) * 1000000)::bigint::text',
    inDuckdb: 'epoch_us(v)::VARCHAR',
  },
  {
    type: 'json',
    values: [
      '{"b": 1,  "a":"tab\\t \\"q\\" \\\\ é"}',
      '[1, null, {}]',
      '"text"',
      'null',
      '{\n\t"k" : 1e400\n}',
    ],
    duckdbType: 'JSON',
    ...asBase64,
  },
]

it.each(trials)('reads $type ($duckdbType) of PostgreSQL as it was', async (trial) => {
  const { type, values, decimals, duckdbType } = trial
  await client.query(`CREATE TEMPORARY TABLE trial (row integer, v ${databaseTypeOf(type)})`)
  try {
    await client.query(
      `INSERT INTO trial SELECT row, v::${databaseTypeOf(type)} FROM unnest($1::text[]) WITH ORDINALITY AS t (v, row)`,
      [values.flatMap((value) => [value, null])],
    )
    const rows = client.query(copyTo('COPY (SELECT row, v FROM trial ORDER BY row) TO STDOUT'))
    await files.write(
      [
        { name: 'row', type: 'integer' },
        { name: 'v', type, decimals },
      ],
      wholeRows(rows),
    )
    const expected = await client.query({
      text: `SELECT ${trial.inPostgres ?? 'v::text'} FROM trial ORDER BY row`,
      rowMode: 'array',
    })
    const read = await files.query(`SELECT ${trial.inDuckdb ?? 'v::VARCHAR'} FROM file ORDER BY row`)
    // The two write some of the same doubles otherwise.
    const comparable = ([cell]: unknown[]) => (type === 'double' && cell !== null ? Number(cell) : cell)
    expect(read.map(comparable)).toEqual(expected.rows.map(comparable))
    expect(expected.rows).toHaveLength(2 * values.length)
    expect(await files.query(`SELECT column_type FROM (DESCRIBE SELECT v FROM file)`)).toEqual([[duckdbType]])
  } finally {
    await client.query('DROP TABLE trial')
  }
})

it('gives text its U+0000 back', async () => {
  const texts = ['a\0b', '\0', 'none', '\uf8ff', '\uf8ff0', '\0\uf8ff1\0😀\t\\', '']
  await client.query('CREATE TEMPORARY TABLE trial (row integer, v text)')
  try {
    await client.query(
      `INSERT INTO trial SELECT row, v FROM unnest($1::text[]) WITH ORDINALITY AS t (v, row)`,
      [texts.map(hideNuls)],
    )
    const rows = client.query(copyTo('COPY (SELECT row, v FROM trial ORDER BY row) TO STDOUT'))
    await files.write(
      [
        { name: 'row', type: 'integer' },
        { name: 'v', type: 'text', nuls: true },
      ],
      wholeRows(rows),
    )
    expect(await files.query('SELECT to_base64(encode(v)) FROM file ORDER BY row')).toEqual(
      texts.map((text) => [Buffer.from(text).toString('base64')]),
    )
  } finally {
    await client.query('DROP TABLE trial')
  }
})
