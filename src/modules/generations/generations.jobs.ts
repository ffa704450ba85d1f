import { z } from 'zod'
import type { Db } from '../../platform/database/database.ts'
import { defineJob, type RunningJob } from '../../platform/jobs/define-job.ts'
import { PermanentFailure, TemporaryFailure } from '../../platform/jobs/job-failure.ts'
import { type FilesDeps, readFileBytes } from '../files/files.service.ts'
import { registerResult, storeResult } from '../files/job-results.ts'
import { publishJobEnd } from '../webhooks/publish-job-end.ts'
import { finishPicture } from './finish-picture.ts'
import {
  clearSent,
  findGeneration,
  followJob,
  lockGeneration,
  markSent,
  storeOutcome,
} from './generations.repository.ts'
import type { GenerationRow } from './generations.table.ts'
import { type ImageProvider, ImageProviderError, type ImageResult } from './providers/provider.ts'

export type RenderDeps = { db: Db; files: FilesDeps; provider: ImageProvider }

const params = z.object({ generationId: z.uuid() })
type Render = RunningJob<z.infer<typeof params>>

export const maxInputBytes = 25 * 1024 * 1024
/** The share of the work that is left when the picture is made: storing it. */
const madeFraction = 0.95

/** Makes the picture of a generation and stores it as the file that has the generation's own id. */
export const renderGeneration = defineJob({
  name: 'generation.render',
  queue: 'images',
  params,
  onTransition: async (tx, { generationId }, job) => {
    await followJob(tx, generationId, job)
    await publishJobEnd(tx, job, { generationId })
  },
  run: async (deps: RenderDeps, job) => {
    const startedAt = performance.now()
    const generation = await findGeneration(deps.db, job.params.generationId)
    if (generation === undefined) throw deleted()
    const photo = await readInput(deps, generation.inputFileId)
    const mask = await readInput(deps, generation.maskFileId)
    const masked = photo && mask && { original: photo, mask }
    const made = await callProvider(deps, job, generation, { image: photo, mask })
    const picture = await finishPicture(made, {
      format: generation.outputFormat ?? undefined,
      quality: generation.outputQuality ?? undefined,
      masked,
    })
    const staged = await storeResult(deps.files, {
      id: generation.id,
      ownerId: generation.ownerId,
      name: `${generation.style}-${generation.seed}`,
      contentType: picture.contentType,
      data: picture.data,
      metadata: { width: picture.width, height: picture.height },
      job,
    })
    const durationMs = Math.round(performance.now() - startedAt)
    return {
      result: { generationId: generation.id, fileId: generation.id },
      resultUri: `/v1/files/${generation.id}/content`,
      commit: async (tx) => {
        if (!(await lockGeneration(tx, generation.id))) throw deleted()
        await registerResult(tx, staged)
        await storeOutcome(tx, generation.id, { model: picture.model ?? null, durationMs })
      },
    }
  },
})

const deleted = () => new PermanentFailure('GENERATION_DELETED', 'The generation was deleted.')

const readInput = async ({ files }: RenderDeps, fileId: string | null): Promise<Buffer | undefined> =>
  fileId === null ? undefined : readFileBytes(files, fileId, maxInputBytes)

const callProvider = async (
  deps: RenderDeps,
  job: Render,
  generation: GenerationRow,
  { image, mask }: { image: Buffer | undefined; mask: Buffer | undefined },
): Promise<ImageResult> => {
  const { prompt, style, seed, strength, width, height, id } = generation
  const request = {
    prompt,
    style,
    seed,
    strength,
    size: width === null || height === null ? undefined : { width, height },
    ...(image === undefined ? {} : { image }),
    ...(mask === undefined ? {} : { mask }),
    ...(generation.model === null ? {} : { model: generation.model }),
    idempotencyKey: id,
  }
  const options = {
    signal: job.signal,
    progress: (fraction: number, message: string) => job.progress(fraction * madeFraction, message),
  }
  const generate = () => deps.provider.generate(request, options)
  try {
    return await (deps.provider.isBilled ? payOnce(deps.db, id, generate) : generate())
  } catch (error) {
    throw error instanceof ImageProviderError ? toJobFailure(error, deps.provider) : error
  }
}

/**
 * Calls a provider that costs money at most once without knowing how it went. Whoever dies in between leaves the mark, and
 * the next attempt stops there: to pay twice is worse than to ask the owner.
 */
const payOnce = async (db: Db, id: string, generate: () => Promise<ImageResult>): Promise<ImageResult> => {
  if (!(await markSent(db, id))) throw outcomeUnknown()
  try {
    return await generate()
  } catch (error) {
    if (error instanceof ImageProviderError && error.kind !== 'unknown-outcome') await clearSent(db, id)
    throw error
  }
}

const outcomeUnknown = (cause?: unknown) =>
  new PermanentFailure(
    'PROVIDER_OUTCOME_UNKNOWN',
    'The provider was asked, and its answer was lost. The picture may have been made and billed. Retry to ask again.',
    { cause },
  )

const toJobFailure = (error: ImageProviderError, { isBilled }: ImageProvider): Error => {
  const { kind, code, message, retryAfterMs } = error
  if (kind === 'permanent') return new PermanentFailure(code, message, { cause: error })
  if (kind === 'unknown-outcome' && isBilled) return outcomeUnknown(error)
  return new TemporaryFailure(code, message, {
    cause: error,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}
