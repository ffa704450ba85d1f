import { sql } from 'drizzle-orm'
import type { Executor } from '../database/database.ts'
import { jobs } from './jobs.table.ts'
import type { Claim } from './transitions.ts'

/**
 * Whether a job is still the claim's. For work that commits something before the job's end: take the lock that the next
 * claim needs, then ask.
 */
export const holdsClaim = async (executor: Executor, { id, attempt }: Claim): Promise<boolean> => {
  const { rowCount } = await executor.execute(sql`
    select from ${jobs} where id = ${id} and attempt = ${attempt} and status = 'in-progress'`)
  return rowCount === 1
}
