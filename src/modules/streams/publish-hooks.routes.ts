import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { attemptLimit, takeAttempt } from '../../platform/attempt-limit.ts'
import { isInfrastructureError } from '../../platform/database/infrastructure-error.ts'
import { AppError, forbidden } from '../../platform/errors.ts'
import type { App } from '../../platform/http/http-server.ts'
import { addressKey } from '../../platform/http/pipeline.ts'
import { type ClaimDeps, claimStream } from './claim-stream.ts'
import { endExternalStream, keepExternalStream } from './external-streams.ts'
import { maxHookBytes, type PublishHook, publishHookBody, readForm } from './publish-hooks.schema.ts'

const schema = { tags: ['live'], body: publishHookBody, response: { 204: z.null() } }
const config = { access: 'public' } as const

/** nginx-rtmp tells of players too, who are no publishers. */
const playerCall = /play/

/**
 * What a server in front that takes feeds itself asks and tells, in the way of nginx-rtmp-module's `on_publish`,
 * `on_publish_done` and `on_update`. Whoever knows a stream key may; any answer but 2xx makes that server turn the
 * publisher away.
 */
export const publishHookRoutes = (deps: ClaimDeps) => async (app: App) => {
  app.addContentTypeParser<string>(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: maxHookBytes },
    (_request, body, done) => done(null, readForm(body)),
  )
  const guess = guessing()

  app.post(
    '/streams/on_publish',
    {
      schema: {
        ...schema,
        summary: 'Ask whether a publisher may begin',
        description: 'For `on_publish` of nginx-rtmp. Only a 2xx lets the publisher in.',
      },
      config,
      bodyLimit: maxHookBytes,
    },
    async (request, reply) => {
      const { name: streamKey, addr, flashver } = request.body
      const publisher = { address: addr, encoder: flashver, processId: null, takesOver: false }
      await guess(request, request.body, () => claimStream(deps, { streamKey, ...publisher }))
      return reply.status(204).send(null)
    },
  )

  app.post(
    '/streams/on_publish_done',
    {
      schema: {
        ...schema,
        summary: 'Tell that a publisher has ended',
        description: 'For `on_publish_done` of nginx-rtmp: the stream ends at once.',
      },
      config,
      bodyLimit: maxHookBytes,
    },
    async (request, reply) => {
      await guess(request, request.body, () => endExternalStream(deps, request.body.name))
      return reply.status(204).send(null)
    },
  )

  app.post(
    '/streams/on_update',
    {
      schema: {
        ...schema,
        summary: 'Tell that a publisher is there',
        description:
          'For `on_update` of nginx-rtmp: any answer but a 2xx drops the publisher, such as after its stream ' +
          'key was changed.',
      },
      config,
      bodyLimit: maxHookBytes,
    },
    async (request, reply) => {
      if (playerCall.test(request.body.call ?? '')) return reply.status(204).send(null)
      const isKept = await guess(request, request.body, () => keepUnlessUnknown(deps, request.body.name))
      if (!isKept) throw forbidden('This stream has ended.', 'STREAM_ENDED')
      return reply.status(204).send(null)
    },
  )
}

/** While the database is away nothing is known, and nobody is to be thrown off the air for that. */
const keepUnlessUnknown = (deps: ClaimDeps, streamKey: string): Promise<boolean> =>
  keepExternalStream(deps, streamKey).catch((error: unknown) => {
    if (isInfrastructureError(error)) return true
    throw error
  })

/**
 * Counts wrong keys against the publisher that a server tells of, and against the server itself, which may tell anything;
 * many publishers come by one server.
 */
const guessing = () => {
  const byPublisher = attemptLimit({ burst: 10, refillMs: 10_000 })
  const byServer = attemptLimit({ burst: 1_000, refillMs: 100 })
  return async <T>(request: FastifyRequest, { addr }: PublishHook, work: () => Promise<T>): Promise<T> => {
    const server = addressKey(request.ip)
    const giveBack = await takeAttempt([byPublisher, `${server} ${addr ?? ''}`], [byServer, server])
    try {
      const answer = await work()
      giveBack()
      return answer
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'STREAM_KEY_UNKNOWN') giveBack()
      throw asRefusal(error)
    }
  }
}

/** A server in front is to hear a refusal as one. */
const asRefusal = (error: unknown): unknown =>
  error instanceof AppError && (error.status === 404 || error.status === 409)
    ? forbidden(error.message, error.code)
    : error
