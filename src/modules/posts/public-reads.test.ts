import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import { password } from '../../../test/harness/people.ts'
import { postsClient } from '../../../test/harness/posts-client.ts'
import { provideRedisServer, RedisServer } from '../../../test/harness/redis-server.ts'
import { send } from '../../../test/harness/send.ts'
import { statementsOf } from '../../../test/harness/statements.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'

const canShare = await provideRedisServer()
const publicUrl = 'https://backlot.example'
const published = { status: 'published' }
type Headers = Record<string, string>

describe.each([
  ['without Redis', true],
  ['with Redis', canShare],
])('two processes %s', (how, canRun) => {
  let redis: RedisServer | undefined
  let here: TestApp
  let there: TestApp
  let ada: Person

  beforeAll(async () => {
    if (!canRun) return
    if (how === 'with Redis') redis = await RedisServer.start()
    const secret = { SECRET_KEY: 's'.repeat(40), PUBLIC_URL: publicUrl }
    const env = { ...secret, ...(redis === undefined ? {} : { REDIS_URL: redis.url }) }
    here = await startTestApp({ env, worker: true })
    there = await startTestApp({ env, database: { url: here.databaseUrl } })
    ada = await signUp(here)
  })
  afterAll(async () => {
    await there?.close()
    await here?.close()
    await redis?.close()
  })

  const own = () => postsClient(here, ada)
  const write = async (fields: object = {}) => (await own().write({ ...published, ...fields })).data
  const read = (app: TestApp, url: string, headers: Headers = {}) =>
    call(app, undefined, 'GET', url, { headers })
  const readBoth = async (url: string) => [await read(here, url), await read(there, url)]
  /** Everybody sees it: here at once, in the other process as soon as it has heard. */
  const expectEverywhere = async (
    url: string,
    isNew: (answer: Awaited<ReturnType<typeof read>>) => boolean,
  ) => {
    const answer = await read(here, url)
    expect(isNew(answer), answer.text.slice(0, 500)).toBe(true)
    await expect.poll(async () => isNew(await read(there, url))).toBe(true)
    expect(isNew(await read(here, url)), 'it stays').toBe(true)
    expect(isNew(await read(there, url)), 'it stays there').toBe(true)
  }

  test.skipIf(!canRun)('what has been read costs no statement, however the query is written', async () => {
    const { id, slug } = await write()
    const forms = [
      [`/v1/posts/${id}`, `/posts/${id}`],
      [`/v1/posts/${slug}?render=html`, `/v1/posts/${slug}?render=html&unknown=1`],
      [`/v1/posts?author=${ada.id}`, `/v1/posts?limit=20&author=${ada.id}&total=false`],
      [`/v1/posts?q=words&author=${ada.id}`, `/v1/posts?author=${ada.id}&q=%20words%20`],
      ['/v1/posts/feed.atom?tag=x', '/v1/posts/feed.atom?tag=%23X'],
    ]
    for (const [first = '', second = ''] of forms) {
      const before = await read(here, first)
      // What this process has told all of them comes back to it too, and makes it read once more.
      const repeat = () => read(here, second).then(({ text }) => expect(text).toBe(before.text))
      await expect.poll(() => statementsOf(repeat)).toEqual([])
    }
  })

  test.skipIf(!canRun)('a change is seen in every form of the post', async () => {
    const { id, slug } = await write({ title: 'Before', tags: ['seen'] })
    const urls = [`/v1/posts/${id}`, `/v1/posts/${id.toUpperCase()}`, `/v1/posts/${slug}`]
    const lists = ['/v1/posts?tag=seen', '/v1/posts?q=seen', '/v1/posts/feed.rss?tag=seen']
    for (const url of [...urls, ...lists]) await readBoth(url)
    await own().change(id, { title: 'After' })
    for (const url of [...urls, ...lists])
      await expectEverywhere(url, ({ text }) => text.includes('After') && !text.includes('Before'))
  })

  test.skipIf(!canRun)('a post that is withdrawn or deleted is gone, and comes back', async () => {
    const { id, slug } = await write({ tags: ['gone'] })
    const list = '/v1/posts?tag=gone'
    const isGone = async () => {
      await expectEverywhere(`/v1/posts/${id}`, ({ status }) => status === 404)
      await expectEverywhere(`/v1/posts/${slug}`, ({ status }) => status === 404)
      await expectEverywhere(list, ({ data }) => data.length === 0)
    }
    const isThere = async () => {
      await expectEverywhere(`/v1/posts/${id}`, ({ status }) => status === 200)
      await expectEverywhere(list, ({ data }) => data.length === 1)
    }
    await isThere()
    await own().change(id, { status: 'draft' })
    await isGone()
    await own().change(id, published)
    await isThere()
    await own().remove(id)
    await isGone()
    await own().restore(id)
    await isThere()
  })

  test.skipIf(!canRun)('an address that was given up is nobody’s', async () => {
    const { id, slug } = await write({ title: `Old address ${how}` })
    await readBoth(`/v1/posts/${slug}`)
    const { data } = await own().change(id, { slug: `new-address-${slug}` })
    await expectEverywhere(`/v1/posts/${slug}`, ({ status }) => status === 404)
    await expectEverywhere(`/v1/posts/${data.slug}`, ({ status }) => status === 200)
  })

  test.skipIf(!canRun)('a worker publishes, and lists that were read before show it', async () => {
    const url = '/v1/posts?tag=due'
    await readBoth(url)
    const publishedAt = new Date(Date.now() + 300).toISOString()
    await own().write({ status: 'scheduled', publishedAt, tags: ['due'] })
    for (const app of [here, there])
      await expect.poll(async () => (await read(app, url)).data.length, { timeout: 10_000 }).toBe(1)
  })

  test.skipIf(!canRun)('the name of an author changes, and an author goes with his posts', async () => {
    const ben = await signUp(here)
    const rename = (name: string) => call(here, ben, 'PATCH', `/v1/users/${ben.id}`, { body: { name } })
    await rename('Benjamin')
    const { id } = (await postsClient(here, ben).write({ ...published, tags: ['bens'] })).data
    const urls = [
      `/v1/posts/${id}?fields=id,authorName`,
      '/v1/posts?tag=bens&fields=id,authorName',
      '/v1/posts/feed.atom?tag=bens',
    ]
    for (const url of urls) await expectEverywhere(url, ({ text }) => text.includes('Benjamin'))
    await rename('Benedict')
    for (const url of urls) await expectEverywhere(url, ({ text }) => text.includes('Benedict'))
    const { status } = await call(here, ben, 'DELETE', `/v1/users/${ben.id}`, { body: { password } })
    expect(status).toBe(200)
    for (const url of urls) await expectEverywhere(url, ({ text }) => !text.includes('Benedict'))
  })

  test.skipIf(!canRun)('while many read, who has changed a post always finds the change', async () => {
    const { id } = await write({ title: 'Version 1' })
    const url = `/v1/posts/${id}`
    let isDone = false
    const readers = [here, there, here, there].map(async (app) => {
      // Over the network: hits in one process would leave it no time for anything else.
      while (!isDone) expect((await send(app.url, url)).status).toBe(200)
    })
    for (let version = 2; version <= 40; version += 1) {
      await own().change(id, { title: `Version ${version}` })
      expect((await read(here, url)).data.version).toBe(version)
    }
    isDone = true
    await Promise.all(readers)
    await expectEverywhere(url, ({ data }) => data.version === 40)
  })
})

describe.skipIf(!canShare)('what stands in Redis', () => {
  let redis: RedisServer
  let here: TestApp
  let there: TestApp

  beforeAll(async () => {
    redis = await RedisServer.start()
    const env = { SECRET_KEY: 's'.repeat(40), REDIS_URL: redis.url }
    here = await startTestApp({ env })
    there = await startTestApp({ env, database: { url: here.databaseUrl } })
  })
  afterAll(async () => {
    await there?.close()
    await here?.close()
    await redis?.close()
  })

  const stored = () => redis.with((client) => client.keys('backlot:*:value:posts:*'))

  test.each([
    ['of another type', 0, 'text/html; charset=utf-8'],
    ['of a type with a line of its own', 0, 'application/json; charset=utf-8\r\nset-cookie: a=b'],
    ['with an entity tag that is none', 1, 'none'],
  ])('is not sent when it is %s', async (how, at, spoilt) => {
    const read = (app: TestApp) => call(app, undefined, 'GET', `/v1/posts?q=${encodeURIComponent(how)}`)
    const others = await stored()
    const { headers, text } = await read(here)
    const key = async () => (await stored()).find((key) => !others.includes(key))
    await expect.poll(key).toBeDefined()
    const name = String(await key())
    await redis.with(async (client) => {
      const [versions, ...value] = String(await client.get(name)).split('\n')
      const parts = JSON.parse(value.join('\n'))
      parts[at] = spoilt
      await client.set(name, `${versions}\n${JSON.stringify(parts)}`, 'KEEPTTL')
    })
    const answer = await read(there)
    expect(answer).toMatchObject({ status: 200, text })
    expect(answer.headers).toMatchObject({ etag: headers.etag, 'content-type': headers['content-type'] })
  })
})
