import { and, eq, sql } from 'drizzle-orm'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import { postsClient } from '../../../test/harness/posts-client.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'
import { startWorker } from '../../app/worker.ts'
import { jobs } from '../../platform/jobs/jobs.table.ts'
import { webhookDeliveries } from '../webhooks/webhooks.table.ts'

let backlot: TestApp
let ada: Person
let worker: Awaited<ReturnType<typeof startWorker>> | undefined

beforeAll(async () => {
  backlot = await startTestApp()
  ada = await signUp(backlot)
  const body = { url: 'https://receiver.invalid/hook', events: ['post.*'] }
  expect((await call(backlot, ada, 'POST', '/v1/webhooks', { body })).status).toBe(201)
})
afterAll(async () => {
  await worker?.stop()
  await backlot.close()
})

const own = () => postsClient(backlot, ada)
const soon = () => new Date(Date.now() + 1_500).toISOString()
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()
const runWorker = async () => {
  worker ??= await startWorker({ config: backlot.config, log: pino({ level: 'silent' }) })
}
const statusOf = async (id: string) => (await own().get(id)).data.status

const jobsOf = async (postId: string) =>
  backlot.platform.db
    .select({ id: jobs.id, status: jobs.status })
    .from(jobs)
    .where(and(eq(jobs.type, 'post.publish'), sql`${jobs.params} ->> 'postId' = ${postId}`))
    .orderBy(jobs.id)

/** The payloads that the author's webhook is to get about a post. */
const announcementsOf = async (postId: string) => {
  const rows = await backlot.platform.db
    .select({ payload: webhookDeliveries.payload })
    .from(webhookDeliveries)
    .where(eq(webhookDeliveries.eventType, 'post.published'))
  return rows.map(({ payload }) => JSON.parse(payload)).filter(({ data }) => data.postId === postId)
}

test('no worker runs at its time: the post is published when one comes, once, with the time that was chosen', async () => {
  const publishedAt = soon()
  const { data: post } = await own().write({ status: 'scheduled', publishedAt })
  expect(post).toMatchObject({ status: 'scheduled', publishedAt })
  await expect.poll(() => Date.now() > Date.parse(publishedAt)).toBe(true)
  expect((await postsClient(backlot).get(post.id)).status).toBe(404)
  // Overdue, and still a post that can be edited.
  expect((await own().change(post.id, { title: 'Late' })).data).toMatchObject({
    status: 'scheduled',
    publishedAt,
  })
  await runWorker()
  await expect.poll(() => statusOf(post.id), { timeout: 15_000 }).toBe('published')
  const { data: shown } = await postsClient(backlot).get(post.id)
  expect(shown).toMatchObject({ publishedAt, version: 3, title: 'Late' })
  expect(await jobsOf(post.id)).toHaveLength(1)
  expect(await announcementsOf(post.id)).toMatchObject([
    { type: 'post.published', data: { postId: post.id, title: 'Late', slug: post.slug, publishedAt } },
  ])
})

test('scheduled anew: the first job does nothing, even when somebody runs it again', async () => {
  await runWorker()
  const { data: post } = await own().write({ status: 'scheduled', publishedAt: inAnHour() })
  await own().change(post.id, { publishedAt: new Date(Date.now() + 7_200_000).toISOString() })
  const [first, second] = await jobsOf(post.id)
  expect([first?.status, second?.status]).toEqual(['cancelled', 'pending'])
  expect((await call(backlot, ada, 'POST', `/v1/jobs/${first?.id}/retry`)).status).toBe(202)
  await expect.poll(async () => (await jobsOf(post.id))[0]?.status, { timeout: 15_000 }).toBe('completed')
  expect(await statusOf(post.id)).toBe('scheduled')
  await own().change(post.id, { publishedAt: soon() })
  await expect.poll(() => statusOf(post.id), { timeout: 15_000 }).toBe('published')
  expect(await announcementsOf(post.id)).toHaveLength(1)
})

test.each([
  ['a draft again', { status: 'draft' }, 'draft', 0],
  ['published by hand', { status: 'published' }, 'published', 1],
])('%s: its job is cancelled, and run again it does nothing', async (_what, change, status, announced) => {
  await runWorker()
  const { data: post } = await own().write({ status: 'scheduled', publishedAt: inAnHour() })
  const { data: changed } = await own().change(post.id, change)
  const [job] = await jobsOf(post.id)
  expect(job?.status).toBe('cancelled')
  await call(backlot, ada, 'POST', `/v1/jobs/${job?.id}/retry`)
  await expect.poll(async () => (await jobsOf(post.id))[0]?.status, { timeout: 15_000 }).toBe('completed')
  expect((await own().get(post.id)).data).toEqual(changed)
  expect(changed.status).toBe(status)
  expect(await announcementsOf(post.id)).toHaveLength(announced)
})

test('a deleted post is not published; restored after its time it is', async () => {
  await runWorker()
  const { data: post } = await own().write({ status: 'scheduled', publishedAt: soon() })
  await own().remove(post.id)
  expect((await jobsOf(post.id))[0]?.status).toBe('cancelled')
  await expect.poll(() => Date.now() > Date.parse(post.publishedAt)).toBe(true)
  expect((await own().restore(post.id)).data.status).toBe('scheduled')
  await expect.poll(() => statusOf(post.id), { timeout: 15_000 }).toBe('published')
})

test('to cancel the job of a scheduled post is to make it a draft', async () => {
  const { data: post } = await own().write({ status: 'scheduled', publishedAt: inAnHour() })
  const [job] = await jobsOf(post.id)
  expect((await call(backlot, ada, 'POST', `/v1/jobs/${job?.id}/cancel`)).status).toBe(202)
  expect((await own().get(post.id)).data).toMatchObject({ status: 'draft', publishedAt: null, version: 2 })
})

test('what is published at once is announced at once; a change of it is not', async () => {
  const { data: post } = await own().write({ status: 'published' })
  await own().change(post.id, { title: 'Corrected' })
  expect(await announcementsOf(post.id)).toHaveLength(1)
})
