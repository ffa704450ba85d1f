import { BacklotError } from './backlot-error.ts'
import type { FollowedTopic, ToldEvent } from './followed-topic.ts'
import type { JobEvent, LiveEvent } from './generated/operations.ts'
import type { Connection } from './realtime-socket.ts'
import { Subscriptions } from './subscriptions.ts'

export type Topic = `${'jobs' | 'generations' | 'projects'}/${string}` | 'notifications'

type DataOf<Followed extends Topic> = Followed extends `${'jobs' | 'generations'}/${string}`
  ? Omit<JobEvent, 'seq' | 'at'>
  : Followed extends `projects/${string}`
    ? LiveEvent['data'] & Pick<LiveEvent, 'streamId' | 'destinationId'>
    : Record<string, unknown>

/** `seq` numbers the events of a topic: give the last one that you have seen as `after`, to go on behind it. */
export type RealtimeEvent<Followed extends Topic = Topic> = Omit<ToldEvent, 'topic' | 'data'> & {
  topic: Followed
  data: DataOf<Followed>
}

export type RealtimeOptions = {
  /** Told when the server is there and who speaks is known, and when that is lost, until it is there again. */
  onConnection?: (isConnected: boolean) => void
}

export type FollowOptions = {
  /** The number of the last event that was seen; 0, which is when it is left out, tells all that are kept. */
  after?: number | 'latest'
  /** Ends the loop with its reason. */
  signal?: AbortSignal
}

export type Realtime = {
  /**
   * The events of a topic, in order, each once, over cuts of the connection and restarts of the server. Ends when there is
   * nothing to follow any more, and with `close()`. Followed from the call on, not from the first event that is taken.
   * @throws {BacklotError} what the server refuses; that nobody is signed in; that this already follows the topic
   */
  follow: <Followed extends Topic>(
    topic: Followed,
    options?: FollowOptions,
  ) => AsyncGenerator<RealtimeEvent<Followed>, void>
  /** Ends all loops and the connection. */
  close: () => void
}

export const createRealtime = (
  { url, ...connection }: Connection,
  { onConnection = () => undefined }: RealtimeOptions = {},
): Realtime => {
  if (typeof WebSocket !== 'function')
    throw new BacklotError(
      'NO_WEBSOCKET',
      'This needs a WebSocket: browsers have it, and Node.js from 22 on.',
    )
  const address = `${url.replace(/^http/, 'ws').replace(/\/+$/, '')}/v1/realtime`
  const subscriptions = new Subscriptions({ ...connection, url: address }, onConnection)

  return {
    follow: (name, { after = 0, signal } = {}) => {
      signal?.throwIfAborted()
      if (subscriptions.has(name))
        throw new BacklotError('ALREADY_SUBSCRIBED', `This follows ${name} already.`)
      const topic = subscriptions.open(name, after)
      const stop = () => {
        topic.drop(signal?.reason)
        subscriptions.leave(topic)
      }
      signal?.addEventListener('abort', stop, { once: true })
      return eventsOf(topic, () => {
        signal?.removeEventListener('abort', stop)
        subscriptions.leave(topic)
      })
    },
    close: () => subscriptions.close(),
  }
}

async function* eventsOf<Followed extends Topic>(
  topic: FollowedTopic,
  leave: () => void,
): AsyncGenerator<RealtimeEvent<Followed>, void> {
  try {
    for (let event = await topic.take(); event !== undefined; event = await topic.take()) {
      // What the events of a topic hold follows from its name.
      yield event as RealtimeEvent<Followed>
    }
  } finally {
    leave()
  }
}
