import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Person, signUp } from '../../../test/harness/client.ts'
import { postsClient } from '../../../test/harness/posts-client.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'

type Shown = { id: string; title: string; publishedAt: string; createdAt: string; updatedAt: string }

let backlot: TestApp
let ada: Person
let ben: Person
const dayOf = (day: number) => `2021-03-${String(day).padStart(2, '0')}T12:00:00.000Z`

beforeAll(async () => {
  backlot = await startTestApp()
  ada = await signUp(backlot)
  ben = await signUp(backlot)
  for (let n = 0; n < 23; n += 1) {
    const who = n % 3 === 0 ? ben : ada
    // Titles and times repeat, so that an order by them alone would not be one.
    const title = `Title ${String.fromCodePoint(97 + (n % 4))}`
    const fields = {
      title,
      tags: [n % 2 === 0 ? 'even' : 'odd'],
      status: 'published',
      publishedAt: dayOf((n % 7) + 1),
    }
    expect((await postsClient(backlot, who).write(fields)).status).toBe(201)
  }
})
afterAll(() => backlot.close())

const list = (query: Record<string, string> = {}, who?: Person) => postsClient(backlot, who).list(query)

/** All pages of a list, one behind the other. */
const walk = async (
  query: Record<string, string>,
  between: (page: number) => Promise<unknown> = async () => {},
) => {
  const rows: Shown[] = []
  let cursor: string | null = ''
  for (let page = 0; cursor !== null; page += 1) {
    const { status, data, json, text } = await list({ ...query, ...(cursor === '' ? {} : { cursor }) })
    expect(status, text).toBe(200)
    rows.push(...data)
    cursor = json.page.nextCursor
    await between(page)
  }
  return rows
}
const idsOf = (rows: Shown[]) => rows.map(({ id }) => id)

describe('orders', () => {
  const keys = ['publishedAt', 'createdAt', 'updatedAt', 'title'] as const

  test.each(keys.flatMap((key) => [[key, key, 1] as const, [`-${key}`, key, -1] as const]))(
    '%s: pages by cursor and by offset are the whole list, once, in order',
    async (sort, key, direction) => {
      const { data: whole } = await list({ sort, limit: '100' })
      expect(whole).toHaveLength(23)
      const sorted = whole.toSorted(
        (a: Shown, b: Shown) => direction * ([a[key], a.id].join() < [b[key], b.id].join() ? -1 : 1),
      )
      expect(idsOf(whole)).toEqual(idsOf(sorted))
      expect(idsOf(await walk({ sort, limit: '4' }))).toEqual(idsOf(whole))
      const second = await list({ sort, limit: '10', offset: '10' })
      expect(idsOf(second.data)).toEqual(idsOf(whole.slice(10, 20)))
    },
  )

  test('the newest come first when nothing is said', async () => {
    expect((await list({ limit: '100' })).data).toEqual(
      (await list({ limit: '100', sort: '-publishedAt' })).data,
    )
  })

  test('rows that come and go while somebody pages do not repeat or hide others', async () => {
    const before = idsOf((await list({ limit: '100' })).data)
    const added: string[] = []
    const rows = await walk({ limit: '5' }, async (page) => {
      const fields = { status: 'published', publishedAt: page % 2 === 0 ? dayOf(8) : dayOf(1) }
      added.push((await postsClient(backlot, ada).write(fields)).data.id)
    })
    const seen = idsOf(rows)
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.filter((id) => !added.includes(id))).toEqual(before)
    for (const id of added) await postsClient(backlot, ada).remove(id)
  })
})

test.each([
  ['an offset beyond 10,000', { offset: '10001' }],
  ['an offset beside a cursor', { offset: '1', cursor: 'eyJ4IjoxfQ' }],
  ['a cursor that is none', { cursor: 'AAAA' }],
  ['an order that is not offered', { sort: 'body' }],
  ['relevance of nothing', { sort: 'relevance' }],
  ['an unknown field', { fields: 'id,password' }],
  ['no field', { fields: '' }],
  ['bodies of a hundred posts', { fields: 'id,body', limit: '100' }],
  ['a day that does not exist', { from: '2021-02-30T00:00:00Z' }],
  ['an author who is no id', { author: "' or 1=1 --" }],
])('%s is refused', async (_what, query) => {
  expect(await list(query)).toMatchObject({ status: 422, error: { code: 'VALIDATION_FAILED' } })
})

test('a cursor belongs to its order, and a forged one is refused', async () => {
  const { json } = await list({ sort: 'title', limit: '2' })
  expect((await list({ sort: '-title', cursor: json.page.nextCursor })).status).toBe(422)
  const forge = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url')
  for (const place of [
    ['-publishedAt', '2021-02-30T00:00:00Z', ada.id],
    ['-publishedAt', '0000-01-01T00:00:00Z', ada.id],
    ['-publishedAt', { toISOString: 1 }, ada.id],
    ['-publishedAt', dayOf(1), 'no id'],
    [],
  ]) {
    expect((await list({ cursor: forge(place) })).status).toBe(422)
  }
})

test('filters', async () => {
  const total = async (query: Record<string, string>, who?: Person) => {
    const { data, json } = await list({ limit: '100', total: 'true', ...query }, who)
    expect(json.page.total).toBe(data.length)
    return data.length
  }
  expect(await total({})).toBe(23)
  expect(await total({ author: ben.id })).toBe(8)
  expect(await total({ tag: '#Even' })).toBe(12)
  expect(await total({ tag: 'even', author: ben.id })).toBe(4)
  expect(await total({ from: dayOf(3), to: dayOf(5) })).toBe(6)
  expect(await total({ from: '2021-03-03T14:00:00+02:00', to: dayOf(5) })).toBe(6)
  expect(await total({ status: 'published' })).toBe(23)
  expect(await total({ status: 'draft' }, ada)).toBe(0)
  const { data: draft } = await postsClient(backlot, ada).write()
  expect(await total({ published: 'false' }, ada)).toBe(1)
  expect(await total({ published: 'false' }, ben)).toBe(0)
  expect(await total({ published: 'true' }, ada)).toBe(23)
  expect(await total({}, ada)).toBe(24)
  await postsClient(backlot, ada).remove(draft.id)
})

test('only the chosen fields, and a total only when it is asked for', async () => {
  const { data, json } = await list({ fields: 'id,title', limit: '2' })
  expect(Object.keys(data[0]).sort()).toEqual(['id', 'title'])
  expect(json.page).not.toHaveProperty('total')
  expect((await list({ limit: '1' })).data[0]).not.toHaveProperty('body')
  const [{ body, bodyHtml, authorName }] = (await list({ fields: 'body,bodyHtml,authorName', limit: '1' }))
    .data
  expect({ body, bodyHtml, authorName }).toEqual({
    body: 'Some *words*.',
    bodyHtml: '<p>Some <em>words</em>.</p>\n',
    authorName: null,
  })
  const { data: one } = await postsClient(backlot).get((await list({ limit: '1' })).data[0].id, {
    fields: 'slug',
  })
  expect(Object.keys(one)).toEqual(['slug'])
})

test('what PostgreSQL writes of a page is, byte for byte, what is written of its rows', async () => {
  const eve = await signUp(backlot)
  const posts = postsClient(backlot, eve)
  const odd = { excerpt: 'a "b" \\ c\n\td </script> é \u2028 🎈', tags: ['c++', '日本'] }
  await posts.write(odd)
  await posts.write({ status: 'scheduled', publishedAt: '2099-01-01T00:00:00.120Z', language: 'german' })
  await posts.write({ status: 'published', publishedAt: '1999-12-31T23:59:59Z' })
  for (const who of [eve, undefined, ada]) {
    for (const sort of ['-publishedAt', 'publishedAt', '-createdAt', 'updatedAt', 'title', '-title']) {
      const first = await list({ sort }, who)
      const cursor = first.json.page.nextCursor
      const queries: Record<string, string>[] = [{ sort }, ...(cursor === null ? [] : [{ sort, cursor }])]
      for (const query of queries) {
        const written = await list(query, who)
        // A filter that leaves nothing out takes the other way.
        const ofRows = await list({ ...query, from: '1970-01-01T00:00:00Z' }, who)
        expect(written.status, written.text).toBe(200)
        expect(written.text).toBe(ofRows.text)
      }
    }
  }
})
