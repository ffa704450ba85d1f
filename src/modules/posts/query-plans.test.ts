import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Person } from '../../../test/harness/client.ts'
import { fillPosts, words } from '../../../test/harness/many-posts.ts'
import { signInAs } from '../../../test/harness/people.ts'
import { postsClient } from '../../../test/harness/posts-client.ts'
import { scansOf } from '../../../test/harness/scans.ts'
import { type Statement, statementsOf } from '../../../test/harness/statements.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'

const count = 40_000

let backlot: TestApp
let client: pg.Client
let author: string
let callers: Record<string, Person | undefined>

beforeAll(async () => {
  backlot = await startTestApp()
  client = new pg.Client({ connectionString: backlot.databaseUrl })
  await client.connect()
  await fillPosts(client, count)
  const { rows } = await client.query<{ id: string }>(
    `select author_id as id from posts where slug = 'post-100'`,
  )
  author = rows[0]?.id ?? ''
  callers = {
    anonymous: undefined,
    user: await signInAs(backlot, 'user'),
    manager: await signInAs(backlot, 'manager'),
  }
}, 180_000)
afterAll(async () => {
  await client?.end()
  await backlot?.close()
})

const filters: Record<string, () => Record<string, string>> = {
  nothing: () => ({}),
  author: () => ({ author }),
  tag: () => ({ tag: 'tag7' }),
  'a tag that many have': () => ({ tag: 'group3' }),
  'status published': () => ({ status: 'published' }),
  'status draft': () => ({ status: 'draft' }),
  'status scheduled': () => ({ status: 'scheduled' }),
  published: () => ({ published: 'true' }),
  unpublished: () => ({ published: 'false' }),
  dates: () => ({ from: '2021-01-01T00:00:00Z', to: '2021-01-02T00:00:00Z' }),
  deleted: () => ({ deleted: 'true' }),
  'author and tag': () => ({ author, tag: 'tag7' }),
  language: () => ({ language: 'german' }),
  'a rare word': () => ({ q: words.rare }),
  'a common word': () => ({ q: words.common }),
  'a begun word': () => ({ q: 'light' }),
  'a word and a filter': () => ({ q: words.middling, author }),
}
const sorts = ['-publishedAt', 'publishedAt', '-createdAt', '-updatedAt', 'title', '-title']

const readsOf = async (who: Person | undefined, query: Record<string, string>): Promise<Statement[]> => {
  // Else who is nobody in particular gets what was read before.
  backlot.platform.cache.invalidate('posts')
  const statements = await statementsOf(async () => {
    const { status, text } = await postsClient(backlot, who).list(query)
    expect(status, text).toBe(200)
  })
  return statements.filter(({ text }) => text.includes('"posts"'))
}

test.each(
  Object.keys(filters).flatMap((name) => ['anonymous', 'user', 'manager'].map((who) => [name, who] as const)),
)('by %s for %s: an index in every order, on the first page and behind a cursor', async (name, who) => {
  const filter = filters[name]?.() ?? {}
  for (const sort of 'q' in filter ? [...sorts, 'relevance'] : sorts) {
    const first = await postsClient(backlot, callers[who]).list({ ...filter, sort, limit: '2' })
    const cursor = first.json.page.nextCursor
    for (const query of [{ ...filter, sort }, ...(cursor ? [{ ...filter, sort, cursor }] : [])]) {
      for (const statement of await readsOf(callers[who], query)) {
        const scans = await scansOf(client, statement)
        expect(scans.length, statement.text).toBeGreaterThan(0)
        expect(
          scans.filter((scan) => /^Seq Scan on posts/.test(scan)),
          statement.text,
        ).toEqual([])
      }
    }
  }
})

test.each(['harb', 'w1'])(
  'of the many posts with a word that begins with "%s" the newest are read',
  async (q) => {
    const statements = await readsOf(undefined, { q })
    const ranking = statements.find(({ text }) => text.includes('ts_rank_cd'))
    expect(ranking && (await scansOf(client, ranking))).toEqual([
      'Subquery Scan on candidates',
      'Index Scan Backward using posts_published on posts',
    ])
  },
)

test('the check can fail: what has no index is a sequential scan', async () => {
  const statement = { text: `select * from "posts" where excerpt = $1`, values: ['x'] }
  expect(await scansOf(client, statement)).toContain('Seq Scan on posts')
})

test('one post, by id and by slug, is an index scan', async () => {
  for (const id of ['post-4', author]) {
    const statements = await statementsOf(() => postsClient(backlot).get(id))
    expect(statements).toHaveLength(1)
    for (const statement of statements)
      expect(await scansOf(client, statement)).toEqual([expect.stringMatching(/^Index Scan/)])
  }
})
