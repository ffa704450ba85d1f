import { SaxesParser } from 'saxes'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import { postsClient } from '../../../test/harness/posts-client.ts'
import { send } from '../../../test/harness/send.ts'
import { statementsOf } from '../../../test/harness/statements.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'

const publicUrl = 'https://backlot.example'
const wild = 'Tom & "Jerry" <b>]]></b> \ufffe \u2028 😀'

let backlot: TestApp
let ada: Person
let slug: string

beforeAll(async () => {
  backlot = await startTestApp({ env: { PUBLIC_URL: publicUrl } })
  ada = await signUp(backlot)
  const ben = await signUp(backlot)
  await call(backlot, ada, 'PATCH', `/v1/users/${ada.id}`, { body: { name: 'Ada <Lovelace>' } })
  const fields = { tags: ['c++'], status: 'published', publishedAt: '2021-02-03T04:05:06.000Z' }
  slug = (await postsClient(backlot, ada).write({ title: wild, body: 'é & è', ...fields })).data.slug
  for (let n = 0; n < 25; n += 1)
    await postsClient(backlot, ben).write({ title: `Post ${n}`, status: 'published' })
})
afterAll(() => backlot.close())

/** What stands in the document, by the path of each element; fails for what is not well-formed XML. */
const parse = (xml: string) => {
  const texts: Record<string, string[]> = {}
  const trail: string[] = []
  const parser = new SaxesParser({ xmlns: true })
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => {
    trail.push(name)
    for (const [key, { value }] of Object.entries(attributes)) add(`${trail.join('/')}@${key}`, value)
  })
  parser.on('text', (text) => add(trail.join('/'), text))
  parser.on('closetag', () => trail.pop())
  const add = (path: string, text: string) => {
    texts[path] = [...(texts[path] ?? []), text]
  }
  parser.write(xml).close()
  return texts
}

const get = async (path: string) => {
  const { status, headers, text } = await call(backlot, undefined, 'GET', path)
  expect(status, text).toBe(200)
  return { type: String(headers['content-type']), feed: parse(text) }
}

test('RSS 2.0: escaped, with absolute links, by author and tag', async () => {
  const { type, feed } = await get(`/v1/posts/feed.rss?author=${ada.id}&tag=C%2B%2B`)
  expect(type).toBe('application/rss+xml; charset=utf-8')
  expect(feed['rss@version']).toEqual(['2.0'])
  expect(feed['rss/channel/item/title']).toEqual([wild.replace('\ufffe', '')])
  expect(feed['rss/channel/item/link']).toEqual([`${publicUrl}/v1/posts/${encodeURIComponent(slug)}`])
  expect(feed['rss/channel/item/description']).toEqual(['é & è'])
  expect(feed['rss/channel/item/pubDate']).toEqual(['Wed, 03 Feb 2021 04:05:06 GMT'])
  expect(feed['rss/channel/item/dc:creator']).toEqual(['Ada <Lovelace>'])
  expect(feed['rss/channel/item/category']).toEqual(['c++'])
  expect(feed['rss/channel/atom:link@href']).toEqual([
    `${publicUrl}/v1/posts/feed.rss?author=${ada.id}&tag=c%2B%2B`,
  ])
})

test('Atom: the newest twenty of everybody', async () => {
  const { type, feed } = await get('/posts/feed.atom')
  expect(type).toBe('application/atom+xml; charset=utf-8')
  expect(feed['feed@xmlns']).toEqual(['http://www.w3.org/2005/Atom'])
  const titles = feed['feed/entry/title']
  expect(titles).toHaveLength(20)
  expect(titles?.[0]).toBe('Post 24')
  expect(feed['feed/entry/link@href']?.every((link) => link.startsWith(`${publicUrl}/v1/posts/post-`))).toBe(
    true,
  )
  expect(feed['feed/entry/author/name']).toHaveLength(20)
  for (const time of feed['feed/entry/updated'] ?? []) expect(new Date(time).toISOString()).toBe(time)
})

test('a feed without posts is a feed', async () => {
  expect((await get('/posts/feed.rss?tag=none')).feed['rss/channel/item/title']).toBeUndefined()
  expect((await get('/posts/feed.atom?tag=none')).feed['feed/updated']).toEqual(['1970-01-01T00:00:00.000Z'])
})

test('without a public URL, links begin with the host that was asked, and nobody keeps them for another one', async () => {
  const unnamed = await startTestApp({ database: { url: backlot.databaseUrl } })
  try {
    const url = '/v1/posts/feed.atom?evil=yes'
    const ask = (host: string) => send(unnamed.url, url, { headers: { host } })
    const one = await ask('one.example')
    expect(one.text).toContain('http://one.example/v1/posts/feed.atom"')
    expect(one.headers['cache-control']).toBe('private, no-store')
    const two = await ask('two.example')
    expect(two.text).toContain('http://two.example/v1/posts/')
    expect(two.text).not.toMatch(/one\.example|evil/)
    expect(await statementsOf(() => ask('one.example'))).not.toEqual([])
    const etag = String(two.headers.etag)
    const known = await send(unnamed.url, url, { headers: { host: 'two.example', 'if-none-match': etag } })
    expect(known).toMatchObject({ status: 304, headers: { etag, 'cache-control': 'private, no-store' } })
  } finally {
    await unnamed.close()
  }
})

test('with one, the host that was asked is no part of it, and it may be kept', async () => {
  const ask = (host: string) => send(backlot.url, '/v1/posts/feed.rss', { headers: { host } })
  const { text, headers } = await ask('evil.example')
  expect(text).not.toContain('evil.example')
  expect(headers['cache-control']).toMatch(/^public/)
  expect((await ask('other.example')).headers.etag).toBe(headers.etag)
})
