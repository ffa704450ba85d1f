import { FollowedTopic } from './followed-topic.ts'
import type { RealtimeMessage } from './generated/operations.ts'
import { type Connection, keepSocket, type Say } from './realtime-socket.ts'

/** The topics that are followed over one socket, which is there while there are any. */
export class Subscriptions {
  readonly #connection: Connection
  readonly #onConnection: (isConnected: boolean) => void
  readonly #topics = new Map<string, FollowedTopic>()
  /** How many answers to `unsubscribe` are still to come. */
  readonly #leaving = new Map<string, number>()
  #say: Say | undefined
  #wanted: AbortController | undefined

  constructor(connection: Connection, onConnection: (isConnected: boolean) => void) {
    this.#connection = connection
    this.#onConnection = onConnection
  }

  has(name: string): boolean {
    return this.#topics.has(name)
  }

  open(name: string, after: number | 'latest'): FollowedTopic {
    const topic = new FollowedTopic(name, after, {
      subscribe: (from) => this.#say?.({ type: 'subscribe', topic: name, after: from }),
      unsubscribe: () => this.#unsubscribe(name),
    })
    this.#topics.set(name, topic)
    if (this.#wanted === undefined) this.#connect()
    else if (this.#say !== undefined) topic.connected()
    return topic
  }

  leave(topic: FollowedTopic): void {
    if (this.#topics.get(topic.name) !== topic) return
    this.#unsubscribe(topic.name)
    this.#forget(topic)
  }

  close(): void {
    for (const topic of this.#topics.values()) {
      topic.drop(undefined)
      this.leave(topic)
    }
  }

  #unsubscribe(name: string) {
    if (this.#say === undefined) return
    this.#leaving.set(name, (this.#leaving.get(name) ?? 0) + 1)
    this.#say({ type: 'unsubscribe', topic: name })
  }

  #connect() {
    const wanted = new AbortController()
    this.#wanted = wanted
    keepSocket(this.#connection, {
      signal: wanted.signal,
      onOpen: (say) => this.#opened(say),
      onMessage: (message) => this.#hear(message),
      onLost: () => this.#lost(),
    }).catch((error: unknown) => {
      if (wanted.signal.aborted) return
      for (const topic of this.#topics.values()) {
        topic.end(error)
        this.#forget(topic)
      }
    })
  }

  #opened(say: Say) {
    this.#say = say
    for (const topic of this.#topics.values()) topic.connected()
    this.#onConnection(true)
  }

  #lost() {
    if (this.#say === undefined) return
    this.#say = undefined
    this.#leaving.clear()
    for (const topic of this.#topics.values()) topic.lost()
    this.#onConnection(false)
  }

  #hear(message: RealtimeMessage) {
    if (!('topic' in message) || message.topic === undefined) return
    const left = this.#leaving.get(message.topic) ?? 0
    const topic = this.#topics.get(message.topic)
    if (message.type === 'unsubscribed') {
      if (left > 1) this.#leaving.set(message.topic, left - 1)
      else this.#leaving.delete(message.topic)
    } else if (left === 0 && topic?.hear(message) === false) {
      // Before the last `unsubscribed` comes what was told while it was on its way.
      this.#forget(topic)
    }
  }

  #forget(topic: FollowedTopic) {
    topic.lost()
    this.#topics.delete(topic.name)
    if (this.#topics.size > 0) return
    this.#wanted?.abort()
    this.#wanted = undefined
    this.#lost()
  }
}
