import { and, eq, sql } from 'drizzle-orm'
import { type Db, onlyRow } from '../database/database.ts'
import { preparedSql } from '../database/prepared.ts'
import { scheduledTasks } from './scheduled-tasks.table.ts'
import type { Task } from './task.ts'

const shortestLeaseSeconds = 5
const longestLeaseSeconds = 300
const given = sql.placeholder

/** For how long a run may be silent before another process begins it anew, in seconds. Three times the period, within bounds. */
export const leaseSecondsOf = ({ everySeconds }: Pick<Task, 'everySeconds'>): number =>
  Math.min(Math.max(3 * everySeconds, shortestLeaseSeconds), longestLeaseSeconds)

const firstRunWithinSeconds = 60

/** Makes the rows of tasks that have none, and changes those whose period is another now. */
export const registerTasks = async (db: Db, tasks: readonly Task[]): Promise<void> => {
  const byName = tasks.toSorted((one, other) => (one.name < other.name ? -1 : 1))
  await db.execute(sql`
    insert into ${scheduledTasks} as known (name, every_seconds, next_run_at)
    select name, every, now() + random() * make_interval(secs => least(every, ${firstRunWithinSeconds}))
    from unnest(${sql.param(byName.map(({ name }) => name))}::text[],
      ${sql.param(byName.map(({ everySeconds }) => everySeconds))}::int[]) as task(name, every)
    on conflict (name) do update set every_seconds = excluded.every_seconds,
      next_run_at = least(known.next_run_at, now() + make_interval(secs => excluded.every_seconds))
    where known.every_seconds <> excluded.every_seconds`)
}

type Claimed = {
  claimed: string[]
  /** How many of the asked have a row. */
  known: number
  /** Until the next of the others can be claimed; null when there is none. */
  nextMs: number | null
}

const claimDue = preparedSql<Claimed>(
  'claim_due_tasks',
  sql`
    with asked as materialized (
      select task.name, task.lease_seconds from unnest(${given('names')}::text[], ${given('leases')}::int[])
        as task(name, lease_seconds)
    ), due as (
      select known.name, asked.lease_seconds from ${scheduledTasks} known join asked on asked.name = known.name
      where known.next_run_at <= now() and (known.lease_expires_at is null or known.lease_expires_at <= now())
      for update of known skip locked
    ), claimed as (
      update ${scheduledTasks} task set process_id = ${given('processId')}, last_started_at = now(),
        lease_expires_at = now() + make_interval(secs => due.lease_seconds)
      from due where task.name = due.name
      returning task.name
    )
    select coalesce((select array_agg(name) from claimed), '{}') as claimed, count(*)::int as known,
      (extract(epoch from min(greatest(next_run_at, lease_expires_at)) filter (
        where greatest(next_run_at, lease_expires_at) > now()) - now()) * 1000)::float8 as "nextMs"
    from ${scheduledTasks} where name in (select name from asked)`,
)

/** Claims, by one statement and in database time, all of these tasks that are due and that nobody runs. */
export const claimDueTasks = async (db: Db, processId: string, tasks: readonly Task[]): Promise<Claimed> => {
  const names = tasks.map(({ name }) => name)
  return onlyRow(await claimDue(db, { names, leases: tasks.map(leaseSecondsOf), processId }))
}

/** Keeps a task for its lease from now on. False when another process has it. */
export const renewTask = async (db: Db, processId: string, task: Task): Promise<boolean> => {
  const { rowCount } = await db
    .update(scheduledTasks)
    .set({ leaseExpiresAt: sql`now() + make_interval(secs => ${leaseSecondsOf(task)})` })
    .where(and(eq(scheduledTasks.name, task.name), eq(scheduledTasks.processId, processId)))
  return rowCount === 1
}

/** How a run of a task ended. `isCutOff`: something is left, and others may go on with it at once. */
export type TaskEnd = { total: number; error: string | null; isCutOff: boolean }

const finish = preparedSql(
  'finish_task',
  sql`
    update ${scheduledTasks} set process_id = null, lease_expires_at = null, last_finished_at = now(),
      last_total = ${given('total')}, last_error = ${given('error')},
      next_run_at = now() + make_interval(secs => every_seconds * ${given('wait')}::float8)
    where name = ${given('name')} and process_id = ${given('processId')}`,
)

/** Notes the end of a run and when the next one is due: a little before the whole period is over, so that tasks do not stay in step. */
export const finishTask = async (
  db: Db,
  processId: string,
  { name }: Pick<Task, 'name'>,
  { total, error, isCutOff }: TaskEnd,
): Promise<void> => {
  const wait = isCutOff ? 0 : 0.8 + Math.random() * 0.2
  await finish(db, { name, processId, total, error, wait })
}

const forgottenAfter = sql`now() - interval '10 minutes'`

/**
 * Removes the rows of tasks that no process knows any more: whoever knows a task claims it soon after it is due, or holds
 * it. Returns how many.
 */
export const deleteForgottenTasks = async (db: Db): Promise<number> => {
  const { rowCount } = await db.execute(sql`
    delete from ${scheduledTasks}
    where next_run_at < ${forgottenAfter} and coalesce(lease_expires_at < ${forgottenAfter}, true)`)
  return rowCount ?? 0
}

/** What stands of a task, and the process that runs it now. */
export type ScheduledTask = {
  name: string
  everySeconds: number
  nextRunAt: Date
  runningOn: string | null
  lastStartedAt: Date | null
  lastFinishedAt: Date | null
  lastTotal: number | null
  lastError: string | null
  /** How long it has been due, in seconds, while it runs too; 0 when it is not. */
  overdueSeconds: number
}

const mostTasks = 200

/** All tasks by name. */
export const listScheduledTasks = (db: Db): Promise<ScheduledTask[]> =>
  db
    .select({
      name: scheduledTasks.name,
      everySeconds: scheduledTasks.everySeconds,
      nextRunAt: scheduledTasks.nextRunAt,
      runningOn: sql<
        string | null
      >`case when ${scheduledTasks.leaseExpiresAt} > now() then ${scheduledTasks.processId} end`,
      lastStartedAt: scheduledTasks.lastStartedAt,
      lastFinishedAt: scheduledTasks.lastFinishedAt,
      lastTotal: scheduledTasks.lastTotal,
      lastError: scheduledTasks.lastError,
      overdueSeconds: sql<number>`greatest(0, extract(epoch from now() - ${scheduledTasks.nextRunAt}))::float8`,
    })
    .from(scheduledTasks)
    .orderBy(scheduledTasks.name)
    .limit(mostTasks)
