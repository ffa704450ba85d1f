import type { FastifyBaseLogger } from 'fastify'
import * as oauth from 'oauth4webapi'
import { z } from 'zod'
import type { OidcSettings } from '../../../platform/config/oauth-variables.ts'
import { emailField, nameField } from '../../users/users.schema.ts'
import type { Expectation, Profile, Question, SignInProvider } from './provider.ts'
import { openProviderCalls, type ProviderFetch } from './provider-calls.ts'
import { providerAway, signInFailed, toSignInError } from './provider-failure.ts'
import { rememberMetadata } from './remember-metadata.ts'

/** Asymmetric ones: with HMAC, or none, whoever knows the client's secret, or nobody, signs. */
const signatures = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'Ed25519',
  'EdDSA',
]

const claimsSchema = z.object({
  iss: z.string().max(2_048),
  // At most 255 characters of ASCII (OIDC Core, 2). What cannot be stored as it is could be another's then.
  sub: z.string().regex(/^[\x20-\x7e]{1,255}$/),
  email: emailField.optional().catch(undefined),
  // Some send the text "true", which OIDC Core (5.1) does not know: it does not count.
  email_verified: z.boolean().optional().catch(undefined),
  hd: z.string().optional().catch(undefined),
  name: nameField.optional().catch(undefined),
})
type Claims = z.infer<typeof claimsSchema>

type OidcDeps = { log: FastifyBaseLogger; timeoutMs: number }

/** A provider that speaks OpenID Connect, found by its discovery document (OIDC Discovery 1.0, 4). */
export const openOidcProvider = (settings: OidcSettings, { log, timeoutMs }: OidcDeps): SignInProvider => {
  const { name, label, issuer, clientId } = settings
  const calls = openProviderCalls(label, timeoutMs)
  const client: oauth.Client = { client_id: clientId }
  const options = callOptions(issuer, calls.fetch)
  const metadata = rememberMetadata(() =>
    discover(issuer, options).catch((error: unknown) => {
      throw providerAway(label, error)
    }),
  )
  const failing = (error: unknown) => {
    throw toSignInError(error, label, log)
  }

  const authorizationUrl = async (question: Question): Promise<URL> => {
    const { authorization_endpoint: endpoint = '' } = await metadata()
    const url = new URL(endpoint)
    for (const [key, value] of Object.entries(parametersOf(settings, question)))
      url.searchParams.set(key, value)
    return url
  }

  const identify: SignInProvider['identify'] = async (answer, expected, startedAtMs) => {
    const server = await metadata()
    const given = oauth.validateAuthResponse(server, client, answer, expected.state)
    const tokens = await redeem(
      { server, client, settings, options },
      given,
      expected,
      maxAgeOf(settings, startedAtMs),
    )
    const claims = oauth.getValidatedIdTokenClaims(tokens)
    if (claims === undefined) throw signInFailed()
    const known = claimsSchema.parse(claims)
    if (known.email !== undefined || server.userinfo_endpoint === undefined) return profileOf(name, known)
    const more = await oauth.userInfoRequest(server, client, tokens.access_token, options)
    const told = await oauth.processUserInfoResponse(server, client, known.sub, more)
    return profileOf(name, claimsSchema.parse({ ...told, iss: known.iss, sub: known.sub }))
  }

  return {
    name,
    label,
    authorizationUrl: (question) => authorizationUrl(question).catch(failing),
    identify: (...given) => identify(...given).catch(failing),
    close: calls.close,
  }
}

type CallOptions = { [oauth.customFetch]: ProviderFetch; [oauth.allowInsecureRequests]: boolean }

/** The address of an issuer is only let be without TLS on loopback, and then its endpoints are too. */
const callOptions = (issuer: string, fetch: ProviderFetch): CallOptions => ({
  [oauth.customFetch]: fetch,
  [oauth.allowInsecureRequests]: issuer.startsWith('http:'),
})

const discover = async (issuer: string, options: CallOptions): Promise<oauth.AuthorizationServer> => {
  const url = new URL(issuer)
  const server = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, options))
  if (!URL.canParse(server.authorization_endpoint ?? '')) throw new Error('It names no place to sign in')
  const offered = server.id_token_signing_alg_values_supported ?? ['RS256']
  return {
    ...server,
    id_token_signing_alg_values_supported: offered.filter((name) => signatures.includes(name)),
  }
}

const parametersOf = ({ name, clientId }: OidcSettings, question: Question): Record<string, string> => {
  // Google knows no `login`, and ignores `max_age`.
  const anew: Record<string, string> =
    name === 'google' ? { prompt: 'select_account' } : { prompt: 'login', max_age: '0' }
  return {
    client_id: clientId,
    redirect_uri: question.redirectUri,
    response_type: 'code',
    scope: 'openid email profile',
    state: question.state,
    nonce: question.nonce,
    code_challenge: question.challenge,
    code_challenge_method: 'S256',
    ...(question.fresh ? anew : {}),
  }
}

/** How many seconds ago the sign-in there may have been (`auth_time`); Google does not tell. */
const maxAgeOf = ({ name }: OidcSettings, startedAtMs: number | undefined): number | undefined =>
  startedAtMs === undefined || name === 'google'
    ? undefined
    : Math.max(0, Math.ceil((Date.now() - startedAtMs) / 1_000))

type Side = {
  server: oauth.AuthorizationServer
  client: oauth.Client
  settings: OidcSettings
  options: CallOptions
}

/** Exchanges the code. The ID token's issuer, audience, times, nonce and signature hold then. */
const redeem = async (
  { server, client, settings, options }: Side,
  given: URLSearchParams,
  { redirectUri, verifier, nonce }: Expectation,
  maxAge: number | undefined,
): Promise<oauth.TokenEndpointResponse> => {
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    clientAuthentication(server, settings.clientSecret),
    given,
    redirectUri,
    verifier,
    options,
  )
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: nonce,
    requireIdToken: true,
    ...(maxAge === undefined ? {} : { maxAge }),
  })
  await oauth.validateApplicationLevelSignature(server, response, options)
  return tokens
}

/** `client_secret_basic` is what a server takes that does not say (OIDC Discovery 1.0, 3). */
const clientAuthentication = (
  { token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] }: oauth.AuthorizationServer,
  secret: string,
) =>
  methods.includes('client_secret_basic') ? oauth.ClientSecretBasic(secret) : oauth.ClientSecretPost(secret)

const profileOf = (
  provider: string,
  { iss, sub, email, email_verified: verified, hd, name }: Claims,
): Profile => {
  const emailVerified = email !== undefined && verified === true
  // Google verified other addresses once and has not heard of them since:
  // https://developers.google.com/identity/gsi/web/guides/verify-google-id-token
  const isGooglesOwn = email?.endsWith('@gmail.com') === true || hd !== undefined
  return {
    issuer: iss,
    subject: sub,
    email: email ?? null,
    emailVerified,
    speaksForMailbox: emailVerified && (provider !== 'google' || isGooglesOwn),
    name: name ?? null,
  }
}
