import { afterAll, beforeAll, expect, test } from 'vitest'
import { newKeyOf } from '../../../test/harness/api-keys.ts'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import { signInAs } from '../../../test/harness/people.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'

let backlot: TestApp

beforeAll(async () => {
  // Without a worker: jobs wait, and so do those who follow them.
  backlot = await startTestApp()
})
afterAll(() => backlot.close())

const waitingJob = async (owner: Person): Promise<string> => {
  const body = { prompt: 'a meadow', style: 'noir' }
  const { status, data, text } = await call(backlot, owner, 'POST', '/v1/generations', { body })
  if (status !== 202) throw new Error(text)
  return data.jobId
}

const follow = (who: { token: string }, jobId: string, signal: AbortSignal) =>
  fetch(`${backlot.url}/v1/jobs/${jobId}/events`, {
    headers: { authorization: `Bearer ${who.token}` },
    signal,
  })

test('a stream of another’s job ends when the role no longer reads it, one of the own job goes on', {
  timeout: 20_000,
}, async () => {
  const owner = await signUp(backlot)
  const admin = await signInAs(backlot, 'admin')
  const manager = await signInAs(backlot, 'manager')
  const gone = new AbortController()
  const theirs = await follow(manager, await waitingJob(owner), gone.signal)
  const own = await follow(manager, await waitingJob({ ...manager }), gone.signal)
  expect([theirs.status, own.status]).toEqual([200, 200])
  const ended = theirs.text().then(() => 'theirs')
  const goesOn = own.text().then(
    () => 'own',
    () => 'aborted',
  )
  const lowered = { body: { role: 'user' } }
  const { status } = await call(backlot, { ...admin }, 'PATCH', `/v1/users/${manager.id}`, lowered)
  expect(status).toBe(200)
  expect(await Promise.race([ended, goesOn])).toBe('theirs')
  gone.abort()
  expect(await goesOn).toBe('aborted')
})

test('a stream that a key opened ends when the key is revoked, one of another key goes on', {
  timeout: 20_000,
}, async () => {
  const owner = await signUp(backlot)
  const jobId = await waitingJob(owner)
  const keys = [
    await newKeyOf(backlot.platform.db, owner.id, ['jobs:read']),
    await newKeyOf(backlot.platform.db, owner.id, ['jobs:read']),
  ]
  const gone = new AbortController()
  const [revoked, kept] = await Promise.all(
    keys.map(({ text }) => follow({ token: text }, jobId, gone.signal)),
  )
  expect([revoked?.status, kept?.status]).toEqual([200, 200])
  const ended = revoked?.text().then(() => 'revoked')
  const goesOn = kept?.text().then(
    () => 'kept',
    () => 'aborted',
  )
  expect((await call(backlot, owner, 'DELETE', `/v1/api-keys/${keys[0]?.id}`)).status).toBe(200)
  expect(await Promise.race([ended, goesOn])).toBe('revoked')
  gone.abort()
  expect(await goesOn).toBe('aborted')
})

test('a user has at most 50 streams open, and others still theirs', async () => {
  const owner = await signUp(backlot)
  const admin = await signInAs(backlot, 'admin')
  const jobId = await waitingJob(owner)
  const gone = new AbortController()
  const open = await Promise.all(Array.from({ length: 50 }, () => follow(owner, jobId, gone.signal)))
  expect(open.map(({ status }) => status)).toEqual(Array(50).fill(200))
  const refused = await follow(owner, jobId, gone.signal)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5'])
  expect((await follow(admin, jobId, gone.signal)).status).toBe(200)
  gone.abort()
  const later = new AbortController()
  await expect.poll(async () => (await follow(owner, jobId, later.signal)).status).toBe(200)
  later.abort()
})
