import { AsyncLocalStorage } from 'node:async_hooks'

/** What is known of who reads, while a request that only reads goes on. */
export type ReadScope = {
  /** Users whose own writes must be seen. Who is anonymous has none. */
  readers: () => string[]
  /** The position in the WAL that has to be replayed for that, once it was asked for. */
  fence?: Promise<bigint>
  /** Which of the replicas is asked first. */
  turn?: number
}

const scopes = new AsyncLocalStorage<ReadScope | undefined>()

/** What `work` reads on `contentDb` may come from a replica. Outside of every scope it comes from the primary. */
export const runInReadScope = <T>(readers: () => string[], work: () => T): T => scopes.run({ readers }, work)

/** What `work` reads on `contentDb` comes from the primary: for what is to be remembered, or guards something. */
export const fromPrimary = <T>(work: () => T): T => scopes.run(undefined, work)

export const currentReadScope = (): ReadScope | undefined => scopes.getStore()

/** For one statement on behalf of several requests: it may go to a replica only if each of them may. */
export const runInScopes = <T>(scopes: ReadonlySet<ReadScope | undefined>, work: () => T): T => {
  const open = [...scopes].filter((scope) => scope !== undefined)
  if (open.length < scopes.size) return fromPrimary(work)
  return runInReadScope(() => open.flatMap(({ readers }) => readers()), work)
}
