import { sql } from 'drizzle-orm'
import { type Executor, onlyRow } from './database.ts'

/** The id of a row that is yet to be inserted, for a job whose parameters must name it. */
export const newId = async (db: Executor): Promise<string> => {
  const { rows } = await db.execute<{ id: string }>(sql`select uuid_v7() as id`)
  return onlyRow(rows).id
}
