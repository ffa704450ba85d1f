import type { FastifyBaseLogger } from 'fastify'
import type { SignInProviderSettings } from '../../../platform/config/oauth-variables.ts'
import { notFound } from '../../../platform/errors.ts'
import { openGithubProvider } from './github-provider.ts'
import { openOidcProvider } from './oidc-provider.ts'
import type { SignInProvider } from './provider.ts'

export type SignInProviders = ReturnType<typeof openProviders>

/** The providers that the operator has set up. Nothing is asked of them before somebody signs in. */
export const openProviders = (
  settings: SignInProviderSettings[],
  deps: { log: FastifyBaseLogger; timeoutMs: number },
) => {
  const providers = settings.map((given) =>
    given.name === 'github' ? openGithubProvider(given, deps) : openOidcProvider(given, deps),
  )
  return {
    list: () => providers.map(({ name, label }) => ({ name, label })),
    /** @throws 404 `SIGN_IN_PROVIDER_NOT_FOUND` */
    get: (name: string): SignInProvider => {
      const provider = providers.find((known) => known.name === name)
      if (provider === undefined) throw notFound('sign-in provider')
      return provider
    },
    close: () => {
      for (const provider of providers) provider.close()
    },
  }
}
