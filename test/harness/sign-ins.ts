import { expect } from 'vitest'
import type { ForgingOidcServer } from '../fakes/forging-oidc-server.ts'
import { type GithubServer, githubUser } from '../fakes/github-server.ts'
import { type OidcServer, signInThere } from '../fakes/oidc-server.ts'
import type { Browser } from './app-browser.ts'
import { newEmail } from './auth-app.ts'

type Provider = 'oidc' | 'google' | 'github'

/** Begins in a browser, and gives where it is sent. */
export const begin = async (browser: Browser, provider: Provider, query = ''): Promise<URL> => {
  const { status, location, text } = await browser.ask('GET', `/v1/auth/oauth/${provider}${query}`)
  expect(status, text).toBe(303)
  return new URL(location)
}

/** A whole sign-in by GitHub in a browser. */
export const byGithub = async (
  browser: Browser,
  github: GithubServer,
  person: ReturnType<typeof githubUser>,
  query = '',
) => browser.ask('GET', (await github.visit((await begin(browser, 'github', query)).href, person)).href)

/** A whole sign-in by the real provider in a browser. */
export const byOidc = async (browser: Browser, oidc: OidcServer, login: string, query = '') =>
  browser.ask('GET', (await signInThere(oidc, (await begin(browser, 'oidc', query)).href, login)).href)

/** Where a browser comes back to from the provider that forges, with a code for a token with these claims. */
export const forgedAnswer = (
  forging: ForgingOidcServer,
  start: URL,
  claims: Record<string, unknown>,
  sign?: Parameters<ForgingOidcServer['codeFor']>[1],
): URL => {
  const { searchParams } = start
  const code = forging.codeFor({ nonce: searchParams.get('nonce'), ...claims }, sign)
  const back = new URL(searchParams.get('redirect_uri') ?? '')
  back.search = new URLSearchParams({
    code,
    state: searchParams.get('state') ?? '',
    iss: forging.issuer,
  }).toString()
  return back
}

export const verifier = 'a-verifier-that-only-the-app-knows-0123456789'
/** Of the verifier, by S256. */
export const challenge = 'gVoxHuu_NoUuTvSOJ_mesNe2vxkx4IJ43k9BxoHSyDM'
export const appAddress = 'https://app.test/signed-in'

export const appQuery = `?returnTo=${encodeURIComponent(appAddress)}&codeChallenge=${challenge}`

let githubIds = 0

/** Somebody new at GitHub. */
export const somebody = (email = newEmail(), verified = true) => {
  githubIds += 1
  return githubUser(githubIds, email, verified)
}

export const outcomeOf = ({
  status,
  error,
}: Pick<Awaited<ReturnType<Browser['ask']>>, 'status' | 'error'>): [number, string | undefined] => [
  status,
  error?.code,
]
