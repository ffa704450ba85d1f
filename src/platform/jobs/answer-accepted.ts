import { eq } from 'drizzle-orm'
import type { FastifyReply } from 'fastify'
import type { Db } from '../database/database.ts'
import type { Notifications } from '../events/notifications.ts'
import { clientGone } from '../http/client-gone.ts'
import { preferredWaitMs } from '../http/prefer.ts'
import { waitForEnd } from './job-events.ts'
import { type JobStatus, jobs } from './jobs.table.ts'

export type AnswerAcceptedDeps = {
  db: Db
  notifications: Notifications
  /** Aborted when this process drains: who waits for a job is answered with how it stands. */
  draining: AbortSignal
}

type Accepted<Data> = {
  body: { success: true; data: Data; message?: string }
  replayed: boolean
}

/** Answers 202 with a job that was taken, after its end when the client prefers to wait for that (RFC 7240, 4.3). */
export const answerAccepted = async <Data extends { jobId: string; status: JobStatus; statusUrl: string }>(
  deps: AnswerAcceptedDeps,
  request: { headers: { prefer?: string | undefined } },
  reply: FastifyReply,
  { body, replayed }: Accepted<Data>,
): Promise<Accepted<Data>['body']> => {
  if (replayed) reply.header('idempotency-replayed', 'true')
  reply.status(202).header('location', body.data.statusUrl)
  const waitMs = preferredWaitMs(request.headers.prefer)
  if (waitMs === 0) return body
  const { jobId } = body.data
  const patience = AbortSignal.any([clientGone(reply), deps.draining])
  if (!(await waitForEnd(deps, jobId, waitMs, patience))) return body
  const [job] = await deps.db.select({ status: jobs.status }).from(jobs).where(eq(jobs.id, jobId))
  return { ...body, data: { ...body.data, status: job?.status ?? body.data.status } }
}
