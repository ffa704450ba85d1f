import * as oauth from 'oauth4webapi'
import { invalidField } from '../../../platform/errors.ts'
import { randomToken } from '../auth-keys.ts'
import type { Flow, FlowAim } from './flow-cookie.ts'
import type { SignInProvider } from './provider.ts'
import { isPathOfOurs, requireReturnTo } from './return-to.ts'

type BeginDeps = { publicUrl: string; corsOrigins: string[] }

/** Where a provider sends browsers back to: exactly what is registered there, one address a provider (RFC 9700, 4.4.2). */
export const redirectUriOf = ({ publicUrl }: Pick<BeginDeps, 'publicUrl'>, provider: string): string =>
  `${publicUrl}/v1/auth/oauth/${provider}/callback`

/**
 * Begins a sign-in at a provider.
 * @returns where to send the browser, and what it has to keep until it comes back
 * @throws 422 for a `returnTo` elsewhere, or one of an app that gives no code challenge; 503
 */
export const beginFlow = async (
  deps: BeginDeps,
  provider: SignInProvider,
  aim: FlowAim,
  returnTo: string | undefined,
): Promise<{ url: URL; flow: Flow }> => {
  if (returnTo !== undefined) requireReturnTo(deps, returnTo)
  if (aim.purpose === 'sign-in') requireChallengeOfApp(aim.codeChallenge, returnTo)
  const flow: Flow = {
    provider: provider.name,
    state: randomToken(),
    nonce: randomToken(),
    verifier: oauth.generateRandomCodeVerifier(),
    startedAtMs: Date.now(),
    ...(returnTo === undefined ? {} : { returnTo }),
    aim,
  }
  const url = await provider.authorizationUrl({
    state: flow.state,
    nonce: flow.nonce,
    challenge: await oauth.calculatePKCECodeChallenge(flow.verifier),
    redirectUri: redirectUriOf(deps, provider.name),
    fresh: aim.purpose === 'reauthenticate',
  })
  return { url, flow }
}

/** An app is given a code, which only it can use; a page of ours has the cookie and needs none. */
const requireChallengeOfApp = (codeChallenge: string | undefined, returnTo: string | undefined): void => {
  const isApp = returnTo !== undefined && !isPathOfOurs(returnTo)
  if (isApp && codeChallenge === undefined) {
    throw invalidField('codeChallenge', 'required', 'An app that is sent a code must give its challenge.')
  }
  if (!isApp && codeChallenge !== undefined) {
    throw invalidField('returnTo', 'required', 'Say with its full address where your app takes the code.')
  }
}
