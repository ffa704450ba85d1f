import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Person, signUp } from '../../../test/harness/client.ts'
import { postsClient } from '../../../test/harness/posts-client.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { listPosts } from './list-posts.ts'
import { MarkdownRenderer } from './markdown/markdown-renderer.ts'
import { listPostsQuery } from './posts.schema.ts'

let backlot: TestApp
let ada: Person
let pool: pg.Pool
let markdown: MarkdownRenderer
let id: string

beforeAll(async () => {
  backlot = await startTestApp()
  pool = new pg.Pool({ connectionString: backlot.databaseUrl, max: 2 })
  markdown = new MarkdownRenderer()
  ada = await signUp(backlot)
})
afterAll(async () => {
  await pool?.end()
  await markdown?.close()
  await backlot?.close()
})
beforeEach(async () => {
  id = (await own().write({ title: 'A meadow', body: 'Grass grows.', status: 'published' })).data.id
})

const own = () => postsClient(backlot, ada)

/** What nobody in particular finds, when `change` happens after the first statement whose text it matches. */
const search = async (query: Record<string, string>, statement: RegExp, change: () => Promise<unknown>) => {
  let isDue = true
  const client = {
    query: async (config: pg.QueryConfig, values?: unknown[]) => {
      const result = await pool.query(config, values)
      if (isDue && statement.test(config.text)) {
        isDue = false
        await change()
      }
      return result
    },
  }
  const { db, cache, storage } = backlot.platform
  // Drizzle calls nothing of it but `query`.
  const readDb = drizzle({ client: client as unknown as pg.Pool })
  const answer = await listPosts(
    { db, readDb, cache, markdown, files: { storage } },
    undefined,
    listPostsQuery.parse({ q: 'grass', ...query }),
  )
  expect(isDue, 'the change happened').toBe(false)
  return JSON.stringify(answer)
}

const withdraw = () => own().change(id, { status: 'draft', title: 'Secret', body: 'Secret grass grows.' })
const changes: [how: string, change: () => Promise<unknown>][] = [
  ['withdrawn', withdraw],
  ['deleted', () => own().remove(id)],
]
const statements: [after: string, query: Record<string, string>, statement: RegExp][] = [
  ['the ranking', { fields: 'id,title,body' }, /ts_rank_cd/],
  ['the posts were read', { fields: 'id,title' }, /where.*"posts"\."id" in/s],
  ['the posts were listed', { fields: 'id,title', sort: '-publishedAt' }, /limit 21/],
]

for (const [how, change] of changes) {
  test.each(statements)(`a post that is ${how} after %s is shown to nobody`, async (_, query, statement) => {
    const text = await search(query, statement, change)
    expect(text).not.toMatch(/secret/i)
    expect(text).not.toContain(id)
  })
}
