import { expect } from 'vitest'
import { type AuditRow, auditLog } from '../../src/modules/audit/audit.table.ts'
import { call } from './client.ts'
import type { TestApp } from './test-app.ts'

const from = { 'x-forwarded-for': '198.51.100.7', 'user-agent': 'a browser' }

/** Requests whose entries in the audit log are looked at, made at the app that `backlot` gives. */
export const auditedRequests = (backlot: () => TestApp) => {
  const ask = (
    who: { token: string } | undefined,
    method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
    url: string,
    body?: object,
    headers: Record<string, string> = {},
  ) =>
    call(backlot(), who && { id: '', email: '', ...who }, method, url, {
      ...(body && { body }),
      headers: { ...from, ...headers },
    })

  /** The entries that `work` leaves. */
  const entriesOf = async (work: () => Promise<unknown>): Promise<AuditRow[]> => {
    const { db } = backlot().platform
    const known = new Set((await db.select({ id: auditLog.id }).from(auditLog)).map(({ id }) => id))
    await work()
    return (await db.select().from(auditLog).orderBy(auditLog.id)).filter(({ id }) => !known.has(id))
  }
  const done = async (answer: ReturnType<typeof ask>) => {
    const { status, text, data } = await answer
    expect(status, text).toBeLessThan(300)
    return data
  }

  return { ask, entriesOf, done }
}
