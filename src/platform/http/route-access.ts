declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route: everybody, everybody who is signed in, or who has the permission. Missing: nobody. */
    access?: 'public' | 'signed-in' | `${string}:${string}`
  }
}
