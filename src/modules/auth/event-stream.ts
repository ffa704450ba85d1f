import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { AppError } from '../../platform/errors.ts'
import { parallelLimit } from './parallel-limit.ts'
import { type Actor, can, type Permission } from './permissions.ts'

export type EventStreamGuard = {
  /** Aborted when this process drains: streams end, and clients resume them elsewhere. */
  draining: AbortSignal
  /** The actor as he is now, while his session lives. Asked again and again while a stream lasts. */
  findActorNow: (actor: Actor) => Promise<Actor | undefined>
}

export type EventSource<Event> = {
  actor: Actor
  /** What the actor must be able to do to a thing of `ownerId`, as long as the stream lasts. */
  permission: Permission
  ownerId: string | null
  /** The events from where the client left off, and `undefined` for each silence. Ends when `signal` aborts. */
  follow: (signal: AbortSignal) => AsyncIterable<Event | undefined>
  /** One event as a client sees it; `data` is sent as JSON. */
  view: (event: Event) => { id: number; event: string; data: unknown }
}

const mostStreams = 5_000
const mostStreamsOfUser = 50
/** After a stream has lasted this long the client reconnects, with a token that is checked anew. */
const longestStreamMs = 60 * 60_000
const reconnectAfterMs = 1_000
/** A logout, or a role that may no longer read the thing, ends a stream within this time and a silence. */
const checkActorEveryMs = 2_500

/** The headers of a request for a stream. */
export const eventHeaders = z.object({
  'last-event-id': z
    .string()
    .regex(/^\d{1,9}$/)
    .optional()
    .describe('The newest event that the client has seen.'),
})

/**
 * Answers with Server-Sent Events (WHATWG HTML, 9.2) to who may read them, so many at a time and to each user.
 * @throws 429 and 503 when too many are open
 */
export const createEventStreams = (guard: EventStreamGuard) => {
  let open = 0
  const ofUser = parallelLimit(mostStreamsOfUser)
  return <Event>(reply: FastifyReply, source: EventSource<Event>) => {
    if (open >= mostStreams)
      throw new AppError(503, 'TOO_MANY_STREAMS', 'Too many streams are open.', { retryAfterSeconds: 5 })
    const end = ofUser.begin(source.actor.userId)
    open += 1
    const gone = new AbortController()
    reply.raw.once('close', () => {
      open -= 1
      end()
      gone.abort()
    })
    const signal = AbortSignal.any([gone.signal, guard.draining, AbortSignal.timeout(longestStreamMs)])
    return reply
      .header('content-type', 'text/event-stream; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no')
      .send(Readable.from(frames(guard, source, signal), { highWaterMark: 1 }))
  }
}

/** Frames are made only as fast as the client reads: a slow reader costs one page of events. */
async function* frames<Event>(guard: EventStreamGuard, source: EventSource<Event>, signal: AbortSignal) {
  yield `retry: ${reconnectAfterMs}\n\n`
  let checkedAt = Date.now()
  for await (const event of source.follow(signal)) {
    if (Date.now() - checkedAt >= checkActorEveryMs) {
      const now = await guard.findActorNow(source.actor)
      if (now === undefined || !can(now, source.permission, source.ownerId)) return
      checkedAt = Date.now()
    }
    yield event === undefined ? ': still here\n\n' : frame(source.view(event))
  }
}

const frame = ({ id, event, data }: { id: number; event: string; data: unknown }) =>
  `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
