import type { SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import type { Executor } from './database.ts'

/**
 * A statement that is planned once a connection and then only bound. `build` runs once for each executor; give the
 * prepared statement a name that is unique in the whole process.
 */
export const preparedOn = <E extends object, Statement>(build: (executor: E) => Statement) => {
  const statements = new WeakMap<E, Statement>()
  return (executor: E): Statement => {
    const known = statements.get(executor)
    if (known !== undefined) return known
    const statement = build(executor)
    statements.set(executor, statement)
    return statement
  }
}

const dialect = new PgDialect()

/**
 * The same for a statement in SQL, whose parameters are `sql.placeholder`s. To parse and plan a short statement is most
 * of what it costs.
 */
export const preparedSql = <Row extends object>(name: string, statement: SQL) => {
  const query = dialect.sqlToQuery(statement)
  return async (executor: Executor, values: Record<string, unknown> = {}): Promise<Row[]> => {
    const prepared = executor._.session.prepareQuery<Rows<Row>>(query, undefined, name, false)
    return (await prepared.execute(values)).rows
  }
}

type Rows<Row> = { execute: { rows: Row[] }; all: unknown; values: unknown }
