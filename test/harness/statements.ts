import pg from 'pg'
import { vi } from 'vitest'

export type Statement = { text: string; values: unknown[] }

/** What connections are asked when they are new, and the listening one now and then. */
const checksOfConnections = /^select (pg_is_in_recovery\(\)|1 as listening)/i

/** The statements that all connections of this process send while `work` goes on, those of a transaction included. */
export const statementsOf = async (work: () => Promise<unknown>): Promise<Statement[]> => {
  const spy = vi.spyOn(pg.Client.prototype, 'query')
  try {
    await work()
    return spy.mock.calls
      .map(([query, values]: unknown[]) => toStatement(query, values))
      .filter(({ text }) => !checksOfConnections.test(text))
  } finally {
    spy.mockRestore()
  }
}

const toStatement = (query: unknown, values: unknown): Statement => {
  const isObject = typeof query === 'object' && query !== null
  const text = isObject && 'text' in query ? query.text : query
  const given = isObject && 'values' in query ? query.values : values
  return { text: String(text), values: Array.isArray(given) ? given : [] }
}
