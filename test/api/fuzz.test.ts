import { randomInt } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Operation, promiseFor, readOperations } from '../harness/openapi-document.ts'
import { type SignedIn, signInAs } from '../harness/people.ts'
import { send } from '../harness/send.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'
import { makeThings } from '../harness/things.ts'
import { type WildRequest, wildRequests } from '../harness/wild-requests.ts'

const requests = 5_000
const atOnce = 10
/** What requests end, such as a session or a user, is made anew from time to time. */
const requestsPerWorld = 250

/** `FUZZ_SEED` repeats a run. */
const seed = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31))
const callers = ['anonymous', 'user', 'user', 'user', 'viewer', 'manager', 'admin', 'cookie', 'forged']

/** Words of drivers, libraries and stack traces, which no answer may contain. */
const innerWords =
  /\bpg_|postgres|drizzle|sqlstate|syntax error|relation "|violates|failed query|node_modules|\n\s+at |(Type|Range|Syntax|Reference)Error|ECONN|EPIPE|ENOENT|FST_|fastify|bcrypt|busboy|\.ts:\d|undefined/i

type World = { people: Record<string, SignedIn>; words: Record<string, string> }
let backlot: TestApp
let operations: Operation[]
let world: World
let sent = 0
const seen = new Map<string, Set<number>>()

beforeAll(async () => {
  backlot = await startTestApp({ env: { TRUST_PROXY: 'loopback', CORS_ORIGINS: 'https://app.example' } })
  operations = await readOperations(backlot.url)
})
afterAll(() => backlot.close())

const newWorld = async (): Promise<World> => {
  const people = {
    user: await signInAs(backlot, 'user'),
    viewer: await signInAs(backlot, 'viewer'),
    manager: await signInAs(backlot, 'manager'),
    admin: await signInAs(backlot, 'admin'),
  }
  const { pending, failed, ...things } = await makeThings(backlot, people.user.id)
  const words = {
    ...things,
    jobId: pending.jobId,
    generationId: pending.generationId,
    failedJobId: failed.jobId,
    failedGenerationId: failed.generationId,
  }
  return { people, words }
}

const withWords = (text: string) => text.replaceAll(/@(\w+)/g, (whole, name) => world.words[name] ?? whole)

const authorization = (caller: string): Record<string, string> => {
  if (caller === 'anonymous') return {}
  if (caller === 'forged') return { authorization: 'Bearer forged.token.here' }
  if (caller === 'cookie') return { cookie: world.people.user?.cookie ?? '', 'sec-fetch-site': 'same-origin' }
  return { authorization: `Bearer ${world.people[caller]?.token}` }
}

const ask = async ({ operation, caller, path, headers, body }: WildRequest) => {
  sent += 1
  const address = `10.${(sent >> 16) & 255}.${(sent >> 8) & 255}.${sent & 255}`
  const answer = await send(backlot.url, withWords(path), {
    method: operation.method,
    headers: { 'x-forwarded-for': address, ...headers, ...authorization(caller) },
    ...(body === undefined ? {} : { body: withWords(body) }),
  })
  const statuses = seen.get(`${operation.method} ${operation.path}`) ?? new Set()
  seen.set(`${operation.method} ${operation.path}`, statuses.add(answer.status))
  return answer
}

const isProblem = (type: unknown) => String(type).startsWith('application/problem+json')

/** Why an answer is not what was promised; undefined for a good one. */
const faultOf = (operation: Operation, answer: Awaited<ReturnType<typeof ask>>): string | undefined => {
  const { status, headers, text, json } = answer
  if (status >= 500) return 'a failure of ours'
  if (operation.method !== 'HEAD' && innerWords.test(text))
    return `inner words: ${innerWords.exec(text)?.[0]}`
  if (status === 304 || status === 416 || operation.method === 'HEAD') return undefined
  if (status >= 400) {
    const { error = json, success = false } = json ?? {}
    if (success !== false || typeof error?.code !== 'string' || !/^[A-Z][A-Z_]+$/.test(error.code))
      return 'no envelope'
    if (error.requestId !== headers['x-request-id']) return 'another request id'
    if (isProblem(headers['content-type'])) return undefined
  }
  const promise = promiseFor(operation, status)
  if (promise === undefined) return 'a status that the document does not know'
  if (promise === null) return undefined
  const { error } = promise.safeParse(json)
  return error && `not what the document says: ${error.message}`
}

test(`${requests} requests made from the OpenAPI document, right, almost right and wild (seed ${seed})`, {
  timeout: 150_000,
}, async () => {
  console.log(`fuzz: FUZZ_SEED=${seed}`)
  const batches = fc.array(wildRequests(operations, callers), { minLength: atOnce, maxLength: atOnce })
  const property = fc.asyncProperty(batches, async (batch) => {
    if (world === undefined || sent % requestsPerWorld < atOnce) world = await newWorld()
    const answers = await Promise.all(batch.map(ask))
    for (const [index, answer] of answers.entries()) {
      const { operation, ...request } = batch[index] ?? { operation: operations[0] as Operation }
      const fault = faultOf(operation, answer)
      if (fault === undefined) continue
      const asked = JSON.stringify({ method: operation.method, ...request }).slice(0, 1_500)
      throw new Error(`${fault}\n${asked}\n${answer.status} ${answer.text.slice(0, 1_500)}`)
    }
  })
  await fc.assert(property, { seed, numRuns: requests / atOnce, endOnFailure: true })
})

test('the requests got past the door: nearly every operation was done, and refused', () => {
  const done = [...seen]
    .filter(([, statuses]) => [...statuses].some((status) => status < 300))
    .map(([name]) => name)
  const missing = operations
    .map(({ method, path }) => `${method} ${path}`)
    .filter((name) => !done.includes(name))
  // There is an admin, so none is set up.
  expect(missing).toEqual(['POST /v1/auth/setup'])
  for (const [name, statuses] of seen) {
    if (/\/v1\//.test(name))
      expect(
        [...statuses].some((status) => status >= 400 && status !== 401),
        name,
      ).toBe(true)
  }
})

test('afterwards all is as it should be', async () => {
  world = await newWorld()
  const token = world.people.user?.token
  expect(
    (await send(backlot.url, '/v1/jobs', { headers: { authorization: `Bearer ${token}` } })).data,
  ).toHaveLength(2)
  expect(Object.keys(Object.prototype)).toEqual([])
  expect(backlot.platform.database.breaker.state).toBe('closed')
  expect(backlot.platform.database.pool.waitingCount).toBe(0)
})
