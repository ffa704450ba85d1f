import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import { signInAs } from '../../../test/harness/people.ts'
import { postsClient } from '../../../test/harness/posts-client.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { newUploadKey } from '../../platform/storage/object-key.ts'
import { files } from '../files/files.table.ts'
import { purgeDeletedPosts } from './maintenance.ts'
import { posts } from './posts.table.ts'

let backlot: TestApp
let ada: Person
let ben: Person
let manager: Person

beforeAll(async () => {
  backlot = await startTestApp()
  ada = await signUp(backlot)
  ben = await signUp(backlot)
  manager = await signInAs(backlot, 'manager')
})
afterAll(() => backlot.close())

const as = (who?: Person) => postsClient(backlot, who)
const published = { status: 'published' }
const paths = (error: { errors: { path: string }[] }) => error.errors.map(({ path }) => path)

describe('writing', () => {
  test('a post is kept as it was written, and answers with all of it', async () => {
    const body = '# Hills\r\n\r\nThey are *green*,\tand `round`.\n'
    const fields = {
      title: '  Über  Hügel ',
      body,
      tags: ['#Node JS', 'node-js', 'Ökologie'],
      language: 'german',
    }
    const { status, data, headers } = await as(ada).write(fields)
    expect(status).toBe(201)
    expect(headers).toMatchObject({ location: `/v1/posts/${data.id}`, etag: '"1"' })
    expect(data).toMatchObject({
      ...{ authorId: ada.id, title: 'Über  Hügel', slug: 'uber-hugel', body, language: 'german' },
      ...{ tags: ['node-js', 'ökologie'], excerpt: 'They are green, and round.', status: 'draft' },
      ...{ publishedAt: null, version: 1, coverFileId: null, coverUrl: null },
    })
    expect((await as(ada).get(data.id)).data).toEqual(data)
    expect((await as(ada).get('uber-hugel')).data).toEqual(data)
  })

  test('a text that is far too long is refused, not tripped over', async () => {
    const { status, error } = await as(ada).write({ body: 'x'.repeat(9_000_000) })
    expect(status).toBe(422)
    expect(paths(error)).toContain('body')
  })

  test.each(['\u001b', '\u0085'])('no %j in a text', async (character) => {
    expect((await as(ada).write({ body: `a\n\t${character}` })).status).toBe(422)
  })

  test('a key repeats the answer and writes once', async () => {
    const headers = { 'idempotency-key': 'once' }
    const [first, second] = [await as(ada).write({}, { headers }), await as(ada).write({}, { headers })]
    expect(second.data).toEqual(first.data)
    const other = await as(ada).write({ title: 'Another' }, { headers })
    expect(other).toMatchObject({ status: 422, error: { code: 'IDEMPOTENCY_KEY_REUSED' } })
  })

  test('slugs are unique, also when all come at once, and never look like an id', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => as(ada).write({ title: 'Same, same!' })),
    )
    const slugs = answers.map(({ data }) => data.slug)
    expect(new Set(slugs).size).toBe(12)
    expect(slugs).toContain('same-same')
    expect(slugs.every((slug: string) => /^same-same(-\w+)?$/.test(slug))).toBe(true)
    const title = '0190a0a0-0000-7000-8000-000000000000'
    expect((await as(ada).write({ title })).data.slug).toBe(`post-${title}`)
    expect((await as(ada).write({ title: '?!' })).data.slug).toBe('post')
    expect((await as(ada).write({ title: 'Привет, мир' })).data.slug).toBe('привет-мир')
    expect((await as(ada).get('привет-мир')).status).toBe(200)
  })

  test.each([
    ['a body above 200 KB', { body: 'ä'.repeat(102_401) }, 'body'],
    ['a title of two lines', { title: 'a\nb' }, 'title'],
    ['an empty title', { title: ' ' }, 'title'],
    ['too many tags', { tags: Array.from({ length: 21 }, (_, at) => `t${at}`) }, 'tags'],
    ['a tag that is none', { tags: ['a', '<b>'] }, 'tags.1'],
    ['an unknown language', { language: 'klingon' }, 'language'],
    ['a slug with spaces', { slug: 'A Slug' }, 'slug'],
    ['an unknown status', { status: 'deleted' }, 'status'],
    ['a draft with a time', { publishedAt: '2020-01-01T00:00:00Z' }, 'publishedAt'],
    ['scheduled without a time', { status: 'scheduled' }, 'publishedAt'],
    ['scheduled for the past', { status: 'scheduled', publishedAt: '2020-01-01T00:00:00Z' }, 'publishedAt'],
    ['published in the future', { status: 'published', publishedAt: '2999-01-01T00:00:00Z' }, 'publishedAt'],
    ['a time before all others', { status: 'published', publishedAt: '0000-01-01T00:00:00Z' }, 'publishedAt'],
    ['another author', { authorId: '0190a0a0-0000-7000-8000-000000000000' }, 'authorId'],
    ['a view of its own', { sortAt: '2020-01-01T00:00:00Z' }, 'sortAt'],
  ])('%s is refused by name', async (_what, fields, path) => {
    const { status, error } = await as(ada).write(fields)
    expect(status).toBe(422)
    expect(paths(error)).toContain(path)
  })
})

describe('changing', () => {
  test('null, unknown and immutable fields are refused by name, and nothing is changed', async () => {
    const { data: post } = await as(ada).write()
    const changes = {
      title: null,
      body: null,
      tags: null,
      status: null,
      slug: null,
      language: null,
      publishedAt: null,
    }
    for (const [field, value] of Object.entries(changes)) {
      const { status, error } = await as(ada).change(post.id, { excerpt: 'New', [field]: value })
      expect({ status, paths: paths(error) }).toEqual({ status: 422, paths: [field] })
    }
    for (const field of ['id', 'authorId', 'createdAt', 'updatedAt', 'deletedAt', 'search', 'nonsense']) {
      const { status, error } = await as(ada).change(post.id, { excerpt: 'New', [field]: post[field] ?? 1 })
      expect({ status, paths: paths(error) }).toEqual({ status: 422, paths: [field] })
    }
    expect((await as(ada).change(post.id, {})).status).toBe(422)
    expect((await as(ada).get(post.id)).data).toEqual(post)
  })

  test('of two who change the same version one is told so, by version and by If-Match', async () => {
    const { data: post } = await as(ada).write()
    const twins = await Promise.all(
      ['One', 'Two'].map((title) => as(ada).change(post.id, { title, version: post.version })),
    )
    expect(twins.map(({ status }) => status).sort()).toEqual([200, 412])
    expect(twins.find(({ status }) => status === 412)?.error.code).toBe('PRECONDITION_FAILED')
    const change = (tag: string) =>
      as(ada).change(post.id, { title: 'Three' }, { headers: { 'if-match': tag } })
    expect((await change('"1"')).status).toBe(412)
    expect((await change('W/"2"')).status).toBe(412)
    expect(await change('"7", "2"')).toMatchObject({
      status: 200,
      headers: { etag: '"3"' },
      data: { version: 3 },
    })
    expect((await change('*')).status).toBe(200)
    expect((await as(ada).remove(post.id, { headers: { 'if-match': '"1"' } })).status).toBe(412)
    expect((await as(ada).change(post.id, { title: 'No condition' })).data.version).toBe(5)
  })

  test('the slug stays with another title, and changes when it is asked to', async () => {
    const { data: post } = await as(ada).write({ title: 'First of them' })
    const { data: other } = await as(ada).write({ title: 'Second of them' })
    expect((await as(ada).change(post.id, { title: 'Renamed' })).data.slug).toBe('first-of-them')
    expect((await as(ada).change(post.id, { slug: other.slug })).data.slug).toBe('second-of-them-2')
    expect((await as(ada).change(post.id, { slug: 'second-of-them' })).data.slug).toBe('second-of-them-2')
    expect((await as(ada).get('first-of-them')).status).toBe(404)
    expect((await as(ada).get('second-of-them-2')).data.id).toBe(post.id)
  })

  test('an excerpt follows the body until it is given, and again after null', async () => {
    const { data: post } = await as(ada).write({ body: '# Title\n\nOld *words*.' })
    const change = async (fields: object) => (await as(ada).change(post.id, fields)).data.excerpt
    expect(post.excerpt).toBe('Old words.')
    expect(await change({ body: 'New [words](https://example.com).' })).toBe('New words.')
    expect(await change({ excerpt: 'Mine' })).toBe('Mine')
    expect(await change({ body: 'Newer' })).toBe('Mine')
    expect(await change({ excerpt: null })).toBe('Newer')
  })

  test('published, withdrawn, published again', async () => {
    const { data: post } = await as(ada).write(published)
    expect(Math.abs(Date.now() - Date.parse(post.publishedAt))).toBeLessThan(10_000)
    expect((await as().get(post.id)).status).toBe(200)
    expect((await as(ada).change(post.id, { status: 'draft' })).data.publishedAt).toBeNull()
    expect((await as().get(post.id)).status).toBe(404)
    const publishedAt = '2020-05-05T05:05:05.005Z'
    expect((await as(ada).change(post.id, { ...published, publishedAt })).data.publishedAt).toBe(publishedAt)
    expect((await as(ada).change(post.id, { title: 'Still then' })).data.publishedAt).toBe(publishedAt)
  })
})

describe('who sees what', () => {
  test('drafts, scheduled and deleted posts are not there for others, by id, slug, list, search and feed', async () => {
    const word = 'zanzibar'
    const publishedAt = new Date(Date.now() + 3_600_000).toISOString()
    const make = async (fields: object) => (await as(ada).write({ title: word, ...fields })).data
    const hidden = [await make({}), await make({ status: 'scheduled', publishedAt }), await make(published)]
    const shown = await make(published)
    expect((await as(ada).remove(hidden[2].id)).status).toBe(204)
    const queries: Record<string, string>[] = [
      { q: word },
      { author: ada.id },
      { deleted: 'true' },
      { status: 'draft' },
      {},
    ]
    for (const who of [undefined, ben]) {
      for (const { id, slug } of hidden) {
        expect([(await as(who).get(id)).status, (await as(who).get(slug)).status]).toEqual([404, 404])
      }
      for (const query of queries) {
        const { status, text, data } = await as(who).list({ limit: '100', ...query })
        expect(status).toBe(200)
        for (const { id } of hidden) expect(text).not.toContain(id)
        if ('q' in query) expect(data.map(({ id }: { id: string }) => id)).toEqual([shown.id])
      }
      const feed = await call(backlot, who, 'GET', '/v1/posts/feed.rss')
      for (const { id } of hidden) expect(feed.text).not.toContain(id)
    }
    const own = await as(ada).list({ q: word })
    expect(own.data).toHaveLength(3)
    expect((await as(manager).list({ q: word })).data).toHaveLength(3)
    expect((await as(ada).get(hidden[2].id)).status).toBe(404)
    expect((await as(ada).list({ deleted: 'true' })).text).toContain(hidden[2].id)
  })

  test('a deleted post comes back as it was; after 30 days it is gone for good', async () => {
    const { data: post } = await as(ada).write(published)
    await as(ada).remove(post.id)
    expect((await as(ada).remove(post.id)).status).toBe(404)
    expect((await as(ben).restore(post.id)).status).toBe(404)
    expect((await as(ada).restore(post.id)).data).toMatchObject({
      status: 'published',
      slug: post.slug,
      version: 3,
    })
    expect((await as().get(post.slug)).status).toBe(200)
    const { db } = backlot.platform
    const deletedDaysAgo = (days: number) =>
      db.update(posts).set({ deletedAt: new Date(Date.now() - days * 86_400_000) })
    await deletedDaysAgo(29)
    expect(await purgeDeletedPosts(db, 100)).toBe(0)
    await deletedDaysAgo(31)
    expect(await purgeDeletedPosts(db, 100)).toBeGreaterThan(0)
    expect((await as(ada).restore(post.id)).status).toBe(404)
  })

  test('a manager changes what is another’s, and somebody else may not', async () => {
    const { data: post } = await as(ada).write(published)
    expect((await as(ben).change(post.id, { title: 'Mine' })).status).toBe(403)
    expect((await as(manager).change(post.id, { title: 'Ours' })).data).toMatchObject({
      title: 'Ours',
      authorId: ada.id,
    })
  })
})

test('a cover is a ready picture of the author, and whoever sees the post sees it', async () => {
  const { storage, db } = backlot.platform
  const picture = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'green' } })
    .png()
    .toBuffer()
  const addFile = async (owner: Person, contentType: string, status: 'ready' | 'pending' = 'ready') => {
    const storageKey = newUploadKey()
    await storage.put(storageKey, [picture], { maxBytes: picture.length })
    const file = { ownerId: owner.id, kind: 'image', name: 'a.png', sizeBytes: picture.length } as const
    const [row] = await db
      .insert(files)
      .values({ ...file, storageKey, contentType, status })
      .returning()
    return row?.id ?? ''
  }
  const mine = await addFile(ada, 'image/png')
  for (const coverFileId of [
    await addFile(ben, 'image/png'),
    await addFile(ada, 'text/plain'),
    await addFile(ada, 'image/png', 'pending'),
    ada.id,
  ]) {
    expect(paths((await as(ada).write({ coverFileId })).error)).toEqual(['coverFileId'])
  }
  const { data: post } = await as(ada).write({ coverFileId: mine })
  expect(post.coverUrl).toBe(`/v1/posts/${post.id}/cover`)
  expect((await call(backlot, undefined, 'GET', post.coverUrl)).status).toBe(404)
  await as(ada).change(post.id, published)
  const { status, headers } = await call(backlot, undefined, 'GET', post.coverUrl)
  expect(status).toBe(302)
  const { pathname, search } = new URL(String(headers.location))
  const shown = await fetch(`${backlot.url}${pathname}${search}`)
  expect(Buffer.from(await shown.arrayBuffer()).equals(picture)).toBe(true)
  expect((await as(ada).change(post.id, { coverFileId: null })).data.coverUrl).toBeNull()
  expect((await call(backlot, undefined, 'GET', post.coverUrl)).status).toBe(404)
})
