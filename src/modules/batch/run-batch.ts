import type { FastifyRequest } from 'fastify'
import { boundedTurns } from '../../platform/bounded-turns.ts'
import { invalidateAfter } from '../../platform/cache/invalidate-after.ts'
import { openText, sealText } from '../../platform/config/sealed-text.ts'
import type { Db } from '../../platform/database/database.ts'
import { type Deferred, shareTransaction } from '../../platform/database/shared-transaction.ts'
import { AppError, invalidField, unavailable } from '../../platform/errors.ts'
import type { App } from '../../platform/http/http-server.ts'
import { fingerprintOf, runOnce } from '../../platform/http/idempotency.ts'
import { turnsPerUser } from '../../platform/turns-per-user.ts'
import type { Actor } from '../auth/permissions.ts'
import type { Call, CallAnswer } from './batch.schema.ts'
import { resolveReferences } from './references.ts'

export type BatchDeps = {
  db: Db
  /** Seals the answers that are kept for repetitions: some have secrets that are shown once. */
  keptAnswer: Buffer
}

/** Each holds a connection until its last call is done: others must find some too. */
const atOnce = 5
const mostWaiting = 100
const longestMs = 15_000
const turn = boundedTurns('batch', { atOnce, maxWaiting: mostWaiting })
/** A user's batches can wait for locks of each other: others must find turns too. */
const turnOfUser = turnsPerUser('your batches', { atOnce: 2, maxWaiting: 20 })
/** All answers are in memory together, several times over, and in the database with an `Idempotency-Key`. */
const mostAnswered = 4 * 1_024 * 1_024
/** Of one user. Past it, by one answer of each batch that was running then, no batch with a key is begun. */
const mostKeptBytes = 64 * 1_024 * 1_024

/** What says who calls and from where. No call can say it otherwise. */
const callersHeaders = [
  ...['authorization', 'cookie', 'origin', 'sec-fetch-site', 'host', 'user-agent', 'accept-language'],
  ...['forwarded', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host'],
]

type BatchRequest = { app: App; request: FastifyRequest; calls: Call[]; gone: AbortSignal }

/**
 * Makes the calls in their order, each through the whole pipeline as if alone, and all in one transaction.
 * @throws what the first call that fails is answered, with its index; then nothing has happened
 */
export const runBatch = (
  { db, keptAnswer }: BatchDeps,
  actor: Actor,
  batch: BatchRequest,
  key: string | undefined,
): Promise<CallAnswer[]> => {
  const ownerId = actor.userId
  const work = async () => {
    const fingerprint = fingerprintOf('POST /batch', batch.calls)
    const context = `${ownerId}\n${fingerprint}`
    const deferred: Deferred = []
    const { body } = await invalidateAfter(
      () =>
        runOnce(db, { ownerId, key, fingerprint, mostKeptBytes }, async (tx) => {
          // The transaction is begun once more when its connection breaks.
          deferred.length = 0
          const answers = await shareTransaction(tx, deferred, () => makeCalls(batch))
          const text = JSON.stringify(answers)
          return { status: 200, body: { sealed: sealText(keptAnswer, text, context).toString('base64') } }
        }),
      async () => {
        for (const work of deferred) await work()
      },
    )
    return JSON.parse(openText(keptAnswer, Buffer.from(body.sealed, 'base64'), context))
  }
  return turnOfUser(ownerId, () => turn(work, batch.gone), batch.gone)
}

const makeCalls = async (batch: BatchRequest): Promise<CallAnswer[]> => {
  const startedAtMs = performance.now()
  const names = new Set(batch.calls.flatMap(({ id }) => id ?? []))
  const answers = new Map<string, CallAnswer>()
  const all: CallAnswer[] = []
  const referred = { characters: 0 }
  let answeredBytes = 0
  for (const [index, given] of batch.calls.entries()) {
    if (batch.gone.aborted) throw unavailable('client', 1)
    if (performance.now() - startedAtMs > longestMs) throw tookTooLong()
    const call = resolveReferences(given, { names, answers, at: `calls.${index}`, referred })
    const { answer, bytes } = await makeCall(batch, call, index)
    answeredBytes += bytes
    if (answeredBytes > mostAnswered) throw answersTooLarge(index)
    all.push(answer)
    if (call.id !== undefined) answers.set(call.id, answer)
  }
  return all
}

const tookTooLong = () =>
  new AppError(503, 'BATCH_TIMEOUT', `The calls took longer than ${longestMs / 1_000} s. Nothing was done.`, {
    retryAfterSeconds: 5,
  })

const answersTooLarge = (index: number) =>
  invalidField(
    `calls.${index}`,
    'answers_too_large',
    'The answers are larger than 4 MiB together. Ask for less at once.',
  )

const makeCall = async (
  { app, request }: BatchRequest,
  call: Call,
  index: number,
): Promise<{ answer: CallAnswer; bytes: number }> => {
  const { id, method, path, headers, body } = call
  requirePlainPath(path, index)
  const response = await app.inject({
    method,
    url: path,
    remoteAddress: request.raw.socket.remoteAddress ?? '',
    headers: { ...ofCaller(request), ...headers, 'x-request-id': `${request.id}.${index}` },
    ...(body === undefined ? {} : { payload: body }),
  })
  const told = response.headers['content-type']?.toString().includes('json') ? response.json() : null
  const { statusCode: status } = response
  if (status >= 400) throw failureOf(call, index, status, told?.error, response.headers['retry-after'])
  const { etag, location } = response.headers
  const answer = {
    ...(id === undefined ? {} : { id }),
    status,
    headers: { ...(etag === undefined ? {} : { etag }), ...(location === undefined ? {} : { location }) },
    body: told,
  }
  return { answer, bytes: response.rawPayload.length }
}

/** What a reader of URLs would make something else of, such as `/v1/../admin`. */
const requirePlainPath = (path: string, index: number): void => {
  const url = URL.parse(path, 'http://batch.invalid')
  if (url !== null && url.host === 'batch.invalid' && url.pathname + url.search === path) return
  throw invalidField(
    `calls.${index}.path`,
    'invalid_path',
    'Give the path as it is, without detours or a fragment.',
  )
}

const ofCaller = ({ headers }: FastifyRequest): Record<string, string | string[]> =>
  Object.fromEntries(
    callersHeaders.flatMap((name) => {
      const value = headers[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )

type Fault = { code?: string; message?: string; errors?: { path: string; code: string; message: string }[] }

/** The call's own answer, saying which call it was. */
const failureOf = (
  { method, path }: Call,
  index: number,
  status: number,
  { code = 'CALL_FAILED', message = 'The call failed.', errors = [] }: Fault = {},
  retryAfter: unknown,
) =>
  new AppError(status, code, `Call ${index}, ${method} ${path}: ${message} Nothing was done.`, {
    errors: [
      { path: `calls.${index}`, code, message },
      ...errors.map((fault) => ({ ...fault, path: `calls.${index}.${fault.path}` })),
    ],
    ...(retryAfter === undefined ? {} : { retryAfterSeconds: Number(retryAfter) }),
  })
