import { and, inArray, lt, ne, sql } from 'drizzle-orm'
import type { Db, ReadDb } from '../database.ts'
import { oncePerTurn } from '../once-per-turn.ts'
import { preparedOn, preparedSql } from '../prepared.ts'
import { readTogether } from '../read-together.ts'
import { readFences } from './read-fences.table.ts'

/** Replicas that are further behind than this are never read from; the longest bound that may be configured is shorter. */
const keptMinutes = 10

/**
 * The row of nobody: the place where the table began to be kept, behind everything that was written before. It is gone with
 * the others after a crash or a failover, and is then made anew before anything else is believed.
 */
const everybody = '00000000-0000-0000-0000-000000000000'

const fencesOf = preparedOn((primary: ReadDb) =>
  primary
    .select({ id: readFences.userId, lsn: readFences.lsn })
    .from(readFences)
    .where(sql`${readFences.userId} = any(${sql.placeholder('ids')}::uuid[])`)
    .prepare('find_read_fences'),
)

const findFence = readTogether((primary: ReadDb, ids: string[]) => fencesOf(primary).execute({ ids }))

/** The position in the WAL behind the last writes of these users, whatever process they reached. */
export const fenceOf = async (
  { readDb, db }: { readDb: ReadDb; db: Db },
  userIds: string[],
): Promise<bigint> => {
  const found = await Promise.all([everybody, ...userIds].map((id) => findFence(readDb, id)))
  if (found[0] === undefined) {
    await raiseFence(db, everybody)
    return fenceOf({ readDb, db }, userIds)
  }
  return found.reduce(
    (furthest, fence) => (fence !== undefined && fence.lsn > furthest ? fence.lsn : furthest),
    0n,
  )
}

/** In the order of the ids, so that two processes never wait for each other. */
const raise = preparedSql(
  'raise_read_fences',
  sql`
    insert into read_fences (user_id, lsn)
    select id, pg_current_wal_insert_lsn() from unnest(${sql.placeholder('ids')}::uuid[]) as id order by id
    on conflict (user_id) do update set lsn = greatest(read_fences.lsn, excluded.lsn), updated_at = now()`,
)

/**
 * Lets users find what they have written, on whatever replica they read next. Call it after the commit, and answer after
 * it. All that is asked for in one turn of the event loop is one statement.
 */
export const raiseFence = oncePerTurn(async (db: Db, userIds: Set<string>): Promise<void> => {
  await raise(db, { ids: [...userIds] })
})

/** @returns how many fences every replica that is read from has passed, and are gone now */
export const deletePassedFences = async (db: Db, limit: number): Promise<number> => {
  const passed = db
    .select({ id: readFences.userId })
    .from(readFences)
    .where(
      and(
        lt(readFences.updatedAt, sql`now() - make_interval(mins => ${keptMinutes})`),
        ne(readFences.userId, everybody),
      ),
    )
    .limit(limit)
  const { rowCount } = await db.delete(readFences).where(inArray(readFences.userId, passed))
  return rowCount ?? 0
}
