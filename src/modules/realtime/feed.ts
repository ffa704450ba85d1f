import type { Notifications } from '../../platform/events/notifications.ts'

export type FeedEvent = { seq: number; event: string; data: Record<string, unknown>; at: string }

/** A kind of numbered sequences that stand in a table, one for each key, which only grow at their end. */
export type FeedSource = {
  name: string
  /** Where the keys of those that have grown are told. */
  channel: string
  /** The events after number `after`, oldest first, `feedPage` at most. */
  readPage: (key: string, after: number) => Promise<FeedEvent[]>
  /** The newest number of each; those that are no more are missing. */
  readHeads: (keys: string[]) => Promise<Map<string, number>>
}

export const feedPage = 200
/** Half a minute of comparisons: by then a replica shows what is there, and the rest was removed with its age. */
const mostLooks = 10

/** Who follows a sequence from `seq` on. */
export type Follower = {
  seq: number
  tell: (event: FeedEvent) => void
  /** The sequence is no more. */
  end: () => void
  /** Resolves when what was told has left this process. */
  flushed: () => Promise<void>
  signal: AbortSignal
}

/**
 * One sequence and all who follow it in this process: what is new is read once for all of them. Each has his own number, and is told
 * only what comes after it, so that nothing is told twice or left out however reading and joining overlap.
 */
export class Feed {
  readonly source: FeedSource
  readonly key: string
  readonly #live = new Set<Follower>()
  readonly #unsubscribe: () => void
  readonly #onError: (error: unknown) => void
  /** Up to where those in `#live` have been told. */
  #seq = 0
  /** What the table said last, and how often has been read since. */
  #head = 0
  #looks = 0
  #hints = 0
  #isReading = false

  constructor(
    notifications: Notifications,
    source: FeedSource,
    key: string,
    onError: (error: unknown) => void,
  ) {
    this.source = source
    this.key = key
    this.#onError = onError
    // Subscribed before the first read: what happens in between is not missed.
    this.#unsubscribe = notifications.subscribe(source.channel, () => this.#hint(), key)
  }

  /** Tells what the follower has not seen, page by page as fast as he reads, then lets him hear with the others. */
  async join(follower: Follower): Promise<void> {
    const { signal } = follower
    while (!signal.aborted) {
      const [hints, seq] = [this.#hints, this.#seq]
      const page = await this.source.readPage(this.key, follower.seq)
      for (const event of page) tell(follower, event)
      await follower.flushed()
      // Whoever was told more meanwhile may know what this page does not have yet.
      if (page.length === feedPage || hints !== this.#hints || seq !== this.#seq) continue
      if (signal.aborted) return
      if (this.#live.size === 0) this.#seq = follower.seq
      this.#live.add(follower)
      signal.addEventListener('abort', () => this.#live.delete(follower), { once: true })
      return
    }
  }

  /** Compares with what the table says, as hints can be lost. */
  seen(head: number | undefined) {
    if (head === undefined) for (const follower of [...this.#live]) follower.end()
    else if (head > this.#seq) this.#look(head)
  }

  #look(head: number) {
    if (head !== this.#head) this.#looks = 0
    this.#head = head
    if (this.#looks < mostLooks) this.#hint()
  }

  #hint() {
    this.#hints += 1
    if (!this.#isReading) void this.#read().catch(this.#onError)
  }

  async #read() {
    this.#isReading = true
    try {
      let hints: number
      let page: FeedEvent[] = []
      do {
        if (this.#live.size === 0) return
        hints = this.#hints
        page = await this.source.readPage(this.key, this.#seq)
        for (const event of page) {
          this.#seq = event.seq
          for (const follower of this.#live) tell(follower, event)
        }
      } while (page.length === feedPage || hints !== this.#hints)
      // A read that failed is none: what it was for is looked for again.
      this.#looks += 1
    } finally {
      this.#isReading = false
    }
  }

  close() {
    this.#unsubscribe()
  }
}

const tell = (follower: Follower, event: FeedEvent) => {
  if (event.seq <= follower.seq || follower.signal.aborted) return
  follower.seq = event.seq
  follower.tell(event)
}
