import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { call, signUp } from '../../../test/harness/client.ts'
import { type DataApp, startDataApp } from '../../../test/harness/data-app.ts'
import { expireDatasets, removeLeftoverTables } from './maintenance.ts'
import { tableSchemaOf } from './table-storage.ts'

let app: DataApp
beforeAll(async () => {
  app = await startDataApp()
})
afterAll(() => app.backlot.close())

const field = (name: string, type: string, more: object = {}) => ({ name, type, ...more })
const reference = (name: string, table: string) =>
  field(name, 'reference', { options: { table, column: 'id' } })

/** Enough rows for several chunks, and for a moment in which something can happen. */
const shop = (count: number) => ({
  seed: 'shop',
  refDate: '2024-06-01T12:00:00Z',
  tables: [
    {
      name: 'users',
      count: count / 10,
      fields: [field('id', 'sequence'), field('email', 'email', { unique: true })],
    },
    {
      name: 'orders',
      count,
      fields: [
        field('id', 'sequence'),
        reference('user_id', 'users'),
        field('note', 'sentence', { nullRate: 0.3 }),
      ],
    },
  ],
})

const start = async (body: object) => {
  const { status, data, text } = await app.post('generate', body)
  if (status !== 202) throw new Error(text)
  return data as { datasetId: string; jobId: string }
}
const jobOf = async (id: string) => (await app.get(`jobs/${id}`)).data
const statusOf = async (jobId: string) => (await jobOf(jobId)).status
const soon = { timeout: 15_000, interval: 10 }
/** Until rows are being written, and some chunks are in. */
const untilWriting = (jobId: string) =>
  expect.poll(async () => (await jobOf(jobId)).progress, soon).toBeGreaterThan(0.1)
const untilEnded = (jobId: string, status: string) =>
  expect.poll(() => statusOf(jobId), { timeout: 60_000, interval: 20 }).toBe(status)

/** What is left of a dataset in the database, when the housekeeping was there. */
const remains = async (id: string) => {
  while ((await removeLeftoverTables({ db: app.db })) > 0);
  const tables = `select relname as name from pg_class where relnamespace = to_regnamespace('${tableSchemaOf(id)}')`
  const [chunks] = await app.query(`select count(*)::int as n from dataset_chunks where dataset_id = '${id}'`)
  return { tables: await app.query(tables), chunks: chunks?.n }
}
const nothing = { tables: [], chunks: 0 }
const hashes = async (id: string) => [
  await app.exportedHash(id, 'users'),
  await app.exportedHash(id, 'orders'),
]

test('the tables have the types and the keys that the dataset says', async () => {
  const tables = [
    {
      name: 'people',
      count: 50,
      fields: [
        field('code', 'pattern', { options: { regex: '[A-Z]{4}' }, unique: true }),
        field('id', 'sequence'),
        field('born', 'birth_date'),
        field('seen', 'past_date', { nullRate: 0.5 }),
        field('at', 'datetime'),
        field('balance', 'decimal'),
        field('share', 'float'),
        field('big', 'bigint'),
        field('ok', 'boolean'),
        field('more', 'json_object', { options: { fields: { a: { type: 'noun' } } } }),
        field('boss', 'reference', { options: { table: 'people', column: 'id' }, nullRate: 0.1 }),
      ],
    },
    {
      name: 'Order',
      count: 20,
      fields: [reference('select', 'people'), field('n', 'integer', { nullRate: 1 })],
    },
  ]
  const { datasetId } = await app.make({ tables })
  const shown = await app.show(datasetId)
  const schema = tableSchemaOf(datasetId)
  const columns = await app.query(`
    select table_name as "table", column_name as name, data_type as type from information_schema.columns
    where table_schema = '${schema}' and column_name <> '_row' order by table_name desc, ordinal_position`)
  const typeNames: Record<string, string> = {
    double: 'double precision',
    timestamp: 'timestamp with time zone',
  }
  type Shown = { name: string; columns: { name: string; type: string }[] }
  expect(columns).toEqual(
    shown.tables.flatMap(({ name, columns }: Shown) =>
      columns.map((column) => ({
        table: name,
        name: column.name,
        type: typeNames[column.type] ?? column.type,
      })),
    ),
  )
  const keys = await app.query<{ definition: string }>(`
    select conrelid::regclass::text || ' ' || pg_get_constraintdef(oid) as definition from pg_constraint
    where connamespace = to_regnamespace('${schema}') and contype in ('p', 'u', 'f') order by 1`)
  expect(keys.map(({ definition }) => definition.replaceAll(`${schema}.`, '')).sort()).toEqual([
    '"Order" FOREIGN KEY ("select") REFERENCES people(id)',
    '"Order" PRIMARY KEY (_row)',
    'people FOREIGN KEY (boss) REFERENCES people(id)',
    'people PRIMARY KEY (code)',
    'people UNIQUE (_row)',
    'people UNIQUE (id)',
  ])
  expect(shown.tables.map(({ primaryKey }: { primaryKey: string }) => primaryKey)).toEqual(['code', null])
  expect(shown.tables[1].foreignKeys).toEqual([
    { column: 'select', references: { table: 'people', column: 'id' } },
  ])
  const again = await app.make({ ...shown.schema })
  expect(await app.allRows(again.datasetId, {})).toEqual(await app.allRows(datasetId, {}))
})

test('datasets are listed newest first, and those of others do not exist', async () => {
  const ben = await signUp(app.backlot)
  const made = [await app.make(shop(10)), await app.make(shop(10))]
  const list = (await app.get('datasets?limit=2&total=true')).json
  expect(list.data.map(({ id }: { id: string }) => id)).toEqual(
    made.map(({ datasetId }) => datasetId).reverse(),
  )
  expect((await app.get('datasets', ben)).json.data).toEqual([])
  const id = made[0]?.datasetId
  expect((await app.get(`datasets/${id}`, ben)).status).toBe(404)
  expect((await call(app.backlot, ben, 'DELETE', `/v1/datasets/${id}`)).status).toBe(404)
  expect((await app.get(`datasets/${id}`)).status).toBe(200)
})

describe('a dataset that is being written', () => {
  const rows = 400_000
  let undisturbed: string[]
  beforeAll(async () => {
    const { datasetId } = await app.make(shop(rows))
    undisturbed = await hashes(datasetId)
  })

  test('is cancelled within a second, leaves nothing, and can be made again', {
    timeout: 60_000,
  }, async () => {
    const { datasetId, jobId } = await start(shop(rows))
    await untilWriting(jobId)
    const asked = performance.now()
    expect((await app.post(`jobs/${jobId}/cancel`, {})).status).toBe(202)
    await untilEnded(jobId, 'cancelled')
    const tookMs = performance.now() - asked
    // A second is the promise; this machine may have other work.
    expect(tookMs).toBeLessThan(3_000)
    expect(await app.show(datasetId)).toMatchObject({ status: 'cancelled' })
    expect(await app.rowsOf(datasetId)).toMatchObject({ status: 409, error: { code: 'DATASET_NOT_READY' } })
    expect(await remains(datasetId)).toEqual(nothing)

    expect((await app.post(`jobs/${jobId}/retry`, {})).status).toBe(202)
    await untilEnded(jobId, 'completed')
    expect(await hashes(datasetId)).toEqual(undisturbed)
  })

  test('is cancelled while its keys are built', { timeout: 60_000 }, async () => {
    const { datasetId, jobId } = await start(shop(rows))
    await untilWriting(jobId)
    const reader = new pg.Client({ connectionString: app.backlot.databaseUrl })
    await reader.connect()
    try {
      // Whoever reads a table in a transaction keeps its keys waiting, and nothing else.
      await reader.query('begin')
      await reader.query(`select 1 from ${app.nameOf(datasetId, 'orders')} limit 1`)
      const waiting = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'alter table %'`
      await expect.poll(async () => (await app.query(waiting)).length, soon).toBe(1)
      await app.post(`jobs/${jobId}/cancel`, {})
      await expect.poll(() => statusOf(jobId), { timeout: 3_000, interval: 10 }).toBe('cancelled')
      expect(await app.query(waiting)).toEqual([])
    } finally {
      await reader.end()
    }
    expect(await remains(datasetId)).toEqual(nothing)
  })

  test('goes on where it was, when it is made again before anything was removed', {
    timeout: 60_000,
  }, async () => {
    const { datasetId, jobId } = await start(shop(rows))
    await untilWriting(jobId)
    await app.post(`jobs/${jobId}/cancel`, {})
    await untilEnded(jobId, 'cancelled')
    await app.post(`jobs/${jobId}/retry`, {})
    await untilEnded(jobId, 'completed')
    expect(await hashes(datasetId)).toEqual(undisturbed)
    expect(await app.countOrphans(datasetId)).toBe(0)
  })

  test('leaves nothing when it fails', { timeout: 60_000 }, async () => {
    const { datasetId, jobId } = await start(shop(rows))
    await untilWriting(jobId)
    await app.query(`update jobs set failures = 100 where id = '${jobId}'`)
    // It waits for the job's locks as long as it takes, and may be the one that a deadlock is solved by.
    const client = new pg.Client(app.backlot.databaseUrl)
    await client.connect()
    const drop = () => client.query(`drop table if exists ${app.nameOf(datasetId, 'orders')}`)
    await vi.waitFor(drop, 30_000).finally(() => client.end())
    await untilEnded(jobId, 'failed')
    const shown = await app.show(datasetId)
    expect(shown).toMatchObject({ status: 'failed', errorCode: 'JOB_FAILED' })
    expect(shown.errorMessage).not.toMatch(/relation|dataset_/)
    expect(await remains(datasetId)).toEqual(nothing)
    await app.post(`jobs/${jobId}/retry`, {})
    await untilEnded(jobId, 'completed')
    expect(await hashes(datasetId)).toEqual(undisturbed)
  })

  test('stops when it is deleted, and is gone', { timeout: 60_000 }, async () => {
    const { datasetId, jobId } = await start(shop(rows))
    await untilWriting(jobId)
    expect((await call(app.backlot, app.ada, 'DELETE', `/v1/datasets/${datasetId}`)).status).toBe(204)
    expect((await app.get(`datasets/${datasetId}`)).status).toBe(404)
    await untilEnded(jobId, 'cancelled')
    expect(await remains(datasetId)).toEqual(nothing)
    expect(await app.query(`select id from datasets where id = '${datasetId}'`)).toEqual([])
    expect((await app.post(`jobs/${jobId}/retry`, {})).status).toBe(202)
    await untilEnded(jobId, 'failed')
    expect((await jobOf(jobId)).errorCode).toBe('DATASET_DELETED')
  })

  test('cannot be made again beyond the quota', { timeout: 60_000 }, async () => {
    const small = await startDataApp({ worker: true, env: { DATA_QUOTA_ROWS: '1000000' } })
    try {
      const first = (await small.post('generate', shop(800_000))).data
      await small.post(`jobs/${first.jobId}/cancel`, {})
      const job = async () => (await small.get(`jobs/${first.jobId}`)).data.status
      await expect.poll(job, soon).toBe('cancelled')
      expect((await small.make(shop(200_000))).status).toBe('completed')
      await small.post(`jobs/${first.jobId}/retry`, {})
      await expect.poll(job, { timeout: 40_000 }).toMatch(/failed|completed/)
      const [held] = await small.query<{ rows: number }>(
        `select sum(row_count)::int as rows from datasets where status = 'completed'`,
      )
      expect(held?.rows).toBeLessThanOrEqual(1_000_000)
    } finally {
      await small.backlot.close()
    }
  })
})

test('progress never goes back and is told at least every second, to the end', {
  timeout: 60_000,
}, async () => {
  const { jobId } = await start(shop(910_000))
  await untilEnded(jobId, 'completed')
  const events = await app.query<{ at: number; progress: number | null; status: string | null }>(`
    select extract(epoch from created_at)::float8 * 1000 as at, (data ->> 'progress')::float8 as progress,
      data ->> 'status' as status
    from job_events where job_id = '${jobId}' order by seq`)
  const running = events.slice(events.findIndex(({ status }) => status === 'in-progress'))
  const told = running.map(({ progress }) => progress ?? 0)
  const gaps = running.slice(1).map(({ at }, index) => at - (running[index]?.at ?? at))
  expect(told).toEqual(told.toSorted((a, b) => a - b))
  expect(Math.max(...gaps)).toBeLessThan(1_000)
  expect(told.length).toBeGreaterThan(4)
  expect(told.at(-1)).toBe(1)
  expect(running.at(-1)?.status).toBe('completed')
})

describe('what nobody may read any more is removed', () => {
  test('when its time is over', async () => {
    const { datasetId } = await app.make(shop(100))
    const kept = await app.make(shop(100))
    await app.query(`update datasets set expires_at = now() - interval '1 second' where id = '${datasetId}'`)
    expect(await expireDatasets({ db: app.db }, 500)).toBe(1)
    expect((await app.get(`datasets/${datasetId}`)).status).toBe(404)
    expect(await remains(datasetId)).toEqual(nothing)
    expect(await app.allRows(kept.datasetId, {})).toHaveLength(10)
  })

  test('when its owner is gone', async () => {
    const ben = await signUp(app.backlot)
    const { data } = await app.post('generate', shop(100), { prefer: 'wait=30' }, ben)
    const password = 'correct horse 42'
    const gone = await call(app.backlot, ben, 'DELETE', `/v1/users/${ben.id}`, { body: { password } })
    expect(gone.status, gone.text).toBe(200)
    expect(await expireDatasets({ db: app.db }, 500)).toBe(1)
    expect(await remains(data.datasetId)).toEqual(nothing)
    expect(await app.query(`select id from datasets where id = '${data.datasetId}'`)).toEqual([])
  })
})
