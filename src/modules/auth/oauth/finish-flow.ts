import { timingSafeEqual } from 'node:crypto'
import { takeAttempt } from '../../../platform/attempt-limit.ts'
import type { Db, Tx } from '../../../platform/database/database.ts'
import { violatedConstraint } from '../../../platform/database/infrastructure-error.ts'
import { AppError, unauthorized } from '../../../platform/errors.ts'
import { addressKey } from '../../../platform/http/pipeline.ts'
import type { AuthLimits } from '../auth-limits.ts'
import type { Challenge } from '../second-factor/finish-login.ts'
import type { Client, OpenedSession } from '../sessions.ts'
import { spendVerification } from '../verifications.repository.ts'
import { redirectUriOf } from './begin-flow.ts'
import { findAccount } from './find-account.ts'
import { type Flow, flowMinutes } from './flow-cookie.ts'
import { linkIdentity, proveByIdentity } from './identities.service.ts'
import { giveCode } from './one-time-code.ts'
import { openSessionOrAsk } from './open-session-or-ask.ts'
import type { Profile, SignInProvider } from './provider.ts'

export type FinishDeps = {
  db: Db
  publicUrl: string
  limits: Pick<AuthLimits, 'providerByAddress'>
  isSignupOpen: () => boolean
}

/** What came of a sign-in elsewhere. */
export type FlowOutcome =
  | { kind: 'session'; opened: OpenedSession }
  | { kind: 'second-factor'; challenge: Challenge }
  | { kind: 'code'; code: string }
  | { kind: 'done' }

const stateInvalid = () =>
  unauthorized('This sign-in was not begun in this browser, or took too long. Begin again.', 'STATE_INVALID')

/**
 * The flow that an answer belongs to, if this browser began it, with this provider: who gives an answer of one provider to
 * the address of another is refused here (RFC 9700, 4.4.2.2), and so is an answer without or with a stranger's state.
 * @throws 401 `STATE_INVALID`
 */
export const requireFlow = (
  flow: Flow | undefined,
  provider: SignInProvider,
  state: string | undefined,
): Flow => {
  if (flow === undefined || flow.provider !== provider.name || state === undefined) throw stateInvalid()
  const [kept, given] = [Buffer.from(flow.state), Buffer.from(state)]
  if (kept.length !== given.length || !timingSafeEqual(kept, given)) throw stateInvalid()
  return flow
}

/**
 * Ends a flow by the provider's answer. Each flow ends once: its state is noted as used before the provider is asked.
 * @throws 401 `STATE_INVALID` for one that has ended, what `identify` and the aims throw, 429
 */
export const finishFlow = async (
  deps: FinishDeps,
  provider: SignInProvider,
  flow: Flow,
  answer: URLSearchParams,
  client: Client,
): Promise<FlowOutcome> => {
  const giveBack = await takeAttempt([deps.limits.providerByAddress, addressKey(client.address)])
  const spent = { purpose: 'oauth-state', token: flow.state, validMinutes: 2 * flowMinutes } as const
  if (!(await spendVerification(deps.db, spent))) throw stateInvalid()
  const { state, nonce, verifier, aim, startedAtMs } = flow
  const redirectUri = redirectUriOf(deps, provider.name)
  const since = aim.purpose === 'reauthenticate' ? startedAtMs : undefined
  const profile = await provider.identify(answer, { state, nonce, verifier, redirectUri }, since)
  const { outcome, isNew } = await onceMore(() =>
    deps.db.transaction((tx) => achieve(tx, deps, provider, flow, profile, client)),
  )
  // New accounts count, as those of sign-ups do.
  if (!isNew) giveBack()
  return outcome
}

const achieve = async (
  tx: Tx,
  deps: FinishDeps,
  provider: SignInProvider,
  { aim }: Flow,
  profile: Profile,
  client: Client,
): Promise<{ outcome: FlowOutcome; isNew: boolean }> => {
  if (aim.purpose !== 'sign-in') {
    await (aim.purpose === 'link'
      ? linkIdentity(tx, aim, provider, profile)
      : proveByIdentity(tx, aim, profile))
    return { outcome: { kind: 'done' }, isNew: false }
  }
  const { user, isNew } = await findAccount(tx, deps, provider, profile)
  if (aim.codeChallenge !== undefined) {
    return { outcome: { kind: 'code', code: await giveCode(tx, user.id, aim.codeChallenge) }, isNew }
  }
  const opened = await openSessionOrAsk(tx, user, client)
  const outcome: FlowOutcome =
    'sessionId' in opened ? { kind: 'session', opened } : { kind: 'second-factor', challenge: opened }
  return { outcome, isNew }
}

/** Of two first sign-ins of one person at once, the second finds the account that the first has made. */
const onceMore = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    const isTwin =
      error instanceof AppError
        ? error.code === 'EMAIL_TAKEN' || error.code === 'IDENTITY_TAKEN'
        : violatedConstraint(error, '23505') !== undefined
    if (!isTwin) throw error
    return work()
  }
}
