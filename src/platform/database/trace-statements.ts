import { SpanKind } from '@opentelemetry/api'
import type pg from 'pg'
import { inSpan, isTraced, isTracing } from '../observability/tracing.ts'

/**
 * Gives each statement of a connection a span, from when it is sent to its answer. It bears the name of a prepared statement,
 * else the command and its table; never text or values. What streams, such as COPY, has none.
 */
export const traceStatements = (client: pg.ClientBase): void => {
  if (!isTracing()) return
  const query = client.query
  Object.assign(client, {
    query: (...given: unknown[]): unknown => {
      const [statement] = given
      const ask = (): Promise<unknown> => Reflect.apply(query, client, given)
      if (!isTraced() || !isStatement(statement) || typeof given.at(-1) === 'function') return ask()
      const name = nameOf(statement)
      const attributes = { 'db.system.name': 'postgresql', 'db.query.summary': name }
      return inSpan(name, { kind: SpanKind.CLIENT, attributes }, ask)
    },
  })
}

type Statement = string | pg.QueryConfig

/** Anything else of pg's is an object that takes the answer itself. */
const isStatement = (given: unknown): given is Statement =>
  typeof given === 'string' ||
  (typeof given === 'object' && given !== null && 'text' in given && !('submit' in given))

/** The command, and the first table without a schema. Those with one were named by users. */
const nameOf = (statement: Statement): string => {
  if (typeof statement !== 'string' && statement.name !== undefined) return statement.name
  const text = typeof statement === 'string' ? statement : statement.text
  const command = /^\s*([a-z]+)/i.exec(text)?.[1]?.toUpperCase() ?? 'statement'
  const table = /\b(?:from|into|update) "([a-z_]+)"(?!\.)/i.exec(text)?.[1]
  return table === undefined ? command : `${command} ${table}`
}
