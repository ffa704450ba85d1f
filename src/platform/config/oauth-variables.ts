import { z } from 'zod'
import { hasBlockedPort } from '../net/blocked-port.ts'

const longestSecret = 4_096
const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/
const githubUrl = 'https://github.com'
const githubApiUrl = 'https://api.github.com'

/** What a provider is told and answers decides who somebody is, so only a machine's own loopback goes without TLS. */
const isSafeBase = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, search, hash } = new URL(text)
  if (username !== '' || search !== '' || hash !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && loopback.test(hostname))
}

const safeBase = z
  .string()
  .max(2_048)
  .refine(isSafeBase, {
    error: 'must be a URL that starts with https:// (http:// only for localhost), without query',
    abort: true,
  })
  .refine((text) => !hasBlockedPort(new URL(text)), { error: 'names a port that is blocked for HTTP' })
const baseWithoutSlash = safeBase.transform((text) => text.replace(/\/+$/, ''))
const clientId = z.string().max(500)
const clientSecret = z.string().max(longestSecret)

export const oauthVariables = {
  OAUTH_GOOGLE_CLIENT_ID: clientId.optional(),
  OAUTH_GOOGLE_CLIENT_SECRET: clientSecret.optional(),
  OAUTH_GITHUB_CLIENT_ID: clientId.optional(),
  OAUTH_GITHUB_CLIENT_SECRET: clientSecret.optional(),
  OAUTH_GITHUB_URL: baseWithoutSlash.default(githubUrl),
  OAUTH_GITHUB_API_URL: baseWithoutSlash.optional(),
  // As it is, with or without a final slash: an issuer is compared character by character.
  OIDC_ISSUER: safeBase.optional(),
  OIDC_CLIENT_ID: clientId.optional(),
  OIDC_CLIENT_SECRET: clientSecret.optional(),
  OIDC_NAME: z.string().max(60).optional(),
}

export const oauthSecretVariables = [
  'OAUTH_GOOGLE_CLIENT_SECRET',
  'OAUTH_GITHUB_CLIENT_SECRET',
  'OIDC_CLIENT_SECRET',
] as const

type OAuthVariables = z.infer<z.ZodObject<typeof oauthVariables>>

/** `name` stands in addresses and with identities, `label` on buttons. */
type NamedClient<Name extends string> = { name: Name; label: string; clientId: string; clientSecret: string }
export type OidcSettings = NamedClient<'google' | 'oidc'> & { issuer: string }
export type GithubSettings = NamedClient<'github'> & { url: string; apiUrl: string }
export type SignInProviderSettings = OidcSettings | GithubSettings

export const signInProvidersOf = (given: OAuthVariables): SignInProviderSettings[] => {
  const providers: SignInProviderSettings[] = []
  if (given.OAUTH_GOOGLE_CLIENT_ID && given.OAUTH_GOOGLE_CLIENT_SECRET) {
    providers.push({
      name: 'google',
      label: 'Google',
      issuer: 'https://accounts.google.com',
      clientId: given.OAUTH_GOOGLE_CLIENT_ID,
      clientSecret: given.OAUTH_GOOGLE_CLIENT_SECRET,
    })
  }
  if (given.OAUTH_GITHUB_CLIENT_ID && given.OAUTH_GITHUB_CLIENT_SECRET) {
    const { OAUTH_GITHUB_URL: url } = given
    providers.push({
      name: 'github',
      label: 'GitHub',
      url,
      // Where GitHub Enterprise Server has it.
      apiUrl: given.OAUTH_GITHUB_API_URL ?? (url === githubUrl ? githubApiUrl : `${url}/api/v3`),
      clientId: given.OAUTH_GITHUB_CLIENT_ID,
      clientSecret: given.OAUTH_GITHUB_CLIENT_SECRET,
    })
  }
  if (given.OIDC_ISSUER && given.OIDC_CLIENT_ID && given.OIDC_CLIENT_SECRET) {
    providers.push({
      name: 'oidc',
      label: given.OIDC_NAME ?? new URL(given.OIDC_ISSUER).hostname,
      issuer: given.OIDC_ISSUER,
      clientId: given.OIDC_CLIENT_ID,
      clientSecret: given.OIDC_CLIENT_SECRET,
    })
  }
  return providers
}

const together = [
  ['OAUTH_GOOGLE_CLIENT_ID', 'OAUTH_GOOGLE_CLIENT_SECRET'],
  ['OAUTH_GITHUB_CLIENT_ID', 'OAUTH_GITHUB_CLIENT_SECRET'],
  ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'],
] as const

export const contradictionsOfOAuth = (given: OAuthVariables): string[] => {
  const faults = together.flatMap((names) => {
    const missing = names.filter((name) => given[name] === undefined)
    if (missing.length === names.length) return []
    const set = names.find((name) => given[name] !== undefined)
    return missing.map((name) => `${name}: must be set with ${set}`)
  })
  if (given.OIDC_NAME !== undefined && given.OIDC_ISSUER === undefined) {
    faults.push('OIDC_NAME: is set without OIDC_ISSUER, so it would change nothing')
  }
  return faults
}
