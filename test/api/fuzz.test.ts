import { randomInt } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Operation, promiseFor, readOperations } from '../harness/openapi-document.ts'
import { type SignedIn, signInAs } from '../harness/people.ts'
import { send } from '../harness/send.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'
import { makeThings } from '../harness/things.ts'
import { nameOf, type WildRequest, wildRequests } from '../harness/wild-requests.ts'

/** FUZZ_COUNT=20000 for as much as one likes to wait for. */
const count = Number(process.env.FUZZ_COUNT ?? 2_500)
const atOnce = 10
/** What requests end, such as a session or a user, is made anew from time to time. */
const requestsPerWorld = 100

/** `FUZZ_SEED` repeats a run. */
const seed = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31))
const callers = ['anonymous', 'user', 'user', 'viewer', 'manager', 'admin', 'admin', 'cookie', 'forged']

/** Words of drivers, libraries and stack traces, which no answer may contain. */
const innerWords =
  /\bpg_|postgres|drizzle|sqlstate|syntax error|relation "|violates|failed query|node_modules|\n\s+at |(Type|Range|Syntax|Reference)Error|\b(ECONN|EPIPE|ENOENT|FST_ERR)|fastify|bcrypt|busboy|\.ts:\d/i

type World = { people: Record<string, SignedIn>; words: Record<string, string> }
let backlot: TestApp
let operations: Map<string, Operation>
let world: World
let sent = 0
/** Two changes at once that waited for each other's locks: one is told to come back. */
let contended = 0
const seen = new Map<string, Set<number>>()

beforeAll(async () => {
  backlot = await startTestApp({ env: { TRUST_PROXY: 'loopback', CORS_ORIGINS: 'https://app.example' } })
  operations = new Map((await readOperations(backlot.url)).map((operation) => [nameOf(operation), operation]))
})
afterAll(() => backlot.close())

const newWorld = async (): Promise<World> => {
  const people = {
    user: await signInAs(backlot, 'user'),
    viewer: await signInAs(backlot, 'viewer'),
    manager: await signInAs(backlot, 'manager'),
    admin: await signInAs(backlot, 'admin'),
  }
  const { pending, failed, dataset, written, report, webhook, live, challenged, ...things } =
    await makeThings(backlot, people.user.id)
  const words = {
    ...things,
    jobId: pending.jobId,
    generationId: pending.generationId,
    failedJobId: failed.jobId,
    failedGenerationId: failed.generationId,
    datasetId: dataset.datasetId,
    exportId: written.exportId,
    reportId: report.reportId,
    ...webhook,
    ...challenged,
    liveProjectId: live.projectId,
    streamId: live.streamId,
    liveStreamKey: live.streamKey,
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

const ask = async ({ method, caller, path, headers, body, operation }: WildRequest) => {
  sent += 1
  const address = `10.${(sent >> 16) & 255}.${(sent >> 8) & 255}.${sent & 255}`
  const answer = await send(backlot.url, withWords(path), {
    method,
    headers: { 'x-forwarded-for': address, ...headers, ...dontWait(operation), ...authorization(caller) },
    ...(body === undefined ? {} : { body: withWords(body) }),
  })
  seen.set(operation, (seen.get(operation) ?? new Set()).add(isTaken(answer) ? 202 : answer.status))
  return answer
}

/** Nobody makes pictures here, and these answer with one. */
const dontWait = (operation: string): Record<string, string> =>
  operation.includes('/v1/images/') ? { prefer: 'wait=0' } : {}
const isTaken = ({ json }: { json: { error?: { code?: string } } }) =>
  json?.error?.code === 'generation_in_progress'

/** Why an answer is not what was promised; undefined for a good one. */
const faultOf = (operation: Operation, answer: Awaited<ReturnType<typeof ask>>): string | undefined => {
  const { status, headers, text, json } = answer
  if (isTaken(answer)) return undefined
  if (status === 503 && Number(headers['retry-after']) > 0) {
    contended += 1
    return undefined
  }
  if (status >= 500) return 'a failure of ours'
  if (operation.method === 'HEAD') return text === '' ? undefined : 'HEAD with a body'
  const [innerWord] = innerWords.exec(text) ?? []
  if (innerWord !== undefined) return `the inner word ${innerWord}`
  if (status >= 400) {
    const { code, type, requestId } = json?.error ?? json ?? {}
    const isOpenAis = /^\/v1\/(images|models)/.test(operation.path) && type !== undefined
    if (!(isOpenAis ? /^[a-z][a-z_]+$/ : /^[A-Z][A-Z_]+$/).test(code)) return 'no envelope'
    if (!isOpenAis && requestId !== headers['x-request-id']) return 'another request id'
    if (headers['content-type'] === 'application/problem+json') return undefined
  }
  const promise = promiseFor(operation, status)
  if (promise === undefined) return 'a status that the document does not know'
  const { error } = promise?.safeParse(json) ?? {}
  return error && `not what the document says: ${error.message}`
}

const faults = new Map<string, string>()

const sendAll = async (requests: WildRequest[], isEnough = () => false) => {
  for (let first = 0; first < requests.length && !isEnough(); first += atOnce) {
    if (first % requestsPerWorld === 0) world = await newWorld()
    const batch = requests.slice(first, first + atOnce)
    const answers = await Promise.all(batch.map(ask))
    for (const [index, request] of batch.entries()) {
      const operation = operations.get(request.operation)
      const answer = answers[index]
      const fault = operation && answer && faultOf(operation, answer)
      if (fault === undefined || faults.has(`${request.operation}: ${fault}`)) continue
      const told = `${answer?.status} ${answer?.text.slice(0, 1_000)}`
      faults.set(`${request.operation}: ${fault}`, `${JSON.stringify(request).slice(0, 1_500)}\n${told}`)
    }
  }
}

test(`${count} requests made from the OpenAPI document, right, almost right and wild`, {
  timeout: 150_000,
}, async () => {
  console.log(`fuzz: FUZZ_SEED=${seed}`)
  await sendAll(fc.sample(wildRequests([...operations.values()], callers), { seed, numRuns: count }))
  expect(Object.fromEntries(faults)).toEqual({})
  expect(contended).toBeLessThanOrEqual(3)
})

/**
 * Since there is an admin, none is set up; a socket is no answer; no provider signs in; nobody made or sends a picture, sends a part
 * of a file, or has an app for codes or an authenticator.
 */
const neverDone = [
  'POST /v1/images/edits',
  'POST /v1/auth/setup',
  'GET /v1/realtime',
  'GET /v1/auth/oauth/{provider}',
  'GET /v1/auth/oauth/{provider}/callback',
  'POST /v1/auth/oauth/exchange',
  'POST /v1/auth/oauth/{provider}/link',
  'POST /v1/auth/oauth/{provider}/reauthenticate',
  'POST /v1/auth/totp/confirm',
  'POST /v1/auth/totp/recovery-codes',
  'DELETE /v1/auth/totp',
  'POST /v1/auth/passkeys',
  'POST /v1/auth/passkeys/sign-in',
  'POST /v1/auth/passkeys/reauthenticate',
  'PATCH /v1/uploads/tus/{id}',
  'GET /v1/files/{id}/image-url',
  'GET /v1/files/{id}/image',
  'HEAD /v1/files/{id}/image',
  'GET /v1/projects/{id}/thumbnail',
  'GET /v1/posts/{id}/cover',
]
/** What has a chance of one in thirty is missed once in a million times. */
const mostTries = 400

test('each operation was done, and refused for more than its caller, if need be in a round of its own', {
  timeout: 60_000,
}, async () => {
  const was = (name: string, isMeant: (status: number) => boolean) =>
    [...(seen.get(name) ?? [])].some(isMeant)
  const isDone = (name: string) => was(name, (status) => status < 300)
  const isRefused = (name: string) => was(name, (status) => status >= 400 && status !== 401)
  for (const [name, operation] of operations) {
    const isEnough = () =>
      (isDone(name) || neverDone.includes(name)) && (isRefused(name) || !name.includes('/v1/'))
    if (isEnough()) continue
    await sendAll(fc.sample(wildRequests([operation], callers), { seed, numRuns: mostTries }), isEnough)
  }
  const names = [...operations.keys()]
  expect(names.filter((name) => !isDone(name) && !neverDone.includes(name))).toEqual([])
  expect(neverDone.filter((name) => !names.includes(name))).toEqual([])
  expect(names.filter((name) => name.includes('/v1/') && !isRefused(name))).toEqual([])
  expect(Object.fromEntries(faults)).toEqual({})
})

test('and left all as it should be', async () => {
  world = await newWorld()
  const headers = authorization('user')
  const { data } = await send(backlot.url, '/v1/jobs', { headers })
  const types = data.map(({ type }: { type: string }) => type).sort()
  expect(types).toEqual([
    ...['dataset.generate', 'export.write', 'generation.render', 'generation.render'],
    ...['report.write', 'sync.run', 'webhook.deliver'],
  ])
  expect(Object.keys(Object.prototype)).toEqual([])
  expect(backlot.platform.database.breaker.state).toBe('closed')
  expect(backlot.platform.database.pool.waitingCount).toBe(0)
})
