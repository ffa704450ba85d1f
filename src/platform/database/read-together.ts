import { currentReadScope, type ReadScope, runInScopes } from './replicas/read-scope.ts'

type Batch<Row> = {
  ids: Set<string>
  scopes: Set<ReadScope | undefined>
  rows: Promise<Map<string, Row>>
}

/**
 * Makes the read of one row by its UUID out of the read of many: all that is asked for in one turn of the event loop goes
 * in one statement. Under load this divides what a read costs, here and in PostgreSQL. Who reads the primary, who has
 * something of his own to find, and who has nothing are kept apart, so that none of them waits or fails for another.
 */
export const readTogether = <E extends object, Row extends { id: string }>(
  readMany: (executor: E, ids: string[]) => Promise<Row[]>,
) => {
  const gathering = {
    primary: new WeakMap<E, Batch<Row>>(),
    anonymous: new WeakMap<E, Batch<Row>>(),
    signedIn: new WeakMap<E, Batch<Row>>(),
  }
  const gather = (executor: E, gathered: WeakMap<E, Batch<Row>>): Batch<Row> => {
    const ids = new Set<string>()
    const scopes = new Set<ReadScope | undefined>()
    const rows = endOfTurn().then(async () => {
      gathered.delete(executor)
      const found = await runInScopes(scopes, () => readMany(executor, [...ids]))
      return new Map(found.map((row) => [row.id, row]))
    })
    const batch = { ids, scopes, rows }
    gathered.set(executor, batch)
    return batch
  }
  return async (executor: E, id: string): Promise<Row | undefined> => {
    const scope = currentReadScope()
    const gathered = gathering[kindOf(scope)]
    const batch = gathered.get(executor) ?? gather(executor, gathered)
    // As the database writes it, whatever letters the client used.
    const key = id.toLowerCase()
    batch.ids.add(key)
    batch.scopes.add(scope)
    return (await batch.rows).get(key)
  }
}

const kindOf = (scope: ReadScope | undefined) => {
  if (scope === undefined) return 'primary'
  return scope.readers().length === 0 ? 'anonymous' : 'signedIn'
}

const endOfTurn = () => new Promise<void>((resolve) => setImmediate(resolve))
