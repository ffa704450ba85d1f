import { and, asc, eq, inArray, max, sql } from 'drizzle-orm'
import { type Executor, onlyRow, type ReadDb, type Tx } from '../../platform/database/database.ts'
import type { DestinationPlace } from './destinations.schema.ts'
import { type DestinationRow, destinations, projects } from './projects.table.ts'

export type DestinationChanges = Partial<
  Omit<DestinationRow, 'id' | 'projectId' | 'platform' | 'createdAt' | 'updatedAt'>
>

export const insertDestination = async (
  tx: Tx,
  row: typeof destinations.$inferInsert,
): Promise<DestinationRow> => onlyRow(await tx.insert(destinations).values(row).returning())

/** A destination and whose it is. */
export const findDestination = async (
  db: ReadDb,
  id: string,
): Promise<{ destination: DestinationRow; ownerId: string } | undefined> => {
  const [found] = await db
    .select({ destination: destinations, ownerId: projects.ownerId })
    .from(destinations)
    .innerJoin(projects, eq(projects.id, destinations.projectId))
    .where(eq(destinations.id, id))
  return found
}

/** In the owner's order, one more than `limit`, so that the caller sees whether there is a next page. */
export const listDestinations = (
  db: ReadDb,
  projectId: string,
  after: DestinationPlace | undefined,
  limit: number,
): Promise<DestinationRow[]> =>
  db
    .select()
    .from(destinations)
    .where(
      and(
        eq(destinations.projectId, projectId),
        after && sql`(${destinations.position}, ${destinations.id}) > (${after.position}, ${after.id}::uuid)`,
      ),
    )
    .orderBy(asc(destinations.position), asc(destinations.id))
    .limit(limit + 1)

/** Those of several projects, each project's in its owner's order. */
export const listDestinationsOf = (db: ReadDb, projectIds: string[]): Promise<DestinationRow[]> =>
  db
    .select()
    .from(destinations)
    .where(inArray(destinations.projectId, projectIds))
    .orderBy(asc(destinations.projectId), asc(destinations.position), asc(destinations.id))

export const countDestinations = (db: ReadDb, projectId: string): Promise<number> =>
  db.$count(destinations, eq(destinations.projectId, projectId))

/** The greatest position in a project; undefined without destinations. */
export const findLastPosition = async (tx: Tx, projectId: string): Promise<number | undefined> => {
  const rows = await tx
    .select({ last: max(destinations.position) })
    .from(destinations)
    .where(eq(destinations.projectId, projectId))
  return onlyRow(rows).last ?? undefined
}

export const lockDestination = async (tx: Tx, id: string): Promise<DestinationRow | undefined> => {
  const [row] = await tx.select().from(destinations).where(eq(destinations.id, id)).for('no key update')
  return row
}

export const updateDestination = async (
  tx: Tx,
  id: string,
  changes: DestinationChanges,
): Promise<DestinationRow> =>
  onlyRow(await tx.update(destinations).set(changes).where(eq(destinations.id, id)).returning())

export const deleteDestination = async (db: Executor, id: string): Promise<boolean> => {
  const { rowCount } = await db.delete(destinations).where(eq(destinations.id, id))
  return rowCount === 1
}
