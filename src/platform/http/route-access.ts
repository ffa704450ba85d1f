declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Who may call the route: everybody, everybody who is signed in, or who has the permission. `anyone` is everybody too,
     * but asks who is there, so that the answer can depend on it. Missing: nobody.
     */
    access?: 'public' | 'anyone' | 'signed-in' | `${string}:${string}`
  }
}
