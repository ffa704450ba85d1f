import type { FastifyBaseLogger } from 'fastify'
import * as oauth from 'oauth4webapi'
import { z } from 'zod'
import type { GithubSettings } from '../../../platform/config/oauth-variables.ts'
import { emailField, nameField } from '../../users/users.schema.ts'
import type { Expectation, Profile, Question, SignInProvider } from './provider.ts'
import { openProviderCalls, type ProviderFetch } from './provider-calls.ts'
import { providerAway, toSignInError } from './provider-failure.ts'

/** https://docs.github.com/en/rest/users/users#get-the-authenticated-user: the login can be renamed, the id cannot. */
const userSchema = z.object({ id: z.int().positive(), name: nameField.nullish().catch(null) })
/** https://docs.github.com/en/rest/users/emails#list-email-addresses-for-the-authenticated-user */
const emailsSchema = z
  .array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }))
  .max(1_000)

type GithubDeps = { log: FastifyBaseLogger; timeoutMs: number }

/**
 * GitHub, or a GitHub Enterprise Server. It speaks OAuth 2 without OpenID Connect: who somebody is, its API tells.
 * https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
 */
export const openGithubProvider = (
  settings: GithubSettings,
  { log, timeoutMs }: GithubDeps,
): SignInProvider => {
  const { name, label, url, clientId } = settings
  const calls = openProviderCalls(label, timeoutMs)
  const server: oauth.AuthorizationServer = {
    issuer: url,
    authorization_endpoint: `${url}/login/oauth/authorize`,
    token_endpoint: `${url}/login/oauth/access_token`,
  }
  const redeem = redeeming(server, settings, calls.fetch)
  const failing = (error: unknown) => {
    throw toSignInError(error, label, log)
  }

  const identify: SignInProvider['identify'] = async (answer, expected) => {
    const accessToken = await redeem(answer, expected)
    const ask = askApi(settings, calls.fetch, accessToken)
    const user = userSchema.safeParse(await ask('/user'))
    const emails = emailsSchema.safeParse(await ask('/user/emails?per_page=100'))
    if (!user.success || !emails.success) throw providerAway(label, user.error ?? emails.error)
    return { ...profileOf(user.data, emails.data), issuer: url }
  }

  return {
    name,
    label,
    authorizationUrl: async (question) => authorizationUrl(server, clientId, question),
    identify: (...given) => identify(...given).catch(failing),
    close: calls.close,
  }
}

const authorizationUrl = (
  { authorization_endpoint: endpoint = '' }: oauth.AuthorizationServer,
  clientId: string,
  question: Question,
): URL => {
  const url = new URL(endpoint)
  const parameters = {
    client_id: clientId,
    redirect_uri: question.redirectUri,
    response_type: 'code',
    scope: 'read:user user:email',
    state: question.state,
    code_challenge: question.challenge,
    code_challenge_method: 'S256',
    // The nearest that GitHub has to asking anew.
    ...(question.fresh ? { prompt: 'select_account' } : {}),
  }
  for (const [key, value] of Object.entries(parameters)) url.searchParams.set(key, value)
  return url
}

const redeeming = (
  server: oauth.AuthorizationServer,
  { url, clientId, clientSecret }: GithubSettings,
  fetch: ProviderFetch,
) => {
  const client: oauth.Client = { client_id: clientId }
  const options = {
    [oauth.customFetch]: fetch,
    [oauth.allowInsecureRequests]: url.startsWith('http:'),
  }
  return async (answer: URLSearchParams, { state, redirectUri, verifier }: Expectation): Promise<string> => {
    const given = oauth.validateAuthResponse(server, client, answer, state)
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      oauth.ClientSecretPost(clientSecret),
      given,
      redirectUri,
      verifier,
      options,
    )
    return (await oauth.processAuthorizationCodeResponse(server, client, response)).access_token
  }
}

const askApi =
  ({ label, apiUrl }: GithubSettings, fetch: ProviderFetch, accessToken: string) =>
  async (path: string): Promise<unknown> => {
    const answer = await fetch(`${apiUrl}${path}`, {
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${accessToken}`,
        // GitHub refuses requests without one.
        'user-agent': 'Backlot',
        'x-github-api-version': '2022-11-28',
      },
    })
    if (answer.status !== 200) throw providerAway(label, new Error(`${path} answered ${answer.status}`))
    return answer.json().catch((error: unknown) => {
      throw providerAway(label, error)
    })
  }

const profileOf = (
  { id, name }: z.infer<typeof userSchema>,
  emails: z.infer<typeof emailsSchema>,
): Omit<Profile, 'issuer'> => {
  const primary = emails.find((email) => email.primary)
  const email = emailField.safeParse(primary?.email).data ?? null
  const emailVerified = email !== null && primary?.verified === true
  return { subject: String(id), email, emailVerified, speaksForMailbox: emailVerified, name: name ?? null }
}
