import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { quickImports } from '../harness/spawned-process.ts'
import { createTestDatabase } from '../harness/test-database.ts'

let database: Awaited<ReturnType<typeof createTestDatabase>>
let client: pg.Client
const processes: ChildProcess[] = []

beforeAll(async () => {
  database = await createTestDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query(
    'create table turns (pid int not null, began timestamptz not null default now(), is_over boolean not null default false)',
  )
})
afterAll(async () => {
  for (const child of processes) child.kill('SIGKILL')
  await client.end()
  await database.drop()
})

const start = async (): Promise<ChildProcess> => {
  const child = fork(path.join(import.meta.dirname, 'schedule-process.ts'), [database.url], {
    ...{ stdio: 'inherit', execArgv: quickImports },
  })
  processes.push(child)
  await once(child, 'message')
  return child
}

/** Waits for a turn that is not over, of a process that is not among `others`, and gives the process. */
const turnOfAnyBut = async (...others: ChildProcess[]): Promise<ChildProcess> => {
  const busy: ChildProcess[] = []
  const look = async () => {
    const { rows } = await client.query<{ pid: number }>('select pid from turns where not is_over')
    const pids = new Set(rows.map(({ pid }) => pid))
    busy.push(...processes.filter((child) => pids.has(child.pid ?? 0) && !others.includes(child)))
    return busy.length
  }
  await expect.poll(look, { timeout: 12_000, interval: 20 }).toBeGreaterThan(0)
  const [found] = busy
  if (found === undefined) throw new Error('nobody took the turn')
  return found
}

test('who is killed or stops in the middle of a task loses it to the other, who has it from then on', {
  timeout: 60_000,
}, async () => {
  await Promise.all([start(), start()])
  const stopped = await turnOfAnyBut()
  stopped.kill('SIGSTOP')
  const next = await turnOfAnyBut(stopped)
  next.kill('SIGKILL')
  await once(next, 'exit')
  const beforeLast = await client.query('select max(began) as at from turns')
  await start()
  await turnOfAnyBut(stopped, next)
  const { rows } = await client.query(
    'select extract(epoch from max(began) - $1::timestamptz)::float8 as seconds from turns',
    [beforeLast.rows[0].at],
  )
  // The lease, and until somebody asks again.
  expect(rows[0].seconds).toBeLessThan(8)
  stopped.kill('SIGCONT')
  const count = async () => (await client.query('select count(*)::int as n from turns')).rows[0].n
  const now = await count()
  await expect.poll(count, { timeout: 12_000, interval: 50 }).toBeGreaterThan(now)
})
