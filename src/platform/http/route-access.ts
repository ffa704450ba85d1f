declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Who may call the route: everybody; every person who is signed in, but no API key; or who has the permission, keys by
     * their scopes. `identified`: who is signed in, and keys whatever their scopes, for what asks again for all that it does. `anyone` is everybody too, but asks who is there, so that the answer can depend on it. Missing: nobody.
     */
    access?: 'public' | 'anyone' | 'identified' | 'signed-in' | `${string}:${string}`
    /** Its whole effect is in the database, so it can be a part of a transaction with others. */
    batchable?: boolean
  }
}
