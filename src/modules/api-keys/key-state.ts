import type { Cache } from '../../platform/cache/cache.ts'
import type { Db, Executor } from '../../platform/database/database.ts'
import { type AuthKeys, hashToken, loggedUserOf } from '../auth/auth-keys.ts'
import type { KeyActor } from '../auth/permissions.ts'
import { findActiveUser } from '../users/users.service.ts'
import { findKeyOfSecret, findWorkingKey } from './api-keys.repository.ts'

export type KeyStateDeps = { db: Db; cache: Cache; keys: Pick<AuthKeys, 'loggedUser'> }

/** What a request's key comes down to. `secretHash` says which of its secrets the request had. */
type KeyClaims = Pick<KeyActor, 'keyId' | 'userId' | 'secretHash'>

type KeyState = { actor: KeyActor; loggedUser: string; worksUntilMs: number }

/**
 * Whose key a text is. Looking for the hash of it needs no comparing in constant time: nobody can choose a hash. That
 * never changes, so it is only forgotten when the cache forgets it.
 */
export const findKeyOfText = async (
  { db, cache }: Pick<KeyStateDeps, 'db' | 'cache'>,
  text: string,
): Promise<KeyClaims | undefined> => {
  const secretHash = hashToken(text)
  const key = await cache.get(`api-key-of:${secretHash}`, [], () => findKeyOfSecret(db, secretHash))
  return key && { ...key, secretHash }
}

/**
 * The state of a key that works and belongs to a user who may sign in. Cached until the key or the user changes, so that
 * a revocation, a narrower scope, a disabled user or another role holds from the next request on.
 */
export const findKeyState = async (deps: KeyStateDeps, claims: KeyClaims): Promise<KeyState | undefined> => {
  const { keyId, userId, secretHash } = claims
  const tags = [apiKeyTag(keyId), `user:${userId}`]
  const state = await deps.cache.get(`api-key:${keyId}:${secretHash}`, tags, () => loadKeyState(deps, claims))
  return state !== undefined && state.worksUntilMs > Date.now() ? state : undefined
}

/** What the database says now. */
export const isKeyWorking = async (executor: Executor, { keyId, secretHash }: KeyClaims): Promise<boolean> =>
  (await findWorkingKey(executor, keyId, secretHash)) !== undefined

/** What everything that is cached of a key carries. */
export const apiKeyTag = (keyId: string): string => `api-key:${keyId}`

const loadKeyState = async (
  { db, keys }: KeyStateDeps,
  { keyId, userId, secretHash }: KeyClaims,
): Promise<KeyState | undefined> => {
  const [key, user] = await Promise.all([findWorkingKey(db, keyId, secretHash), findActiveUser(db, userId)])
  if (key === undefined || user === undefined || key.userId !== user.id) return undefined
  return {
    actor: { userId, role: user.role, keyId, secretHash, scopes: key.scopes },
    loggedUser: loggedUserOf(keys, userId),
    worksUntilMs: key.worksUntil?.getTime() ?? Number.POSITIVE_INFINITY,
  }
}
