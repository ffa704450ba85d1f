import { AsyncLocalStorage } from 'node:async_hooks'
import type pg from 'pg'
import type { Tx } from './database.ts'

/** What is to be done when the transaction is committed, in this order. */
export type Deferred = (() => void | Promise<void>)[]

type Shared = {
  tx: Tx
  client: pg.PoolClient
  /** A connection does one thing at a time: each begins when the one before has ended. */
  last: Promise<unknown>
  whole: { isOver: boolean; deferred: Deferred }
}

const store = new AsyncLocalStorage<Shared>()
const clients = new WeakMap<Tx, pg.PoolClient>()

/** Keeps what `shareTransaction` needs to know of a transaction. */
export const noteClient = (tx: Tx, client: pg.PoolClient): void => void clients.set(tx, client)

/**
 * Lets everything that `work` does by `db`, `readDb` and `contentDb` happen in `tx`: transactions in it are savepoints, what is read is
 * neither taken from caches nor remembered, and what others are to be told waits in `deferred` for the commit. What `work` leaves
 * behind it cannot use the database any more: it would do alone what belongs together.
 */
export const shareTransaction = async <T>(tx: Tx, deferred: Deferred, work: () => Promise<T>): Promise<T> => {
  const client = clients.get(tx)
  if (client === undefined) throw new Error('This transaction is not one of `db`')
  const whole = { isOver: false, deferred }
  try {
    return await store.run({ tx, client, last: Promise.resolve(), whole }, work)
  } finally {
    whole.isOver = true
  }
}

/** Whether a transaction is shared here, also when it is over. */
export const isShared = (): boolean => store.getStore() !== undefined

/** @throws when the transaction that was shared here is over */
export const currentShared = (): Shared | undefined => {
  const shared = store.getStore()
  if (shared?.whole.isOver) throw new Error('The transaction that this belongs to is over')
  return shared
}

/** Puts something off until the shared transaction is committed. @returns false where none is shared: then do it now */
export const deferUntilCommit = (work: () => void | Promise<void>): boolean => {
  const shared = store.getStore()
  if (shared === undefined || shared.whole.isOver) return false
  shared.whole.deferred.push(work)
  return true
}

const inTurn = <T>(shared: Shared, work: () => Promise<T>): Promise<T> => {
  const done = shared.last.then(work)
  shared.last = done.catch(() => undefined)
  return done
}

const readsOnly = /^\s*select\b/i

/** A statement that would be a transaction of its own. One that writes and fails leaves what was before it as it was. */
export const queryShared = (
  shared: Shared,
  statement: string | pg.QueryConfig,
  values?: unknown[],
): Promise<pg.QueryResult> =>
  inTurn(shared, async () => {
    const send = () => shared.client.query(statement, values)
    if (readsOnly.test(typeof statement === 'string' ? statement : statement.text)) return send()
    await shared.client.query('savepoint statement')
    try {
      const result = await send()
      await shared.client.query('release savepoint statement')
      return result
    } catch (error) {
      await shared.client.query('rollback to savepoint statement')
      throw error
    }
  })

/** What would be a transaction of its own, as a savepoint. */
export const nestTransaction = <T>(shared: Shared, work: (tx: Tx) => Promise<T>): Promise<T> =>
  inTurn(shared, () =>
    shared.tx.transaction((tx) => store.run({ ...shared, tx, last: Promise.resolve() }, () => work(tx))),
  )
