import { startForgingOidcServer } from '../fakes/forging-oidc-server.ts'
import { githubClient, startGithubServer } from '../fakes/github-server.ts'
import { type OidcServer, oidcClient } from '../fakes/oidc-server.ts'
import { startAuthApp } from './auth-app.ts'
import { createTestDatabase } from './test-database.ts'

/**
 * Accounts, and where one signs in to them: GitHub, and a server that forges. The latter is the provider of OpenID Connect,
 * or Google where a real one is given.
 */
export const startOauthApp = async (oidc?: OidcServer) => {
  const database = await createTestDatabase()
  const forging = await startForgingOidcServer()
  const github = await startGithubServer()
  const google = { name: 'google' as const, label: 'Google', issuer: forging.issuer, ...oidcClient }
  const auth = await startAuthApp(database.url, {
    signInProviders: [
      ...(oidc === undefined ? [] : [google]),
      { name: 'github', label: 'GitHub', url: github.url, apiUrl: github.apiUrl, ...githubClient },
      { name: 'oidc', label: 'Ours', issuer: (oidc ?? forging).issuer, ...oidcClient },
    ],
  })
  return {
    auth,
    forging,
    github,
    close: async () => {
      await auth.close()
      await Promise.all([forging.close(), github.close()])
      await database.drop()
    },
  }
}

export type OauthApp = Awaited<ReturnType<typeof startOauthApp>>
