import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { Notifications } from '../../platform/events/notifications.ts'
import { Feed, type FeedSource, type Follower } from './feed.ts'

/** Hints can be lost; all sequences that somebody follows are compared with their tables this often. */
const compareEveryMs = 3_000
const comparedTogether = 250
/** Between those compared together, so that requests are answered meanwhile. */
const pauseMs = 5

type Followed = { feed: Feed; followers: number }

/** The sequences that somebody in this process follows, each once, however many follow it. */
export class Feeds {
  readonly #notifications: Notifications
  readonly #log: FastifyBaseLogger
  readonly #followed = new Map<string, Followed>()
  readonly #timer: NodeJS.Timeout
  readonly #unsubscribe: () => void
  #comparison: Promise<void> | undefined

  constructor(notifications: Notifications, log: FastifyBaseLogger) {
    this.#notifications = notifications
    this.#log = log
    this.#timer = setInterval(() => this.#compare(), compareEveryMs)
    this.#unsubscribe = notifications.onGap('missed', () => this.#compare())
  }

  /** Follows until the follower's signal aborts. Rejects when what he has not seen cannot be read. */
  async follow(source: FeedSource, key: string, follower: Follower): Promise<void> {
    const name = `${source.name}/${key}`
    const followed = this.#followed.get(name) ?? this.#open(name, source, key)
    followed.followers += 1
    follower.signal.addEventListener(
      'abort',
      () => {
        followed.followers -= 1
        if (followed.followers > 0) return
        followed.feed.close()
        this.#followed.delete(name)
      },
      { once: true },
    )
    await followed.feed.join(follower)
  }

  #open(name: string, source: FeedSource, key: string): Followed {
    const feed = new Feed(this.#notifications, source, key, (error) => this.#warn(error))
    const followed = { feed, followers: 0 }
    this.#followed.set(name, followed)
    return followed
  }

  #compare() {
    this.#comparison ??= this.#compareAll()
      .catch((error: unknown) => this.#warn(error))
      .finally(() => {
        this.#comparison = undefined
      })
  }

  async #compareAll() {
    const feeds = Map.groupBy(
      [...this.#followed.values()].map(({ feed }) => feed),
      ({ source }) => source,
    )
    for (const [source, ofSource] of feeds) {
      for (let first = 0; first < ofSource.length; first += comparedTogether) {
        const some = ofSource.slice(first, first + comparedTogether)
        const heads = await source.readHeads(some.map(({ key }) => key))
        for (const feed of some) feed.seen(heads.get(feed.key))
        await wait(pauseMs)
      }
    }
  }

  #warn(error: unknown) {
    this.#log.warn({ err: error }, 'events not read; they are read again')
  }

  async close() {
    clearInterval(this.#timer)
    this.#unsubscribe()
    await this.#comparison
  }
}
