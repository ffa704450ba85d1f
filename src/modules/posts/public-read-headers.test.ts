import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import { signInAs } from '../../../test/harness/people.ts'
import { postsClient } from '../../../test/harness/posts-client.ts'
import { send } from '../../../test/harness/send.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'

const publicUrl = 'https://backlot.example'
const publicControl = 'public, max-age=5, stale-while-revalidate=30'
const published = { status: 'published' }
type Headers = Record<string, string>

let backlot: TestApp
let ada: Person
let id: string

beforeAll(async () => {
  backlot = await startTestApp({ env: { CORS_ORIGINS: 'https://app.example', PUBLIC_URL: publicUrl } })
  ada = await signUp(backlot)
  for (let n = 0; n < 3; n += 1)
    id = (await postsClient(backlot, ada).write({ ...published, body: 'word '.repeat(1_000) })).data.id
})
afterAll(() => backlot.close())

const urls = () => [`/v1/posts/${id}`, '/v1/posts', '/v1/posts?q=word', '/v1/posts/feed.rss']
const ask = (url: string, headers: Headers = {}, method: 'GET' | 'HEAD' = 'GET') =>
  send(backlot.url, url, { method, headers })

test('anonymous answers may be kept for a moment; each says on what it depends', async () => {
  for (const url of urls()) {
    const { headers } = await ask(url)
    expect(headers['cache-control'], url).toBe(publicControl)
    const varies = String(headers.vary).toLowerCase().split(', ')
    expect(varies).toEqual(expect.arrayContaining(['origin', 'accept-encoding']))
    if (!url.includes('feed')) expect(varies).toEqual(expect.arrayContaining(['authorization', 'cookie']))
  }
})

test('whoever says who he is gets an answer that nobody keeps', async () => {
  const { cookie } = await signInAs(backlot, 'user')
  const ended = `${cookie.slice(0, -4)}aaaa`
  const all: Headers[] = [{ authorization: `Bearer ${ada.token}` }, { cookie }, { cookie: ended }]
  for (const named of all) {
    for (const url of urls().filter((url) => !url.includes('feed'))) {
      const { status, headers } = await ask(url, named)
      expect({ status, control: headers['cache-control'] }).toEqual({
        status: 200,
        control: 'private, no-store',
      })
    }
  }
  expect((await ask(`/v1/posts/${id}`, { authorization: 'Bearer x' })).status).toBe(401)
})

test('304 says the same as 200, and has no body; who has the tag gets it, signed in or not', async () => {
  const all: Headers[] = [{}, { authorization: `Bearer ${ada.token}` }]
  for (const named of all) {
    for (const url of urls()) {
      const { headers: first } = await ask(url, named)
      const etag = String(first.etag)
      const kept = { etag, vary: first.vary, 'cache-control': first['cache-control'] }
      for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
        const answer = await ask(url, { ...named, 'if-none-match': known })
        expect(answer).toMatchObject({ status: 304, text: '', headers: kept })
        expect(answer.headers).not.toHaveProperty('content-type')
      }
      expect((await ask(url, { ...named, 'if-none-match': '"x"' })).status).toBe(200)
    }
  }
})

test('HEAD says what GET says', async () => {
  for (const url of urls()) {
    const { headers } = await ask(url)
    const { etag, 'content-length': length, 'cache-control': control } = headers
    const head = await ask(url, {}, 'HEAD')
    expect(head).toMatchObject({ status: 200, text: '' })
    expect(head.headers).toMatchObject({ etag, 'content-length': length, 'cache-control': control })
    const known = await ask(url, { 'if-none-match': String(etag) }, 'HEAD')
    expect(known).toMatchObject({ status: 304, text: '', headers: { etag } })
    expect([undefined, length]).toContain(known.headers['content-length'])
  }
})

test('it is compressed for who takes that, and the same for all of them', async () => {
  for (const url of urls()) {
    const { text, headers: plain } = await ask(url)
    for (const [accepted, coding] of [
      ['gzip, deflate, br', 'br'],
      ['br;q=0, GZIP;q=0.5', 'gzip'],
      ['identity', undefined],
    ]) {
      for (let n = 0; n < 2; n += 1) {
        const { headers, bytes, ...answer } = await ask(url, { 'accept-encoding': accepted ?? '' })
        expect({ coding: headers['content-encoding'], text: answer.text }).toEqual({ coding, text })
        expect(headers).toMatchObject({ etag: plain.etag, 'content-length': String(bytes.length) })
      }
    }
  }
})

test('the tag is another one for what looks otherwise, and serves If-Match', async () => {
  const tags = ['', '?render=html', '?fields=id'].map(async (query) => {
    const { headers } = await ask(`/v1/posts/${id}${query}`)
    return String(headers.etag)
  })
  const [etag = '', ...others] = await Promise.all(tags)
  expect(new Set([etag, ...others]).size).toBe(3)
  const own = postsClient(backlot, ada)
  const change = (tag: string) => own.change(id, { title: 'Changed' }, { headers: { 'if-match': tag } })
  expect((await change(`"9-${etag.slice(3)}`)).status).toBe(412)
  expect((await change(others[0] ?? '')).status).toBe(200)
  expect((await change(etag)).status).toBe(412)
})

test('drafts are kept nowhere, nor is what is not found', async () => {
  const own = postsClient(backlot, ada)
  const draft = (await own.write({ tags: ['drafts'] })).data
  const urls = [`/v1/posts/${draft.id}`, '/v1/posts?tag=drafts&published=false']
  for (const url of urls) {
    const seen = await call(backlot, ada, 'GET', url)
    expect(seen.text).toContain(draft.id)
    expect(seen.headers['cache-control']).toBe('private, no-store')
    expect((await ask(url)).text).not.toContain(draft.id)
  }
  const missing = await ask(`/v1/posts/${draft.id}`)
  expect(missing).toMatchObject({ status: 404, headers: { 'cache-control': 'no-store' } })
  await own.change(draft.id, published)
  expect((await ask(`/v1/posts/${draft.id}`)).status).toBe(200)
})

test('what is not said to be public may not be kept', async () => {
  for (const url of ['/v1/jobs', '/v1/files', '/v1/users', '/health', '/openapi.json']) {
    const { headers } = await call(backlot, ada, 'GET', url)
    expect(headers['cache-control'], url).toMatch(/no-store/)
  }
})
