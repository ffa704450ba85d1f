import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { signUp } from '../harness/client.ts'
import { provideRedisServer, RedisServer } from '../harness/redis-server.ts'
import { startTestApp } from '../harness/test-app.ts'

const canRun = await provideRedisServer()

describe.skipIf(!canRun)('with REDIS_URL', () => {
  test('jobs of requests run by way of Redis', async () => {
    await using opened = new AsyncDisposableStack()
    const redis = opened.adopt(await RedisServer.start(), (server) => server.close())
    const env = { REDIS_URL: redis.url }
    const backlot = opened.adopt(await startTestApp({ worker: true, env }), (app) => app.close())
    await signUp(backlot)
    const ended = async () => {
      const { rows } = await backlot.platform.db.execute(sql`select type, status from jobs`)
      return rows
    }
    await expect.poll(ended).toEqual([{ type: 'email.send', status: 'completed' }])
    const keys = await redis.with((client) => client.keys('*:jobs:emails:meta'))
    expect(keys).toEqual([expect.stringMatching(/^backlot:[0-9a-f]{16}:jobs:emails:meta$/)])
    const { rows } = await backlot.platform.db.execute(
      sql`select starts_with(incarnation, 'redis ') as "isRedis" from queue_incarnation`,
    )
    expect(rows).toEqual([{ isRedis: true }])
  })
})
