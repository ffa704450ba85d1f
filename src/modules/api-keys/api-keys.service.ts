import type { Cache } from '../../platform/cache/cache.ts'
import { invalidateAfter } from '../../platform/cache/invalidate-after.ts'
import type { Db } from '../../platform/database/database.ts'
import { conflict, invalidField, notFound, unauthorized } from '../../platform/errors.ts'
import { decodeCursor, type PageRequest, pageOf } from '../../platform/http/paging.ts'
import { recordAct } from '../audit/record-act.ts'
import { hashToken } from '../auth/auth-keys.ts'
import { type Permission, permissions, type SessionActor, scopeOf } from '../auth/permissions.ts'
import { requireRecentProof } from '../auth/reauthenticate.ts'
import { lockActiveUser } from '../users/users.service.ts'
import { newApiKey, newKeyPrefix } from './api-key.ts'
import {
  countKeys,
  countLiveKeys,
  findKey,
  insertKey,
  listKeys,
  replaceSecret,
  revokeKey,
  updateKey,
} from './api-keys.repository.ts'
import { type CreateApiKey, type UpdateApiKey, viewApiKey } from './api-keys.schema.ts'
import type { ApiKeyRow } from './api-keys.table.ts'
import { apiKeyTag } from './key-state.ts'

export type ApiKeysDeps = { db: Db; cache: Cache }

/** A key with the text that opens, which exists only here. */
type OpenKey = { key: ApiKeyRow; text: string }

const mostLiveKeys = 50

/**
 * Makes a key for the actor. Stored is the hash of its text.
 * @throws 403 `REAUTHENTICATION_REQUIRED`, 409 `TOO_MANY_API_KEYS`, 422 for scopes that the actor's role does not grant
 */
export const createApiKey = async (
  { db }: ApiKeysDeps,
  actor: SessionActor,
  { name, scopes, expiresAt }: CreateApiKey,
): Promise<OpenKey> => {
  requireGrantable(actor, scopes)
  const { userId } = actor
  const prefix = newKeyPrefix()
  const text = newApiKey(prefix)
  return db.transaction(async (tx) => {
    // Two at once must not both count themselves the last.
    if ((await lockActiveUser(tx, userId)) === undefined) throw unauthorized()
    // Only now: whoever takes the account over ends sessions and keys under the same lock.
    await requireRecentProof({ db: tx }, actor)
    if ((await countLiveKeys(tx, userId)) >= mostLiveKeys) {
      const most = `You have ${mostLiveKeys} API keys, which is as many as there may be.`
      throw conflict('TOO_MANY_API_KEYS', most)
    }
    const key = await insertKey(tx, { userId, name, scopes, expiresAt, prefix, secretHash: hashToken(text) })
    await recordAct(tx, {
      action: 'api-keys:create',
      target: keyTarget(key.id),
      details: { scopes, expiresAt },
    })
    return { key, text }
  })
}

const keyTarget = (id: string) => ({ type: 'api-key', id })

/** What changes or deletes a thing finds it first, and shows it. */
const requireGrantable = (actor: SessionActor, scopes: Permission[]) => {
  for (const scope of scopes) {
    if (scopeOf(actor, scope) === undefined) {
      throw invalidField('scopes', 'not_granted', `Your role does not grant ${scope}.`)
    }
    const [resource, action] = scope.split(':')
    const read = permissions.find((known) => known === `${resource}:read`)
    if (action !== 'create' && read !== undefined && !scopes.includes(read)) {
      throw invalidField('scopes', 'read_needed', `${scope} is of no use without ${read}.`)
    }
  }
}

export const listApiKeys = async ({ db }: ApiKeysDeps, { userId }: SessionActor, query: PageRequest) => {
  const rows = await listKeys(db, userId, decodeCursor(query.cursor), query.limit)
  const total = query.total ? await countKeys(db, userId) : undefined
  return pageOf(rows, query.limit, viewApiKey, total)
}

/** @throws 404 for a key that is not the actor's own */
export const getApiKey = async (
  { db }: Pick<ApiKeysDeps, 'db'>,
  { userId }: SessionActor,
  id: string,
): Promise<ApiKeyRow> => {
  const key = await findKey(db, userId, id)
  if (key === undefined) throw notFound('API key')
  return key
}

/**
 * Changes a key; what it may do then holds from its next request on.
 * @throws 403 `REAUTHENTICATION_REQUIRED`, 404, 409 `API_KEY_ENDED`, 422 for scopes that the actor's role does not grant
 */
export const updateApiKey = async (
  deps: ApiKeysDeps,
  actor: SessionActor,
  id: string,
  { name, scopes, expiresAt }: UpdateApiKey,
): Promise<ApiKeyRow> => {
  if (scopes !== undefined) requireGrantable(actor, scopes)
  await getApiKey(deps, actor, id)
  await requireRecentProof(deps, actor)
  const changed = await invalidateAfter(
    () =>
      deps.db.transaction(async (tx) => {
        const key = await updateKey(tx, actor.userId, id, { name, scopes, expiresAt })
        const details = { scopes, expiresAt }
        if (key !== undefined)
          await recordAct(tx, { action: 'api-keys:update', target: keyTarget(id), details })
        return key
      }),
    () => deps.cache.invalidate(apiKeyTag(id)),
  )
  if (changed === undefined) throw keyEnded()
  return changed
}

/**
 * Gives a key another secret. The one before works for the overlap, so that programs can change over one by one; a
 * second rotation ends it.
 * @throws 403 `REAUTHENTICATION_REQUIRED`, 404, 409 `API_KEY_ENDED`
 */
export const rotateApiKey = async (
  deps: ApiKeysDeps,
  actor: SessionActor,
  id: string,
  overlapHours: number,
): Promise<OpenKey> => {
  const { prefix } = await getApiKey(deps, actor, id)
  await requireRecentProof(deps, actor)
  const text = newApiKey(prefix)
  const rotated = await invalidateAfter(
    () =>
      deps.db.transaction(async (tx) => {
        const key = await replaceSecret(tx, actor.userId, id, { secretHash: hashToken(text), overlapHours })
        const details = { overlapHours }
        if (key !== undefined)
          await recordAct(tx, { action: 'api-keys:rotate', target: keyTarget(id), details })
        return key
      }),
    () => deps.cache.invalidate(apiKeyTag(id)),
  )
  if (rotated === undefined) throw keyEnded()
  return { key: rotated, text }
}

const keyEnded = () => conflict('API_KEY_ENDED', 'This API key was revoked or has expired. Make a new one.')

/**
 * Ends a key with its next request. It stays in the list for a while.
 * @throws 404 for a key that is not the actor's own
 */
export const revokeApiKey = async (
  { db, cache }: ApiKeysDeps,
  { userId }: SessionActor,
  id: string,
): Promise<ApiKeyRow> => {
  const revoked = await invalidateAfter(
    () =>
      db.transaction(async (tx) => {
        const key = await revokeKey(tx, userId, id)
        if (key !== undefined) await recordAct(tx, { action: 'api-keys:revoke', target: keyTarget(id) })
        return key
      }),
    () => cache.invalidate(apiKeyTag(id)),
  )
  if (revoked === undefined) throw notFound('API key')
  return revoked
}
