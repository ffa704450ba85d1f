import { unauthorized } from '../../platform/errors.ts'
import { apiKeyMark, isWellFormedKey } from '../api-keys/api-key.ts'
import { apiKeyTag, findKeyOfText, findKeyState } from '../api-keys/key-state.ts'
import type { KeyUses } from '../api-keys/key-uses.ts'
import type { AccessTokens } from './access-token.ts'
import type { Actor } from './permissions.ts'
import { findSessionState, type SessionState, type SessionStateDeps } from './session-state.ts'

export type IdentifyDeps = SessionStateDeps & {
  accessTokens: AccessTokens
  keyUses: Pick<KeyUses, 'note'>
}

/** Somebody who has shown who he is. `tokenUntilMs`: when the token that he showed expires, if it does by itself. */
export type Identity = { actor: Actor; loggedUser: string; tokenUntilMs?: number }

/**
 * Who an access token or API key stands for.
 * @throws 401 `ACCESS_TOKEN_EXPIRED`, `ACCESS_TOKEN_INVALID`, `SESSION_ENDED`, `API_KEY_MALFORMED` or `API_KEY_INVALID`
 */
export const identifyToken = async (deps: IdentifyDeps, token: string): Promise<Identity> => {
  // A JWT has dots: what has none can only be meant for a key, such as one whose beginning was not copied.
  if (token.startsWith(apiKeyMark) || !token.includes('.')) return ofApiKey(deps, token)
  const claims = await deps.accessTokens.verify(token)
  const { actor, loggedUser } = liveSession(await findSessionState(deps, claims))
  return { actor, loggedUser, tokenUntilMs: claims.expiresAtMs }
}

const ofApiKey = async (deps: IdentifyDeps, text: string): Promise<Identity> => {
  if (!isWellFormedKey(text)) {
    throw unauthorized('This is no API key: a character of it is wrong or missing.', 'API_KEY_MALFORMED')
  }
  const key = await findKeyOfText(deps, text)
  const state = key && (await findKeyState(deps, key))
  if (state === undefined) {
    throw unauthorized('This API key was revoked, has expired or never existed.', 'API_KEY_INVALID')
  }
  deps.keyUses.note(state.actor.keyId)
  return state
}

export const liveSession = (state: SessionState | undefined): SessionState => {
  if (state === undefined) throw unauthorized('This session has ended. Sign in again.', 'SESSION_ENDED')
  return state
}

/** The actor as he is now, while his session or key lives, and until when it does unless something happens to it. */
export const findActorState = async (
  deps: SessionStateDeps,
  actor: Actor,
): Promise<{ actor: Actor; untilMs: number } | undefined> => {
  if ('keyId' in actor) {
    const state = await findKeyState(deps, actor)
    return state && { actor: state.actor, untilMs: state.worksUntilMs }
  }
  const state = await findSessionState(deps, actor)
  return state && { actor: state.actor, untilMs: state.expiresAtMs }
}

/** What the cache is told when something happens to the actor's session, key or account. */
export const tagsOf = (actor: Actor): string[] => [
  `user:${actor.userId}`,
  'keyId' in actor ? apiKeyTag(actor.keyId) : `session:${actor.sessionId}`,
]
