import type { Db } from '../../../platform/database/database.ts'
import { AppError, conflict, invalidField, notFound } from '../../../platform/errors.ts'
import type { Notifications } from '../../../platform/events/notifications.ts'
import { isEnd, waitForEnd } from '../../../platform/jobs/job-events.ts'
import { type FileRow, findFiles } from '../../files/files.service.ts'
import { findGeneration } from '../generations.repository.ts'
import type { GenerationRow } from '../generations.table.ts'

export type FinishedImage = { generation: GenerationRow; file: FileRow }

type Waiting = { waitMs: number; patience: AbortSignal }

/**
 * Waits until all of these generations have ended, for `waitMs` at most.
 * @throws 503 `GENERATION_IN_PROGRESS` when they have not; what became of one without a picture: 400 for what was refused, 404 when
 * it was deleted, 409 `GENERATION_CANCELLED`, 503 for an engine that failed
 */
export const awaitImages = async (
  deps: { db: Db; notifications: Notifications },
  ids: string[],
  { waitMs, patience }: Waiting,
): Promise<FinishedImage[]> => {
  const find = () => Promise.all(ids.map((id) => findGeneration(deps.db, id)))
  const until = AbortSignal.any([patience, AbortSignal.timeout(waitMs)])
  for (const generation of await find()) {
    if (generation !== undefined) await waitForEnd(deps, generation.jobId, waitMs, until)
  }
  const generations = (await find()).map(requireCompleted)
  if (!generations.every(({ status }) => isEnd(status))) throw inProgress(ids)
  const files = new Map((await findFiles(deps.db, ids)).map((file) => [file.id, file]))
  return generations.map((generation) => {
    const file = files.get(generation.id)
    if (file === undefined) throw notFound('generation')
    return { generation, file }
  })
}

/** Lets those pass that may still be completed. */
const requireCompleted = (generation: GenerationRow | undefined): GenerationRow => {
  if (generation === undefined) throw notFound('generation')
  if (generation.status === 'cancelled') {
    throw conflict('GENERATION_CANCELLED', `The generation ${generation.id} was cancelled.`)
  }
  if (generation.status === 'failed') throw failureOf(generation)
  return generation
}

const failureOf = ({ errorCode, errorMessage }: GenerationRow): AppError => {
  const code = errorCode ?? 'GENERATION_FAILED'
  const message = errorMessage ?? 'The picture could not be made.'
  if (code === 'CONTENT_REFUSED') return new AppError(400, 'MODERATION_BLOCKED', message)
  return code.startsWith('IMAGE_') ? invalidField('image', code, message) : new AppError(503, code, message)
}

const inProgress = (ids: string[]) =>
  new AppError(
    503,
    'GENERATION_IN_PROGRESS',
    `Still being made: ${ids.join(', ')}. Repeat the request to wait on, or ask /v1/generations.`,
    { retryAfterSeconds: 1 },
  )

const passing = ['GENERATION_IN_PROGRESS', 'DEPENDENCY_UNAVAILABLE']

/** Whether the same request, sent once more, could end in another way: what a job failed of, it was retried for before. */
export const mayBeRepeated = (error: unknown): boolean =>
  !(error instanceof AppError) || passing.includes(error.code)
