import { eq, sql } from 'drizzle-orm'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { statementsOf } from '../../../test/harness/statements.ts'
import { createTestDatabase } from '../../../test/harness/test-database.ts'
import { Database } from '../database/database.ts'
import { Schedule } from './schedule.ts'
import { claimDueTasks, deleteForgottenTasks, registerTasks } from './schedule-claims.ts'
import { scheduledTasks } from './scheduled-tasks.table.ts'
import type { Task } from './task.ts'

let server: Awaited<ReturnType<typeof createTestDatabase>>
/** As two processes have them. */
let databases: [Database, Database]

beforeAll(async () => {
  server = await createTestDatabase()
  const open = () =>
    new Database({
      ...{ url: server.url, ssl: false, poolMax: 5 },
      ...{ applicationName: 'schedule test', onConnectionError: () => undefined },
    })
  databases = [open(), open()]
})
afterAll(async () => {
  await Promise.all(databases.map((database) => database.close()))
  await server.drop()
})

let names = 0
const uniqueName = () => {
  names += 1
  return `task ${names}`
}
const log = pino({ level: 'silent' })

/** What a process does with these tasks, until the test is over. */
const openSchedule = (index: 0 | 1, tasks: Task[]) => {
  const schedule = new Schedule({ db: databases[index].db, log }, tasks)
  onTestFinished(() => schedule.close())
  return schedule
}
const makeDue = async (task: Task) => {
  await registerTasks(databases[0].db, [task])
  await change(task, { nextRunAt: sql`now()` })
}
const change = (task: Task, values: Record<string, unknown>) =>
  databases[0].db.update(scheduledTasks).set(values).where(eq(scheduledTasks.name, task.name))
const stored = async ({ name }: Task) => {
  const [row] = await databases[0].db
    .select({ row: scheduledTasks, now: sql<number>`extract(epoch from now())::float8` })
    .from(scheduledTasks)
    .where(eq(scheduledTasks.name, name))
  return row && { ...row.row, nowMs: row.now * 1_000 }
}
/** Lets the test say when a batch ends. */
const gate = () => Promise.withResolvers<number>()

const within = { timeout: 10_000, interval: 20 }

test('is done by one process of all, once a period, whatever the clock of a process says', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2001-01-01') })
  onTestFinished(() => void vi.useRealTimers())
  const begins: number[] = []
  let running = 0
  let mostRunning = 0
  const name = uniqueName()
  const task = (index: 0 | 1): Task => ({
    ...{ name, everySeconds: 1 },
    run: async () => {
      running += 1
      mostRunning = Math.max(mostRunning, running)
      begins.push(performance.now())
      await databases[index].db.execute(sql`select pg_sleep(0.05)`)
      running -= 1
      return 0
    },
  })
  openSchedule(0, [task(0)])
  openSchedule(1, [task(1)])
  await expect.poll(() => begins.length, within).toBe(4)
  expect(mostRunning).toBe(1)
  for (const [index, begin] of begins.slice(1).entries()) {
    // The period less its jitter, and less what a loaded machine delays the first of the two.
    expect(begin - (begins[index] ?? 0)).toBeGreaterThan(600)
  }
})

test('notes who does it, when, how much was done, and when it is due again', async () => {
  const batches = [gate(), gate(), gate()]
  const left = [...batches]
  const task = { name: uniqueName(), everySeconds: 600, run: () => left.shift()?.promise ?? gate().promise }
  await makeDue(task)
  openSchedule(0, [task])
  await expect.poll(async () => (await stored(task))?.processId, within).toMatch(/:\d+:[0-9a-f]{8}$/)
  expect(await stored(task)).toMatchObject({ lastStartedAt: expect.any(Date), lastFinishedAt: null })
  for (const [index, batch] of batches.entries()) batch.resolve([5, 2, 0][index] ?? 0)
  await expect.poll(async () => (await stored(task))?.lastTotal, within).toBe(7)
  const row = await stored(task)
  expect(row).toMatchObject({ processId: null, leaseExpiresAt: null, lastError: null })
  const dueInSeconds = ((row?.nextRunAt.getTime() ?? 0) - (row?.lastFinishedAt?.getTime() ?? 0)) / 1_000
  expect(dueInSeconds).toBeGreaterThanOrEqual(480)
  expect(dueInSeconds).toBeLessThanOrEqual(600)
})

test('notes what failed, without the values of the statement, until a run does not fail', async () => {
  let isBroken = true
  const run = async () => {
    if (isBroken) await databases[0].db.execute(sql`select ${'secret@example.com'}::text from no_such_table`)
    return 0
  }
  const task = { name: uniqueName(), everySeconds: 1, run }
  await makeDue(task)
  openSchedule(0, [task])
  await expect.poll(async () => (await stored(task))?.lastError, within).toContain('"no_such_table"')
  expect((await stored(task))?.lastError).not.toContain('secret@example.com')
  isBroken = false
  await expect.poll(async () => (await stored(task))?.lastError, within).toBe(null)
})

describe('a process that does not come to the end of a task', () => {
  test('keeps it for its lease, three periods and 5 s at least, and no longer', async () => {
    const due = [1, 2, 5, 60, 3_600].map((everySeconds) => ({ name: uniqueName(), everySeconds }))
    const tasks = due.map((task) => ({ ...task, run: async () => 0 }))
    for (const task of tasks) await makeDue(task)
    const [first, second] = databases
    const names = tasks.map(({ name }) => name)
    expect((await claimDueTasks(first.db, 'killed', tasks)).claimed.toSorted()).toEqual(names.toSorted())
    const { claimed, nextMs } = await claimDueTasks(second.db, 'other', tasks)
    expect(claimed).toEqual([])
    expect(nextMs).toBeGreaterThan(4_000)
    expect(nextMs).toBeLessThanOrEqual(5_000)
    const leases = await Promise.all(
      tasks.map(async (task) => {
        const { leaseExpiresAt, lastStartedAt } = (await stored(task)) ?? {}
        return ((leaseExpiresAt?.getTime() ?? 0) - (lastStartedAt?.getTime() ?? 0)) / 1_000
      }),
    )
    expect(leases).toEqual([5, 6, 15, 180, 300])
    for (const task of tasks.slice(0, 2)) await change(task, { leaseExpiresAt: sql`now()` })
    expect((await claimDueTasks(second.db, 'other', tasks)).claimed.toSorted()).toEqual(names.slice(0, 2))
  })

  test('loses it to another, and when it goes on notes nothing over what that one noted', async () => {
    const hung = gate()
    const name = uniqueName()
    const hanging = { name, everySeconds: 600, run: () => hung.promise.then(() => 0) }
    await makeDue(hanging)
    openSchedule(0, [hanging])
    await expect.poll(async () => (await stored(hanging))?.processId, within).not.toBe(null)
    await change(hanging, { leaseExpiresAt: sql`now()` })
    openSchedule(1, [{ ...hanging, run: async () => 0 }])
    await expect.poll(async () => (await stored(hanging))?.lastTotal, within).toBe(0)
    await change(hanging, { lastTotal: 42 })
    hung.resolve(99)
    await databases[0].db.execute(sql`select pg_sleep(0.1)`)
    expect((await stored(hanging))?.lastTotal).toBe(42)
  })

  test('keeps it as long as batch after batch ends, and stops when another has it', async () => {
    let batches = 0
    const run = async () => {
      batches += 1
      await databases[0].db.execute(sql`select pg_sleep(0.1)`)
      return 1
    }
    const task = { name: uniqueName(), everySeconds: 1, run }
    await makeDue(task)
    openSchedule(0, [task])
    const leaseLeftMs = async () => {
      const row = await stored(task)
      return (row?.leaseExpiresAt?.getTime() ?? 0) - (row?.lastStartedAt?.getTime() ?? 0)
    }
    await expect.poll(leaseLeftMs, within).toBeGreaterThan(6_000)
    await change(task, { processId: 'other', leaseExpiresAt: sql`now() + interval '1 minute'` })
    const stopped = async () => {
      const before = batches
      await databases[1].db.execute(sql`select pg_sleep(0.4)`)
      return batches === before
    }
    await expect.poll(stopped, within).toBe(true)
    expect(await stored(task)).toMatchObject({ processId: 'other', lastFinishedAt: null })
  })

  test('leaves the rest to others at once when it is closed', async () => {
    const first = gate()
    const task = { name: uniqueName(), everySeconds: 600, run: () => first.promise }
    await makeDue(task)
    const schedule = openSchedule(0, [task])
    await expect.poll(async () => (await stored(task))?.processId, within).not.toBe(null)
    const closing = schedule.close()
    first.resolve(500)
    await closing
    const { nextRunAt, nowMs = 0, ...row } = (await stored(task)) ?? {}
    expect(row).toMatchObject({ processId: null, lastTotal: 500 })
    expect(nextRunAt?.getTime()).toBeLessThanOrEqual(nowMs)
  })
})

test('two processes that have nothing to do ask as often as the shortest period demands, once for all tasks', async () => {
  const tasks = Array.from({ length: 20 }, (_, index) => ({
    ...{ name: uniqueName(), everySeconds: index === 0 ? 2 : 3_600 },
    run: async () => 0,
  }))
  for (const task of tasks) await makeDue(task)
  await databases[0].db.update(scheduledTasks).set({ nextRunAt: sql`now() + interval '1 hour'` })
  const asked = await statementsOf(async () => {
    openSchedule(0, tasks)
    openSchedule(1, tasks)
    await databases[0].db.execute(sql`select pg_sleep(3.5)`)
  })
  // At the start and 2 s later; the other statements make rows that are missing.
  const claims = asked.filter(({ text }) => text.includes('skip locked'))
  expect(claims.length).toBe(4)
  expect(asked.length).toBe(7)
})

test('a task that nobody knows any more is forgotten, one that is known is not', async () => {
  const known = { name: uniqueName(), everySeconds: 1, run: async () => 0 }
  const [late, gone, held] = [0, 1, 2].map(() => ({ ...known, name: uniqueName() }))
  if (!late || !gone || !held) throw new Error('no tasks')
  for (const task of [known, late, gone, held]) await makeDue(task)
  await change(late, { nextRunAt: sql`now() - interval '9 minutes'` })
  await change(gone, { nextRunAt: sql`now() - interval '11 minutes'` })
  await change(held, {
    ...{ nextRunAt: sql`now() - interval '1 hour'`, processId: 'busy' },
    leaseExpiresAt: sql`now() + interval '1 second'`,
  })
  expect(await deleteForgottenTasks(databases[0].db)).toBe(1)
  expect(
    await Promise.all([known, late, gone, held].map(async (task) => (await stored(task)) !== undefined)),
  ).toEqual([...[true, true, false, true]])
  // As when an older version, which did not know it, has removed it meanwhile.
  openSchedule(0, [gone])
  await expect.poll(async () => (await stored(gone))?.lastTotal, within).toBe(0)
  await databases[0].db.delete(scheduledTasks).where(eq(scheduledTasks.name, gone.name))
  await expect.poll(async () => (await stored(gone))?.lastTotal, within).toBe(0)
})

test('a period that became shorter counts from the next start of a process', async () => {
  const task = { name: uniqueName(), everySeconds: 86_400, run: async () => 0 }
  await registerTasks(databases[0].db, [task])
  await change(task, { nextRunAt: sql`now() + interval '1 day'` })
  openSchedule(0, [{ ...task, everySeconds: 1 }])
  await expect.poll(async () => (await stored(task))?.lastTotal, within).toBe(0)
  expect((await stored(task))?.everySeconds).toBe(1)
})
