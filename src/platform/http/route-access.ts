import type { App } from './http-server.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route: everybody, everybody who is signed in, or who has the permission. */
    access?: 'public' | 'signed-in' | `${string}:${string}`
  }
}

/** Refuses, at start, routes that do not say who may call them. */
export const requireAccessRules = (app: App): void => {
  app.addHook('onRoute', (route) => {
    if (route.config?.access === undefined)
      throw new Error(`${route.method} ${route.url} does not say who may call it`)
  })
}
