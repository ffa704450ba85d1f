import { randomInt } from 'node:crypto'
import type { Client } from '@openfeature/server-sdk'
import type { ReadDb, Tx } from '../../platform/database/database.ts'
import { newId } from '../../platform/database/new-id.ts'
import { AppError, invalidField, notFound } from '../../platform/errors.ts'
import { jobLinks, ok } from '../../platform/http/envelope.ts'
import { fingerprintOf, runOnce } from '../../platform/http/idempotency.ts'
import { decodeCursor, pageOf } from '../../platform/http/paging.ts'
import { enqueue } from '../../platform/jobs/enqueue.ts'
import type { JobStatus } from '../../platform/jobs/jobs.table.ts'
import { recordAct } from '../audit/record-act.ts'
import { type Actor, authorize, listedOwner } from '../auth/permissions.ts'
import { linkFile } from '../files/file-links.ts'
import {
  consumeStagedFile,
  deleteFile,
  type FileRow,
  type FilesDeps,
  findFile,
  findFiles,
  getFile,
  registerFile,
  type StagedFile,
} from '../files/files.service.ts'
import { requireFeature } from '../flags/require-feature.ts'
import { type JobsDeps, rerunJob, stopJob } from '../jobs/jobs.service.ts'
import { maxInputBytes, renderGeneration } from './generations.jobs.ts'
import {
  allowSending,
  countActive,
  countGenerations,
  deleteGeneration as deleteGenerationRow,
  findGeneration,
  insertGeneration,
  listGenerations as listGenerationRows,
} from './generations.repository.ts'
import {
  type CreateGeneration,
  type GenerationResultView,
  type ListGenerations,
  viewGeneration,
} from './generations.schema.ts'
import type { GenerationRow } from './generations.table.ts'
import { type OfferDeps, requireOffered } from './offer.ts'
import type { ImageProviderName } from './providers/provider.ts'

export type GenerationsDeps = JobsDeps & {
  readDb: ReadDb
  files: FilesDeps
  /** `generations.create` switches new ones off. */
  flags: { client: Client }
} & OfferDeps

const seeds = 2 ** 32
const mostActive = 200

export type NewGeneration = CreateGeneration & {
  /** A photo that came with the request. */
  photo?: StagedFile | undefined
}

/**
 * Takes a generation, its photo and its job in one transaction. What `input` leaves out is chosen here, so that the same
 * generation can be made again.
 * @throws 404 for a file that the actor may not read, 422 for one that is no picture and for what is not offered, 429 with too many unfinished ones
 */
export const createGeneration = async (
  deps: GenerationsDeps,
  actor: Actor,
  { photo, ...input }: NewGeneration,
  idempotencyKey: string | undefined,
) => {
  const ownerId = actor.userId
  const content = { ...input, photo: photo?.sha256 }
  const request = { ownerId, key: idempotencyKey, fingerprint: fingerprintOf('POST /generations', content) }
  const create = async () => {
    authorize(actor, 'generations:create', { name: 'generation', ownerId })
    await requireFeature(deps.flags.client, actor, 'generations.create')
    await requireOffered(deps, { ...input, hasPhoto: photo !== undefined || input.fileId !== undefined })
    return runOnce(deps.db, request, async (tx) => {
      await requirePlaces(tx, ownerId, 1)
      if (input.fileId !== undefined) await requirePicture(tx, actor, input.fileId)
      const file = photo && (await registerFile(tx, photo, deps.files.quotaBytes))
      const wish = { ...input, fileId: file?.id ?? input.fileId }
      const { id, jobId } = await takeGeneration(tx, deps.provider, ownerId, wish)
      const body = ok({ generationId: id, jobId, status: 'pending' as JobStatus, ...jobLinks(jobId) })
      return { status: 202, body }
    })
  }
  return photo === undefined ? create() : consumeStagedFile(deps.files, photo, create)
}

/**
 * Nobody else takes generations for this owner until the transaction ends.
 * @throws 429 when these would be too many
 */
export const requirePlaces = async (tx: Tx, ownerId: string, count: number): Promise<void> => {
  if ((await countActive(tx, ownerId)) + count > mostActive) throw tooManyActive()
}

const tooManyActive = () =>
  new AppError(429, 'TOO_MANY_GENERATIONS', `You have ${mostActive} unfinished generations. Wait for some.`, {
    retryAfterSeconds: 10,
  })

type TakenGeneration = CreateGeneration &
  Partial<Pick<GenerationRow, 'maskFileId' | 'outputFormat' | 'outputQuality'>>

/** Adds a generation and its job. */
export const takeGeneration = async (
  tx: Tx,
  provider: ImageProviderName,
  ownerId: string,
  input: TakenGeneration,
) => {
  const id = await newId(tx)
  const { jobId } = await enqueue(tx, renderGeneration, { generationId: id }, { ownerId })
  await insertGeneration(tx, {
    id,
    jobId,
    ownerId,
    prompt: input.prompt,
    style: input.style,
    seed: input.seed ?? randomInt(seeds),
    // As the database keeps it: it refuses numbers that 4 bytes round to nothing.
    strength: Math.fround(input.strength),
    width: input.size?.width,
    height: input.size?.height,
    inputFileId: input.fileId,
    maskFileId: input.maskFileId,
    outputFormat: input.outputFormat,
    outputQuality: input.outputQuality,
    provider,
    model: input.model,
  })
  return { id, jobId }
}

const requirePicture = async (tx: Tx, actor: Actor, fileId: string) => {
  const file = await getFile({ db: tx }, actor, fileId)
  if (!file.contentType.startsWith('image/')) {
    throw invalidField('fileId', 'not_an_image', 'This file is not a picture.')
  }
  if (file.sizeBytes > maxInputBytes) {
    throw invalidField('fileId', 'too_large', 'A picture to work on may have 25 MB at most.')
  }
}

/** @throws 404 for a generation that does not exist and for one that the actor may not see */
export const getGeneration = async (
  { readDb }: Pick<GenerationsDeps, 'readDb'>,
  actor: Actor,
  id: string,
): Promise<GenerationRow> => {
  const row = await findGeneration(readDb, id)
  if (row === undefined) throw notFound('generation')
  authorize(actor, 'generations:read', { name: 'generation', ownerId: row.ownerId })
  return row
}

/** A generation with what came of it: the file that has its id. Both are read in one round trip. */
export const showGeneration = async (deps: GenerationsDeps, actor: Actor, id: string, origin: string) => {
  const [row, file] = await Promise.all([getGeneration(deps, actor, id), findFile(deps.readDb, id)])
  return viewGeneration(row, await viewResult(deps.files, file, origin))
}

export const listGenerations = async (
  { readDb, files }: GenerationsDeps,
  actor: Actor,
  query: ListGenerations,
  origin: string,
) => {
  const { status, style, q, limit } = query
  const filter = { ownerId: listedOwner(actor, 'generations:read', query.ownerId), status, style, q }
  const rows = await listGenerationRows(readDb, filter, decodeCursor(query.cursor), limit)
  const made = await findFiles(
    readDb,
    rows.map(({ id }) => id),
  )
  const results = new Map<string, GenerationResultView | undefined>()
  for (const file of made) results.set(file.id, await viewResult(files, file, origin))
  const total = query.total ? await countGenerations(readDb, filter) : undefined
  return pageOf(rows, limit, (row) => viewGeneration(row, results.get(row.id)), total)
}

const viewResult = async (
  { storage }: FilesDeps,
  file: FileRow | undefined,
  origin: string,
): Promise<GenerationResultView | undefined> => {
  if (file === undefined) return undefined
  const { url, thumbnailUrl } = await linkFile(storage, file, origin)
  if (url === null) return undefined
  const { id: fileId, contentType, sizeBytes, metadata } = file
  const { width = null, height = null } = metadata
  return { fileId, url, thumbnailUrl, contentType, sizeBytes, width, height }
}

export const cancelGeneration = async (deps: GenerationsDeps, actor: Actor, id: string): Promise<void> => {
  const row = await getGeneration(deps, actor, id)
  authorize(actor, 'generations:update', { name: 'generation', ownerId: row.ownerId })
  await stopJob(deps, row.jobId)
}

export const retryGeneration = async (deps: GenerationsDeps, actor: Actor, id: string): Promise<void> => {
  const row = await getGeneration(deps, actor, id)
  authorize(actor, 'generations:update', { name: 'generation', ownerId: row.ownerId })
  await allowSending(deps.db, id)
  await rerunJob(deps, row.jobId)
}

/** Deletes a generation and its picture. One that runs is cancelled first; its worker then finds nothing to store for. */
export const deleteGeneration = async (deps: GenerationsDeps, actor: Actor, id: string): Promise<void> => {
  const row = await getGeneration(deps, actor, id)
  authorize(actor, 'generations:delete', { name: 'generation', ownerId: row.ownerId })
  await stopJob(deps, row.jobId).catch((error: unknown) => {
    if (!(error instanceof AppError && (error.code === 'JOB_ENDED' || error.status === 404))) throw error
  })
  await deps.db.transaction(async (tx) => {
    if ((await deleteGenerationRow(tx, id)) === undefined) throw notFound('generation')
    await deleteFile(tx, id)
    const details = { ownerId: row.ownerId }
    await recordAct(tx, { action: 'generations:delete', target: { type: 'generation', id }, details })
  })
}
