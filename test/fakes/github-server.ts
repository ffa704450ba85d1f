import { createHash } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { listenOnLoopback } from '../harness/loopback-server.ts'
import { makeTrouble, sendJson, type Trouble } from './forging-oidc-server.ts'

export const githubClient = { clientId: 'Iv1.test', clientSecret: 'the secret of a GitHub app' }

type GithubUser = {
  id: number
  name: string | null
  emails: { email: string; primary: boolean; verified: boolean; visibility: string | null }[]
}

/**
 * The parts of GitHub that a sign-in meets, as documented: an address for browsers, that for the code (which answers 200 even
 * to a wrong one), and the API. Whoever comes is `person`, and has said yes.
 */
export const startGithubServer = async () => {
  const grants = new Map<string, { challenge: string; redirectUri: string; user: GithubUser }>()
  const tokens = new Map<string, GithubUser>()
  const state: { person: GithubUser | undefined; trouble: Trouble | undefined } = {
    person: undefined,
    trouble: undefined,
  }
  const server = await listenOnLoopback(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://github')
    const body = new URLSearchParams(await text(request))
    if (state.trouble !== undefined) return makeTrouble(state.trouble, response)
    if (url.pathname === '/login/oauth/authorize')
      return authorize(url, (to) => response.writeHead(302, { location: to }).end())
    if (url.pathname === '/login/oauth/access_token') return sendJson(response, redeem(body))
    const [, token = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? []
    const user = tokens.get(token)
    if (user === undefined || request.headers['user-agent'] === undefined) {
      return sendJson(response, { message: 'Bad credentials' }, 401)
    }
    return sendJson(
      response,
      url.pathname === '/api/user' ? { id: user.id, login: 'octo', name: user.name } : user.emails,
    )
  })

  const authorize = ({ searchParams }: URL, redirect: (to: string) => void) => {
    const code = `code-${grants.size}`
    const redirectUri = searchParams.get('redirect_uri') ?? ''
    if (state.person === undefined) throw new Error('Nobody is at the browser')
    grants.set(code, { challenge: searchParams.get('code_challenge') ?? '', redirectUri, user: state.person })
    const back = new URL(redirectUri)
    back.searchParams.set('code', code)
    back.searchParams.set('state', searchParams.get('state') ?? '')
    redirect(back.href)
  }

  const redeem = (body: URLSearchParams): object => {
    const grant = grants.get(body.get('code') ?? '')
    grants.delete(body.get('code') ?? '')
    if (
      body.get('client_id') !== githubClient.clientId ||
      body.get('client_secret') !== githubClient.clientSecret
    ) {
      return { error: 'incorrect_client_credentials' }
    }
    const challenge = createHash('sha256')
      .update(body.get('code_verifier') ?? '')
      .digest('base64url')
    if (grant?.challenge !== challenge || grant.redirectUri !== body.get('redirect_uri')) {
      return { error: 'bad_verification_code' }
    }
    const token = `gho_${tokens.size}`
    tokens.set(token, grant.user)
    return { access_token: token, token_type: 'bearer', scope: 'read:user,user:email' }
  }

  const url = `http://127.0.0.1:${server.port}`
  return {
    url,
    apiUrl: `${url}/api`,
    state,
    /** Goes to GitHub as `person`; gives where the browser is sent back. */
    visit: async (start: string, person: GithubUser): Promise<URL> => {
      state.person = person
      const { headers } = await fetch(start, { redirect: 'manual' })
      return new URL(headers.get('location') ?? '')
    },
    close: server.close,
  }
}

export type GithubServer = Awaited<ReturnType<typeof startGithubServer>>

/** Somebody at GitHub, with one address. */
export const githubUser = (id: number, email: string, verified = true): GithubUser => ({
  id,
  name: 'Octo Cat',
  emails: [
    { email: `old-${email}`, primary: false, verified: true, visibility: null },
    { email, primary: true, verified, visibility: 'private' },
  ],
})
