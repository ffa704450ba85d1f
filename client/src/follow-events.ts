import { BacklotError } from './backlot-error.ts'
import type { Input, Options, Route, StreamEvent } from './calls.ts'
import { pause } from './pause.ts'
import { backoffMs, isPassing } from './retry.ts'
import type { Sender } from './send.ts'
import { chunksOf, readFrames } from './server-sent-events.ts'

/** The server gives a sign of life every few seconds. */
const longestSilenceMs = 30_000
const firstReconnectMs = 1_000
/** A server that is away for longer is not waited for. */
const givesUpAfterMs = 120_000

/**
 * Yields the events of a stream. When it breaks off it goes on behind the last event that came, so none is missed and none
 * comes twice. Ends when the server says that all has been told.
 */
export async function* followEvents<Data>(
  send: Sender,
  route: Route,
  input: Input,
  options: Options = {},
): AsyncGenerator<StreamEvent<Data>, void> {
  const silenceMs = options.timeoutMs ?? longestSilenceMs
  let lastId = options.headers?.['last-event-id']
  let reconnectMs = firstReconnectMs
  let heardAt = Date.now()
  for (let failures = 0; ; ) {
    let isFresh = false
    const headers = { ...options.headers, ...(lastId === undefined ? {} : { 'last-event-id': lastId }) }
    try {
      const body = await send(
        route,
        input,
        { ...options, headers: { ...headers, accept: 'text/event-stream' } },
        bodyOf,
      )
      if (body === undefined) return
      for await (const frame of readFrames(chunksOf(body, silenceMs))) {
        heardAt = Date.now()
        failures = 0
        if (frame.kind === 'retry') reconnectMs = frame.ms
        if (frame.kind !== 'event') continue
        lastId = frame.id ?? lastId
        isFresh = true
        yield { id: lastId ?? '', event: frame.event, data: JSON.parse(frame.data) }
      }
    } catch (error) {
      options.signal?.throwIfAborted()
      const mayPass = error instanceof BacklotError && isPassing(error)
      if (!mayPass || Date.now() - heardAt > givesUpAfterMs) throw error
      failures += 1
    }
    // Where something came there may be more, or the word that this was all.
    if (isFresh && failures === 0) continue
    await pause(failures === 0 ? reconnectMs : Math.max(reconnectMs, backoffMs(failures)), options.signal)
  }
}

/** Undefined when all has been told: a 204. */
const bodyOf = async ({ status, body }: Response) => (status === 204 || body === null ? undefined : body)
