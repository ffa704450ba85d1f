import { inSpan } from '../observability/tracing.ts'
import { oncePerTurn } from './once-per-turn.ts'
import { currentReadScope, type ReadScope, runInScopes } from './replicas/read-scope.ts'
import { isShared } from './shared-transaction.ts'

type Wanted = { id: string; scope: ReadScope | undefined }

/**
 * Makes the read of one row by its UUID out of the read of many: all that is asked for in one turn of the event loop goes
 * in one statement. Under load this divides what a read costs, here and in PostgreSQL. Who reads the primary, who has
 * something of his own to find, and who has nothing are kept apart, so that none of them waits or fails for another.
 */
export const readTogether = <E extends object, Row extends { id: string }>(
  readMany: (executor: E, ids: string[]) => Promise<Row[]>,
) => {
  const readAll = async (executor: E, wanted: Set<Wanted>) => {
    const all = [...wanted]
    const ids = [...new Set(all.map(({ id }) => id))]
    const scopes = new Set(all.map(({ scope }) => scope))
    const rows = await runInScopes(scopes, () => readMany(executor, ids))
    return new Map(rows.map((row) => [row.id, row]))
  }
  const reads = {
    primary: oncePerTurn(readAll),
    anonymous: oncePerTurn(readAll),
    signedIn: oncePerTurn(readAll),
  }
  return async (executor: E, givenId: string): Promise<Row | undefined> => {
    const scope = currentReadScope()
    // As the database writes it, whatever letters the client used.
    const id = givenId.toLowerCase()
    // What a transaction reads is for nobody else.
    if (isShared()) return (await readMany(executor, [id])).find((row) => row.id === id)
    const read = async () => (await reads[kindOf(scope)](executor, { id, scope })).get(id)
    // The statement itself is in the trace of who asked first.
    return inSpan('read together', {}, read)
  }
}

const kindOf = (scope: ReadScope | undefined) => {
  if (scope === undefined) return 'primary'
  return scope.readers().length === 0 ? 'anonymous' : 'signedIn'
}
