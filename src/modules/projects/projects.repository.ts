import { and, desc, eq, ilike, isNotNull, isNull, lt, type SQL, sql } from 'drizzle-orm'
import { type Executor, onlyRow, type ReadDb, type Tx } from '../../platform/database/database.ts'
import { preparedOn } from '../../platform/database/prepared.ts'
import { readTogether } from '../../platform/database/read-together.ts'
import { type ProjectRow, projects } from './projects.table.ts'

export type ProjectFilter = {
  ownerId?: string | undefined
  status?: 'live' | 'idle' | undefined
  q?: string | undefined
}
export type ProjectChanges = Partial<
  Pick<
    ProjectRow,
    | 'name'
    | 'description'
    | 'reconnectWindowSeconds'
    | 'record'
    | 'preview'
    | 'streamKeyHash'
    | 'streamKeyHint'
  >
>

export const insertProject = async (tx: Tx, row: typeof projects.$inferInsert): Promise<ProjectRow> =>
  onlyRow(await tx.insert(projects).values(row).returning())

const projectsByIds = preparedOn((db: ReadDb) =>
  db
    .select()
    .from(projects)
    .where(sql`${projects.id} = any(${sql.placeholder('ids')}::uuid[])`)
    .prepare('find_projects'),
)

export const findProject = readTogether(
  (db: ReadDb, ids: string[]): Promise<ProjectRow[]> => projectsByIds(db).execute({ ids }),
)

/** The project, and nobody changes it, its destinations or its live stream until the transaction ends. */
export const lockProject = async (tx: Tx, id: string): Promise<ProjectRow | undefined> => {
  const [row] = await tx.select().from(projects).where(eq(projects.id, id)).for('no key update')
  return row
}

const matches = ({ ownerId, status, q }: ProjectFilter): SQL | undefined =>
  and(
    ownerId === undefined ? undefined : eq(projects.ownerId, ownerId),
    status === undefined
      ? undefined
      : status === 'live'
        ? isNotNull(projects.liveStreamId)
        : isNull(projects.liveStreamId),
    q === undefined ? undefined : ilike(projects.name, `%${q.replaceAll(/[%_\\]/g, String.raw`\$&`)}%`),
  )

/** Newest first, one more than `limit`, so that the caller sees whether there is a next page. */
export const listProjects = (
  db: ReadDb,
  filter: ProjectFilter,
  before: string | undefined,
  limit: number,
): Promise<ProjectRow[]> =>
  db
    .select()
    .from(projects)
    .where(and(matches(filter), before === undefined ? undefined : lt(projects.id, before)))
    .orderBy(desc(projects.id))
    .limit(limit + 1)

export const countProjects = (db: ReadDb, filter: ProjectFilter): Promise<number> =>
  db.$count(projects, matches(filter))

/** How many projects an owner has; nobody else counts or adds until the transaction ends. */
export const countOwned = async (tx: Tx, ownerId: string): Promise<number> => {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`projects of ${ownerId}`}, 0))`)
  return tx.$count(projects, eq(projects.ownerId, ownerId))
}

export const updateProject = async (
  db: Executor,
  id: string,
  changes: ProjectChanges,
): Promise<ProjectRow | undefined> => {
  const [row] = await db.update(projects).set(changes).where(eq(projects.id, id)).returning()
  return row
}

/** Deletes a project with everything that hangs on it. */
export const deleteProject = async (db: Executor, id: string): Promise<boolean> => {
  const { rowCount } = await db.delete(projects).where(eq(projects.id, id))
  return rowCount === 1
}
