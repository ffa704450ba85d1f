import type { ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { listenOnLoopback } from '../harness/loopback-server.ts'
import { oidcClient } from './oidc-server.ts'

export type Trouble = 'error-500' | 'stall' | 'garbage' | 'huge'
type Keys = { kid: string } & Awaited<ReturnType<typeof generateKeyPair>>

const newKeys = async (kid: string): Promise<Keys> => ({ kid, ...(await generateKeyPair('RS256')) })

/** A provider of OpenID Connect that signs whatever a test wants, and fails as it wants. It has no pages. */
export const startForgingOidcServer = async () => {
  let keys = await newKeys('first')
  const tokens = new Map<string, () => Promise<string>>()
  const troubles = new Map<string, Trouble>()
  const asked: string[] = []
  const metadata: Record<string, unknown> = {}
  const server = await listenOnLoopback(async (request, response) => {
    const body = new URLSearchParams(await text(request))
    const path = request.url ?? ''
    asked.push(path)
    const trouble = troubles.get(path)
    if (trouble !== undefined) return makeTrouble(trouble, response)
    sendJson(response, await answer(path, body.get('code') ?? ''))
  })
  const issuer = `http://127.0.0.1:${server.port}`

  const answer = async (path: string, code: string): Promise<object> => {
    if (path === '/jwks') {
      const jwk = await exportJWK(keys.publicKey)
      return { keys: [{ ...jwk, kid: keys.kid, use: 'sig', alg: 'RS256' }] }
    }
    if (path === '/token') {
      const idToken = await tokens.get(code)?.()
      return { access_token: 'an access token', token_type: 'Bearer', id_token: idToken }
    }
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      authorization_response_iss_parameter_supported: true,
      ...metadata,
    }
  }

  return {
    issuer,
    /** Paths of all requests. */
    asked,
    /** What the discovery document says besides. */
    metadata,
    /** How to fail, by path. */
    troubles,
    /** A code for an ID token: a good one, changed by `claims`; `sign` may replace how it is signed. */
    codeFor: (claims: JWTPayload, sign = (payload: JWTPayload) => signed(payload, keys)) => {
      const now = Math.floor(Date.now() / 1_000)
      const whole = { iss: issuer, aud: oidcClient.clientId, iat: now, exp: now + 300, ...claims }
      const code = `code-${tokens.size}`
      tokens.set(code, async () => sign(whole))
      return code
    },
    /** As a provider does that has lost its key. */
    changeKeys: async (kid: string) => {
      keys = await newKeys(kid)
    },
    close: server.close,
  }
}

export type ForgingOidcServer = Awaited<ReturnType<typeof startForgingOidcServer>>

export const signed = (payload: JWTPayload, { kid, privateKey }: Keys) =>
  new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey)

/** Signed by a key that is not among the provider's, under the name of one that is. */
export const signedByStranger = async (payload: JWTPayload) => signed(payload, await newKeys('first'))

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
export const unsigned = async (payload: JWTPayload) => `${encoded({ alg: 'none' })}.${encoded(payload)}.`
/** Signed by what the client knows too. */
export const signedBySecret = (payload: JWTPayload) =>
  new SignJWT(payload).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(oidcClient.clientSecret))

export const sendJson = (response: ServerResponse, body: object, status = 200) => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

export const makeTrouble = (trouble: Trouble, response: ServerResponse): void => {
  if (trouble === 'error-500') sendJson(response, { error: 'server_error' }, 500)
  if (trouble === 'garbage') {
    response.writeHead(200, { 'content-type': 'application/json' }).end('<html>guest network</html>')
  }
  if (trouble === 'huge') sendJson(response, { padding: 'x'.repeat(10 * 1024 ** 2) })
}
