import type { AuthorizationServer } from 'oauth4webapi'

const freshForMs = 3_600_000

/**
 * Keeps a provider's discovery document for an hour, asks for it once however many want it, and goes on with the one it has
 * while there is no newer one to get.
 */
export const rememberMetadata = (discover: () => Promise<AuthorizationServer>) => {
  let known: { server: AuthorizationServer; atMs: number } | undefined
  let underway: Promise<AuthorizationServer> | undefined

  const renew = async (): Promise<AuthorizationServer> => {
    try {
      const server = await discover()
      known = { server, atMs: performance.now() }
      return server
    } catch (error) {
      if (known === undefined) throw error
      return known.server
    } finally {
      underway = undefined
    }
  }

  return async (): Promise<AuthorizationServer> => {
    if (known !== undefined && performance.now() - known.atMs < freshForMs) return known.server
    underway ??= renew()
    return underway
  }
}
