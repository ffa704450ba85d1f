import { badRequest, invalidField } from '../../../platform/errors.ts'
import { fingerprintOf, runOnce } from '../../../platform/http/idempotency.ts'
import { type Actor, authorize } from '../../auth/permissions.ts'
import { consumeStagedFile, registerFile, type StagedFile } from '../../files/files.service.ts'
import { requireFeature } from '../../flags/require-feature.ts'
import { lockOwner } from '../generations.repository.ts'
import { type GenerationsDeps, requirePlaces, takeGeneration } from '../generations.service.ts'
import { needsPhoto, requireOffered } from '../offer.ts'
import type { ImageSize, Style } from '../providers/provider.ts'
import { insertImageRequest, resumeImageRequest } from './image-requests.repository.ts'
import { type Engine, engineOfModel } from './models.ts'
import type { ImagesBody } from './openai-api.schema.ts'

export type ImageWish = {
  body: ImagesBody
  style: Style | undefined
  size: ImageSize | undefined
  photo: StagedFile | undefined
  mask: StagedFile | undefined
}

/** What tells a repetition from a new request. */
export type Attempt = {
  idempotencyKey: string | undefined
  /** How many times the client says that it has sent the request before. */
  repetition: number
  isGone: () => boolean
}

/**
 * Takes one generation a picture, with their files and jobs, in one transaction. A repetition, by its `Idempotency-Key` or by the
 * client's own count, gets the generations that the first attempt started. One whose client has left meanwhile starts nothing: it
 * may be the first attempt, overtaken by the second.
 * @returns the generations' ids
 * @throws 403 where generations are switched off, 404 `MODEL_NOT_FOUND`, 422 for what is not offered, 409 and 422 of `runOnce`, 413 `QUOTA_EXCEEDED`, 429 with too many unfinished ones
 */
export const takeImages = async (
  deps: GenerationsDeps,
  actor: Actor,
  wish: ImageWish,
  attempt: Attempt,
): Promise<string[]> => {
  const { photo, mask } = wish
  const take = () => takeOnce(deps, actor, wish, attempt)
  const takeWithMask = () => (mask === undefined ? take() : consumeStagedFile(deps.files, mask, take))
  const { ids } = await (photo === undefined
    ? takeWithMask()
    : consumeStagedFile(deps.files, photo, takeWithMask))
  return ids
}

/** What cannot be made here is refused at once: the job could only fail. */
const chooseEngine = async (deps: GenerationsDeps, { body, style, photo }: ImageWish): Promise<Engine> => {
  const ofModel = await engineOfModel(deps, body.model ?? undefined)
  const engine = style === undefined ? ofModel : { style }
  const hasPhoto = photo !== undefined
  if (!hasPhoto && needsPhoto(deps)) {
    throw invalidField('image', 'photo_needed', 'The models here work on photos: send one to images/edits.')
  }
  await requireOffered(deps, { ...engine, hasPhoto })
  return engine
}

const takeOnce = async (
  deps: GenerationsDeps,
  actor: Actor,
  wish: ImageWish,
  { idempotencyKey: key, repetition, isGone }: Attempt,
): Promise<{ ids: string[]; replayed: boolean }> => {
  const { body, photo, mask, size } = wish
  const ownerId = actor.userId
  authorize(actor, 'generations:create', { name: 'generation', ownerId })
  await requireFeature(deps.flags.client, actor, 'generations.create')
  const engine = await chooseEngine(deps, wish)
  // A key with fewer rights must not get what another one made.
  const credentials = 'keyId' in actor ? actor.keyId : null
  const content = { credentials, body, photo: photo?.sha256, mask: mask?.sha256 }
  const fingerprint = fingerprintOf('POST /images', content)
  const answer = await runOnce(deps.db, { ownerId, key, fingerprint }, async (tx) => {
    await lockOwner(tx, ownerId)
    if (isGone()) throw badRequest('The client went away.', 'CLIENT_GONE')
    const request = { ownerId, fingerprint, repetition }
    const resumed = key === undefined ? await resumeImageRequest(tx, request) : undefined
    if (resumed !== undefined) return { status: 200, body: { ids: resumed, isResumed: true } }
    const count = body.n ?? 1
    await requirePlaces(tx, ownerId, count)
    const file = photo && (await registerFile(tx, photo, deps.files.quotaBytes))
    const maskFile = mask && (await registerFile(tx, mask, deps.files.quotaBytes))
    const ids: string[] = []
    for (let index = 0; index < count; index++) {
      const { id } = await takeGeneration(tx, deps.provider, ownerId, {
        ...{ prompt: body.prompt, ...engine, strength: 1, size },
        fileId: file?.id,
        maskFileId: maskFile?.id ?? null,
        outputFormat: body.output_format ?? 'png',
        outputQuality: body.output_compression ?? null,
      })
      ids.push(id)
    }
    if (key === undefined) await insertImageRequest(tx, { ...request, generationIds: ids })
    return { status: 200, body: { ids, isResumed: false } }
  })
  return { ids: answer.body.ids, replayed: answer.replayed || answer.body.isResumed }
}
