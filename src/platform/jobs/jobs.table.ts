import { sql } from 'drizzle-orm'
import { check, index, integer, jsonb, pgTable, primaryKey, real, text, uuid } from 'drizzle-orm/pg-core'
import { createdAtColumn, idColumn, instant, updatedAtColumn } from '../database/columns.ts'

export const jobStatuses = ['pending', 'in-progress', 'completed', 'failed', 'cancelled'] as const
export type JobStatus = (typeof jobStatuses)[number]

/** The truth about every long task. The queue engine only carries ids of these rows. */
export const jobs = pgTable(
  'jobs',
  {
    id: idColumn(),
    type: text('type').notNull(),
    queue: text('queue').notNull(),
    ownerId: uuid('owner_id'),
    params: jsonb('params').notNull(),
    status: text('status', { enum: jobStatuses }).notNull().default('pending'),
    /** Counts claims. Who writes for a claim names its number, so that a stalled worker that wakes up changes nothing. */
    attempt: integer('attempt').notNull().default(0),
    failures: integer('failures').notNull().default(0),
    /** How often a worker died with this job. */
    crashes: integer('crashes').notNull().default(0),
    runAt: instant('run_at').notNull().defaultNow(),
    dispatchedAt: instant('dispatched_at'),
    workerId: text('worker_id'),
    leaseExpiresAt: instant('lease_expires_at'),
    cancelRequestedAt: instant('cancel_requested_at'),
    progress: real('progress').notNull().default(0),
    progressMessage: text('progress_message'),
    result: jsonb('result'),
    resultUri: text('result_uri'),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    /** The number of the newest row in `job_events`. */
    eventSeq: integer('event_seq').notNull().default(1),
    /** Of the request that asked for it, while traces are taken (W3C Trace Context, 3.2). */
    traceparent: text('traceparent'),
    createdAt: createdAtColumn(),
    updatedAt: updatedAtColumn(),
    startedAt: instant('started_at'),
    finishedAt: instant('finished_at'),
  },
  (job) => [
    check(
      'jobs_status_known',
      sql`${job.status} in ('pending', 'in-progress', 'completed', 'failed', 'cancelled')`,
    ),
    index('jobs_undispatched')
      .on(job.runAt)
      .where(sql`${job.status} = 'pending' and ${job.dispatchedAt} is null`),
    index('jobs_dispatched')
      .on(job.dispatchedAt)
      .where(sql`${job.status} = 'pending' and ${job.dispatchedAt} is not null`),
    index('jobs_leases').on(job.leaseExpiresAt).where(sql`${job.status} = 'in-progress'`),
    index('jobs_ended').on(job.finishedAt).where(sql`${job.finishedAt} is not null`),
    // Only of the few that somebody may want to run again: it costs the others nothing.
    index('jobs_unsuccessful')
      .on(job.status, job.queue, job.finishedAt)
      .where(sql`${job.status} in ('failed', 'cancelled')`),
    index('jobs_owner').on(job.ownerId, job.id),
  ],
)

export type JobRow = typeof jobs.$inferSelect

/** What happened to a job, in order and without gaps: `seq` counts from 1. */
export const jobEvents = pgTable(
  'job_events',
  {
    jobId: uuid('job_id')
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    seq: integer('seq').notNull(),
    type: text('type', { enum: ['status', 'progress'] }).notNull(),
    data: jsonb('data').notNull(),
    createdAt: createdAtColumn(),
  },
  (event) => [primaryKey({ columns: [event.jobId, event.seq] })],
)

/** Ended jobs past the retention, without events: kept for accounting, not served. */
export const archivedJobs = pgTable(
  'archived_jobs',
  {
    id: uuid('id').primaryKey(),
    ownerId: uuid('owner_id'),
    job: jsonb('job').notNull(),
    finishedAt: instant('finished_at').notNull(),
    archivedAt: instant('archived_at').notNull().defaultNow(),
  },
  (archived) => [index('archived_jobs_age').on(archived.archivedAt)],
)
