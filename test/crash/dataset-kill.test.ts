import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { tableSchemaOf } from '../../src/modules/datasets/table-storage.ts'
import { type DataApp, startDataApp } from '../harness/data-app.ts'
import { quickImports } from '../harness/spawned-process.ts'

/**
 * Datasets of three related tables, made by worker processes that are killed while they write, must be the same to the
 * byte as those that the generator writes when nobody disturbs it.
 */
const makeWithinMs = 60_000
const tableNames = ['users', 'orders', 'items']

let app: DataApp
const workers = new Set<ChildProcess>()
/** Workers that take the places of killed ones, which takes a moment. */
const restarts: Promise<unknown>[] = []

beforeAll(async () => {
  app = await startDataApp({ env: { SECRET_KEY: 'k'.repeat(40) } })
})
afterAll(async () => {
  await Promise.allSettled(restarts)
  for (const worker of workers) await kill(worker)
  await app.backlot.close()
})
beforeEach(async () => {
  for (const worker of workers) await kill(worker)
})

const startWorker = async (): Promise<ChildProcess> => {
  const script = path.join(import.meta.dirname, 'dataset-worker-process.ts')
  const worker = fork(script, [app.backlot.databaseUrl, app.backlot.dataDir], {
    stdio: 'inherit',
    execArgv: quickImports,
  })
  await once(worker, 'message')
  workers.add(worker)
  return worker
}

const kill = async (worker: ChildProcess) => {
  const exit = once(worker, 'exit')
  worker.kill('SIGKILL')
  await exit
  workers.delete(worker)
}

const field = (name: string, type: string, more: object = {}) => ({ name, type, ...more })
const to = (table: string, options: object = {}) => ({ options: { table, column: 'id', ...options } })

/** A tenth of the rows are users, three tenths their orders, the rest the items of those. */
const shop = (rows: number) => ({
  seed: 'crash',
  refDate: '2024-06-01T12:00:00Z',
  tables: [
    {
      name: 'users',
      count: rows * 0.1,
      fields: [
        field('id', 'sequence'),
        field('token', 'uuid', { unique: true }),
        field('email', 'email', { unique: true }),
      ],
    },
    {
      name: 'orders',
      count: rows * 0.3,
      fields: [
        field('id', 'sequence'),
        field('user_id', 'reference', to('users', { distribution: 'zipf' })),
        field('at', 'datetime', { nullRate: 0.1 }),
      ],
    },
    {
      name: 'items',
      count: rows * 0.6,
      fields: [
        field('id', 'sequence'),
        field('order_id', 'reference', to('orders', { cardinality: { min: 1, max: 4 } })),
        field('price', 'decimal'),
      ],
    },
  ],
})

type Dataset = { datasetId: string; jobId: string }
const start = async (body: object): Promise<Dataset> => {
  const { status, data, text } = await app.post('generate', body)
  if (status !== 202) throw new Error(text)
  return data
}

type State = { status: string; message: string | null; pid: number; written: number }
/** `pid`: of the worker that has or had the job. `written`: the share of rows whose chunks are done. */
const stateOf = async ({ jobId, datasetId }: Dataset): Promise<State> => {
  const [state] = await app.query<State>(`
    select status, progress_message as message, split_part(worker_id, ':', 2)::int as pid, (
      select coalesce(sum(end_row - first_row) filter (where done)::float8 / sum(end_row - first_row), 0)
      from dataset_chunks where dataset_id = '${datasetId}') as written
    from jobs where id = '${jobId}'`)
  if (state === undefined) throw new Error('The job is gone')
  return state
}
const assistants = async () => {
  const rows = await app.query<{ pid: number }>(`
    select split_part(worker_id, ':', 2)::int as pid from jobs
    where type = 'dataset.assist' and status = 'in-progress'`)
  return rows.map(({ pid }): number | undefined => pid)
}
const untilCompleted = (dataset: Dataset) =>
  expect
    .poll(() => stateOf(dataset), { timeout: makeWithinMs, interval: 50 })
    .toMatchObject({ status: 'completed' })

const hashesOf = async ({ datasetId }: Dataset) => {
  const hashes = []
  for (const table of tableNames) hashes.push(await app.exportedHash(datasetId, table, 'csv'))
  return hashes
}

/** What the generator writes without a table between, exported by one worker. */
const expectedOf = async (rows: number) => {
  const worker = await startWorker()
  const hashes = await hashesOf(await app.make({ ...shop(rows), store: false }))
  await kill(worker)
  return hashes
}

const expectWhole = async ({ datasetId }: Dataset, rows: number) => {
  const counts = await app.query<{ rows: number; last: number; ids: number }>(
    `${tableNames
      .map(
        (name, position) =>
          `select count(*)::int as rows, max(_row)::int as last, count(distinct id)::int as ids, ${position} as position
           from ${app.nameOf(datasetId, name)}`,
      )
      .join(' union all ')} order by position`,
  )
  expect(counts.map((count) => [count.rows, count.last, count.ids])).toEqual(
    [0.1, 0.3, 0.6].map((share) => [rows * share, rows * share, rows * share]),
  )
  const users = app.nameOf(datasetId, 'users')
  const [unique] = await app.query(
    `select count(distinct token)::int as tokens, count(distinct email)::int as emails from ${users}`,
  )
  expect(unique).toEqual({ tokens: rows * 0.1, emails: rows * 0.1 })
  expect(await app.countOrphans(datasetId)).toBe(0)
  const chunks = await app.query(`
    select position, sum(end_row - first_row)::int as rows, bool_and(done) as done
    from dataset_chunks where dataset_id = '${datasetId}' group by position order by position`)
  expect(chunks).toEqual(
    [0.1, 0.3, 0.6].map((share, position) => ({ position, rows: rows * share, done: true })),
  )
  const keys = await app.query(`
    select contype::text as type, count(*)::int as n from pg_constraint
    where connamespace = to_regnamespace('${tableSchemaOf(datasetId)}') and contype in ('p', 'u', 'f') and convalidated
    group by 1 order by 1`)
  expect(keys).toEqual([
    { type: 'f', n: 2 },
    { type: 'p', n: 3 },
    { type: 'u', n: 5 },
  ])
}

test('1 and 4 workers make the same bytes as the generator alone', { timeout: 120_000 }, async () => {
  const rows = 100_000
  const expected = await expectedOf(rows)
  for (const workerCount of [1, 4]) {
    while (workers.size < workerCount) await startWorker()
    const dataset = await start(shop(rows))
    await untilCompleted(dataset)
    expect(await hashesOf(dataset)).toEqual(expected)
    await expectWhole(dataset, rows)
  }
})

/** Numbers between 0 and 1, the same in every run. Source: Steele and Vigna, LXM; here its mixing step alone. */
const randomNumbers = (seed: number) => () => {
  seed = (seed + 0x9e3779b9) | 0
  let mixed = Math.imul(seed ^ (seed >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
}

test('400,000 rows survive kills while rows are written and while keys are built', {
  timeout: 180_000,
}, async () => {
  const rows = 400_000
  const random = randomNumbers(20_261)
  const expected = await expectedOf(rows)
  for (let count = 0; count < 5; count += 1) await startWorker()
  const dataset = await start(shop(rows))

  let killedAssistants = 0
  /** Kills the worker that has the dataset's job, or another: one that writes too, if there is any. */
  const killWhen = async (isDue: (state: State) => boolean, hasJob: boolean) => {
    const due = async () => isDue(await stateOf(dataset))
    await expect.poll(due, { timeout: makeWithinMs, interval: 5 }).toBe(true)
    const { pid } = await stateOf(dataset)
    const assisting = await assistants()
    const others = [...workers].filter((candidate) => candidate.pid !== pid)
    const assistant = others.find((candidate) => assisting.includes(candidate.pid))
    const worker = hasJob ? [...workers].find((candidate) => candidate.pid === pid) : (assistant ?? others[0])
    if (worker === assistant) killedAssistants += 1
    if (worker === undefined) throw new Error('There is nobody to kill')
    await kill(worker)
    restarts.push(startWorker())
    return stateOf(dataset)
  }
  // A job is given up with the third worker that it loses, so that two may be lost here.
  for (const [index, hasJob] of [false, true, false, false].entries()) {
    const at = 0.05 + index * 0.2 + 0.1 * random()
    const { status, written } = await killWhen((state) => state.written >= at, hasJob)
    expect(status).toBe('in-progress')
    expect(written).toBeLessThan(1)
  }
  expect(killedAssistants).toBeGreaterThan(0)
  const isBuilding = ({ status, message }: State) => status === 'in-progress' && message === 'Building keys'
  const killed = await killWhen(isBuilding, true)
  expect(isBuilding(killed)).toBe(true)

  await Promise.all(restarts)
  await untilCompleted(dataset)
  expect(await app.query(`select crashes from jobs where id = '${dataset.jobId}'`)).toEqual([{ crashes: 2 }])
  expect(await hashesOf(dataset)).toEqual(expected)
  await expectWhole(dataset, rows)
})
