import { sql } from 'drizzle-orm'
import type { z } from 'zod'
import { onlyRow, type Tx } from '../database/database.ts'
import { preparedSql } from '../database/prepared.ts'
import { currentTraceparent } from '../observability/tracing.ts'
import type { JobDefinition } from './define-job.ts'
import { inSendSpan } from './job-spans.ts'
import { jobEvents, jobs } from './jobs.table.ts'

/** NOTIFY channel that tells dispatchers of new work. */
export const dispatchChannel = 'backlot_dispatch'

const given = sql.placeholder
const addJob = preparedSql<{ jobId: string }>(
  'enqueue_job',
  sql`
    with job as (
      insert into ${jobs} (type, queue, owner_id, params, traceparent, run_at)
      values (${given('type')}, ${given('queue')}, ${given('ownerId')}, ${given('params')}::jsonb,
        ${given('traceparent')}, coalesce(${given('runAt')}::timestamptz, now()))
      returning id
    ), noted as (
      insert into ${jobEvents} (job_id, seq, type, data)
      select id, 1, 'status', '{"status": "pending", "attempt": 0}' from job
    )
    select id as "jobId", pg_notify(${dispatchChannel}, '') from job`,
)

/**
 * Adds a job in the transaction of the domain row that it belongs to: both exist or neither does.
 * The notification leaves with the commit.
 */
export const enqueue = async <Params extends z.ZodType, Deps>(
  tx: Tx,
  definition: Pick<JobDefinition<Params, Deps>, 'name' | 'queue' | 'params'>,
  params: z.input<Params>,
  options: { ownerId?: string; runAt?: Date } = {},
): Promise<{ jobId: string }> => {
  const job = {
    type: definition.name,
    queue: definition.queue,
    ownerId: options.ownerId ?? null,
    params: JSON.stringify(definition.params.parse(params)),
    runAt: options.runAt?.toISOString() ?? null,
  }
  return inSendSpan(job, async () => {
    const rows = await addJob(tx, { ...job, traceparent: currentTraceparent() ?? null })
    return { jobId: onlyRow(rows).jobId }
  })
}
