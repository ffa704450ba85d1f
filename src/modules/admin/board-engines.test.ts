import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { call } from '../../../test/harness/client.ts'
import { signInAs } from '../../../test/harness/people.ts'
import { provideRedisServer, RedisServer } from '../../../test/harness/redis-server.ts'
import { startTestApp } from '../../../test/harness/test-app.ts'

const canRun = { PostgreSQL: true, Redis: await provideRedisServer() }

for (const engine of ['PostgreSQL', 'Redis'] as const)
  describe.skipIf(!canRun[engine])(`with queues on ${engine}`, () => {
    test('a dead job is seen on the board, run again from there, and seen to end', {
      timeout: 60_000,
    }, async () => {
      const redis = engine === 'Redis' ? await RedisServer.start() : undefined
      const backlot = await startTestApp({ worker: true, env: redis ? { REDIS_URL: redis.url } : {} })
      const admin = await signInAs(backlot, 'admin')
      const { rows } = await backlot.platform.db.execute<{ id: string }>(sql`
        insert into jobs (type, queue, params, status, attempt, failures, dispatched_at, started_at, finished_at, error_code)
        values ('post.publish', 'publishing', jsonb_build_object('postId', uuid_v7()), 'failed', 9, 9, now(), now(), now(),
          'JOB_FAILED')
        returning id`)
      const url = `/admin/queues/api/queues/publishing/${rows[0]?.id}`
      expect((await call(backlot, admin, 'GET', url)).json).toMatchObject({ status: 'failed' })
      expect((await call(backlot, admin, 'PUT', `${url}/retry`)).status).toBe(204)
      const seen = async () => (await call(backlot, admin, 'GET', url)).json.status
      await expect.poll(seen, { timeout: 20_000, interval: 50 }).toBe('completed')
      const schedules = (await call(backlot, admin, 'GET', '/v1/admin/schedules')).data
      expect(schedules.map(({ name }: { name: string }) => name)).toContain('job sweep')
      await backlot.close()
      await redis?.close()
    })
  })
