import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CachingProxy, provideCachingProxy } from '../harness/caching-proxy.ts'
import { type SignedIn, signInAs } from '../harness/people.ts'
import { send } from '../harness/send.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'
import { makeThings, type Things } from '../harness/things.ts'
import { table } from './access-table.ts'
import type { Row } from './access-wishes.ts'

const canRun = await provideCachingProxy()

/** The routes on which a shared cache may have an answer for who comes next. */
const mayBeKept = /^GET \/(v1\/posts|docs\/static)/
/** They say when they were asked. */
const alwaysChanging =
  /^GET \/(health|metrics|$)|\/(events|preview|content|cover)$|^GET \/v1\/(files|storage)/

const reads = table.filter(([route]) => route.startsWith('GET '))

describe.skipIf(!canRun)('behind a cache that all share', () => {
  let backlot: TestApp
  let proxy: CachingProxy
  let owner: SignedIn
  let other: SignedIn
  let things: Things

  beforeAll(async () => {
    backlot = await startTestApp({ env: { PUBLIC_URL: 'https://backlot.example' } })
    proxy = await CachingProxy.start(backlot.url)
    owner = await signInAs(backlot, 'user')
    other = await signInAs(backlot, 'user')
    things = await makeThings(backlot, owner.id)
  })
  afterAll(async () => {
    await proxy.close()
    await backlot.close()
  })

  const ask = async (origin: string, path: string, headers: Record<string, string>) => {
    const { status, text, headers: answered } = await send(origin, path, { headers })
    return { status, text: text.replaceAll(/"requestId":"[^"]*"/g, ''), answered }
  }

  const byToken = ({ token }: SignedIn) => ({ authorization: `Bearer ${token}` })
  const callers = (): [who: string, headers: Record<string, string>][] => [
    ['the owner', byToken(owner)],
    ['the owner by cookie', { cookie: owner.cookie }],
    ['another user', byToken(other)],
    ['another user by cookie', { cookie: other.cookie }],
    ['nobody in particular', {}],
  ]

  const pathOf = ([route, , wish]: Row) => {
    const { id = '', query = '' } = wish?.(things) ?? {}
    const pattern = route.slice('GET '.length)
    return pattern.replace(/:\w+|\*$/, id).replace(':file', 'playlist.m3u8') + query
  }

  test.each(reads)('%s: everybody gets his own answer, whoever came before (%s)', async (...row) => {
    const [route] = row
    const path = pathOf(row)
    const straight = new Map<string, Awaited<ReturnType<typeof ask>>>()
    for (const [who, headers] of callers()) straight.set(who, await ask(backlot.url, path, headers))
    for (const [who, headers] of [...callers(), ...callers().reverse()]) {
      const { status, text, answered } = await ask(proxy.url, path, headers)
      const own = straight.get(who)
      expect({ who, status }).toEqual({ who, status: own?.status })
      if (!alwaysChanging.test(route)) expect({ who, text }).toEqual({ who, text: own?.text })
      if (!mayBeKept.test(route) || who !== 'nobody in particular')
        expect({ who, cache: answered['x-cache'] }).toEqual({
          who,
          cache: mayBeKept.test(route) ? expect.any(String) : 'MISS',
        })
    }
  })

  test('the cache does keep what it may, so that it could mix users up', async () => {
    for (const path of [
      `/v1/posts/${things.postId}?fields=id`,
      '/v1/posts?limit=3',
      '/v1/posts/feed.rss?tag=hills',
    ]) {
      expect((await ask(proxy.url, path, {})).answered['x-cache']).toBe('MISS')
      const { status, answered } = await ask(proxy.url, path, {})
      expect({ status, cache: answered['x-cache'] }).toEqual({ status: 200, cache: 'HIT' })
    }
  })

  test('who is signed in never gets what was kept for everybody, nor the other way round', async () => {
    const path = '/v1/posts?sort=title'
    for (const [who, headers] of [...callers().reverse(), ...callers(), ...callers()]) {
      const { text, answered } = await ask(proxy.url, path, headers)
      expect(text.includes(things.draftId), who).toBe(who.startsWith('the owner'))
      if (who !== 'nobody in particular')
        expect({ who, cache: answered['x-cache'] }).toEqual({ who, cache: 'MISS' })
    }
  })
})
