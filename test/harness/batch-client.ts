import type pg from 'pg'
import { call } from './client.ts'
import type { TestApp } from './test-app.ts'

export type Call = { id?: string; method: string; path: string; headers?: object; body?: object }

export const newPost = (title: string, more: object = {}): Call => ({
  method: 'POST',
  path: '/v1/posts',
  body: { title, body: 'Its text.', status: 'published', ...more },
})

/** Batches, and what they left. `there` gives the app, and a connection of its own to its database, once they are there. */
export const batchClient = (there: () => { backlot: TestApp; observer: pg.Client }) => {
  const batch = (
    who: { token: string },
    calls: Call[],
    headers: Record<string, string> = {},
    app = there().backlot,
  ) => call(app, { id: '', email: '', ...who }, 'POST', '/v1/batch', { body: { calls }, headers })

  const titles = async (): Promise<string[]> => {
    const { data } = await call(there().backlot, undefined, 'GET', '/v1/posts?limit=100')
    return data.map(({ title }: { title: string }) => title)
  }
  const storedPosts = async () =>
    (await there().observer.query('select count(*)::int as n from posts')).rows[0]?.n

  return { batch, titles, storedPosts }
}
