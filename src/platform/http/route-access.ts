declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Who may call the route: everybody; every person who is signed in, but no API key; or who has the permission, keys by
     * their scopes. `anyone` is everybody too, but asks who is there, so that the answer can depend on it. Missing: nobody.
     */
    access?: 'public' | 'anyone' | 'signed-in' | `${string}:${string}`
  }
}
