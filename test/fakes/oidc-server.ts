import type { RequestListener } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import Provider from 'oidc-provider'
import { listenOnLoopback } from '../harness/loopback-server.ts'

export const oidcClient = { clientId: 'backlot', clientSecret: 'the client secret of a test' }

type Claims = { email?: string; email_verified?: boolean; name?: string }

/** The certified provider of the package `oidc-provider`, with its forms for development: any name signs in, as whom `people` says. */
export const startOidcServer = async (redirectUri: string) => {
  const people = new Map<string, Claims>()
  let listener: RequestListener | undefined
  const server = await listenOnLoopback((request, response) => listener?.(request, response))
  const issuer = `http://127.0.0.1:${server.port}`
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: oidcClient.clientId,
        client_secret: oidcClient.clientSecret,
        redirect_uris: [redirectUri],
      },
    ],
    cookies: { keys: ['a key of a test'] },
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'first' }] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    pkce: { required: () => true },
    // Seconds. It warns of those that are not given.
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
    findAccount: (_context: unknown, sub: string) => ({
      accountId: sub,
      claims: () => ({ sub, ...people.get(sub) }),
    }),
  })
  listener = provider.callback()
  return { issuer, people, close: server.close }
}

export type OidcServer = Awaited<ReturnType<typeof startOidcServer>>

/** Does what a person does at the provider, from the address that the browser is sent to, until it is sent back. */
export const signInThere = async (
  { issuer }: Pick<OidcServer, 'issuer'>,
  start: string,
  login: string,
): Promise<URL> => {
  const cookies = new Map<string, string>()
  const step = async (url: string, form?: Record<string, string>): Promise<Response> => {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    return response
  }
  let response = await step(start)
  for (let steps = 0; steps < 12; steps += 1) {
    const location = response.headers.get('location')
    if (location !== null) {
      const next = new URL(location, issuer)
      if (next.origin !== issuer) return next
      response = await step(next.href)
      continue
    }
    const page = await response.text()
    const action = /action="([^"]+)"/.exec(page)?.[1]
    if (action === undefined) throw new Error(`No form: ${response.status} ${page.slice(0, 500)}`)
    const prompt = page.includes('value="login"') ? 'login' : 'consent'
    response = await step(new URL(action, issuer).href, {
      prompt,
      ...(prompt === 'login' ? { login, password: 'any' } : {}),
    })
  }
  throw new Error('The provider went round in circles')
}
