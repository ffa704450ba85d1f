import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, type Person, signUp } from '../harness/client.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'

let backlot: TestApp
let user: Person

beforeAll(async () => {
  backlot = await startTestApp({ worker: true, env: { WORKER_QUEUES: 'images:2,emails' } })
  user = await signUp(backlot)
})
afterAll(() => backlot.close())

test('a worker runs the jobs of its queues, and leaves the others to other workers', async () => {
  const dataset = { preset: 'orders', count: 10 }
  const waits = await call(backlot, user, 'POST', '/v1/generate', { body: dataset })
  const picture = { prompt: 'a red house', style: 'sketch', size: '256x256' }
  const headers = { prefer: 'wait=20' }
  expect(waits.status).toBe(202)
  const drawn = await call(backlot, user, 'POST', '/v1/generations', { body: picture, headers })
  expect(drawn.data.status).toBe('completed')
  // It was asked for first, and all workers dispatch all jobs.
  const job = await call(backlot, user, 'GET', `/v1/jobs/${waits.data.jobId}`)
  expect(job.data.status).toBe('pending')
})

test('/health names the queues that no worker serves', async () => {
  const { json } = await call(backlot, undefined, 'GET', '/health')
  expect(json).toMatchObject({
    status: 'degraded',
    checks: {
      queue: {
        status: 'degraded',
        workers: 1,
        queuesWithoutWorker: [
          'uploads',
          'small-generation',
          'generation',
          'small-export',
          'export',
          'recordings',
          'sync',
          'reports',
          'publishing',
          'webhooks',
        ],
      },
    },
  })
})
