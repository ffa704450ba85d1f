import { boundedTurns } from '../../../platform/bounded-turns.ts'
import type { Db } from '../../../platform/database/database.ts'
import { notFound, tooLarge } from '../../../platform/errors.ts'
import { newVariantKey } from '../../../platform/storage/object-key.ts'
import type { Storage } from '../../../platform/storage/storage.ts'
import { turnsPerUser } from '../../../platform/turns-per-user.ts'
import { isPicture } from '../file-kinds.ts'
import { findFile } from '../files.repository.ts'
import type { FileRow, ImageVariantRow } from '../files.table.ts'
import { keepObject, listUnfinishedObject, unlistObjects } from '../object-removals.repository.ts'
import { readObject } from '../read-object.ts'
import { nameOf, type Rendering, renderVariant } from './transform.ts'
import {
  dropExcessVariants,
  findVariant,
  forgetVariant,
  insertVariant,
  markVariantUsed,
} from './variants.repository.ts'

/** `quotaBytes`: what files of one user may take. */
export type VariantDeps = { db: Db; storage: Storage; quotaBytes: number }

type Shown = Pick<ImageVariantRow, 'storageKey' | 'contentType'>

/** What is made of one user's files may take this part of his quota besides. */
const partOfQuota = 0.1
const maxSourceBytes = 64 * 1_024 ** 2
const dayMs = 24 * 60 * 60_000

/** Beside jobs, which take turns at the same decoder. Each holds its source in memory. */
const inRenderTurn = boundedTurns('making of pictures', { atOnce: 2, maxWaiting: 20 })
/** Links are good for anybody: whoever makes many to his own pictures must not keep those of others from being made. */
const inOwnersTurn = turnsPerUser('making of these pictures', { atOnce: 1, maxWaiting: 20 })

/** Those who ask for the same picture meanwhile wait for the one that is being made. */
const underWay = new Map<string, Promise<Shown>>()

/**
 * The stored picture that shows a file so, made when there is none yet. Whether it may be seen is for the link to say; a file
 * that is deleted, or whose owner is gone, is not there from that moment on.
 * @throws 404, 413; 422 for what cannot be decoded; 503 when too many pictures wait to be made
 */
export const showVariant = async (
  deps: VariantDeps,
  fileId: string,
  wish: Rendering,
): Promise<Shown & { name: string }> => {
  const file = await findFile(deps.db, fileId)
  if (file === undefined || file.status !== 'ready' || !isPicture(file.contentType)) throw notFound('file')
  const { storageKey, contentType } = await findOrMake(deps, file, wish)
  const name = `${file.name.replace(/\.\w+$/, '')}.${contentType.slice('image/'.length)}`
  return { storageKey, contentType, name }
}

const findOrMake = async (deps: VariantDeps, file: FileRow, wish: Rendering): Promise<Shown> => {
  const variant = nameOf(wish)
  const found = await findVariant(deps.db, file.id, variant)
  // After a restore, a row may name what was not in the backup.
  const isThere = found !== undefined && (await deps.storage.head(found.storageKey)) !== undefined
  if (found !== undefined && !isThere) await forgetVariant(deps.db, found.storageKey)
  if (found !== undefined && isThere) {
    if (found.usedAt.getTime() < Date.now() - dayMs) await markVariantUsed(deps.db, found.storageKey)
    return found
  }
  const name = `${file.id} ${variant}`
  const making = underWay.get(name) ?? make(deps, file, variant, wish).finally(() => underWay.delete(name))
  underWay.set(name, making)
  return making
}

const make = async (deps: VariantDeps, file: FileRow, variant: string, wish: Rendering): Promise<Shown> => {
  if (file.sizeBytes > maxSourceBytes)
    throw tooLarge(`Only pictures of ${maxSourceBytes} bytes can be resized.`)
  const render = async () => {
    const source = await readObject(deps.storage, file.storageKey, file.sizeBytes)
    if (source === undefined) throw notFound('file')
    return renderVariant(source, wish)
  }
  const { data, contentType } = await inOwnersTurn(file.ownerId ?? file.id, () => inRenderTurn(render))
  const storageKey = newVariantKey()
  const sizeBytes = data.length
  await listUnfinishedObject(deps.db, { storageKey, ownerId: null, sizeBytes })
  await deps.storage.put(storageKey, [data], { maxBytes: sizeBytes })
  const isKept = await deps.db.transaction(async (tx) => {
    const row = { fileId: file.id, storageKey, variant, contentType, sizeBytes }
    if (!(await insertVariant(tx, row))) return false
    await keepObject(tx, storageKey)
    await dropExcessVariants(tx, file.id, deps.quotaBytes * partOfQuota)
    return true
  })
  if (isKept) return { storageKey, contentType }
  await deps.storage.delete([storageKey])
  await unlistObjects(deps.db, [storageKey])
  const first = await findVariant(deps.db, file.id, variant)
  if (first === undefined) throw notFound('file')
  return first
}
