import { setTimeout as delay } from 'node:timers/promises'

const requestTimeoutMs = 5_000
const pauseMs = 50

/** Clients without an account that get posts and lists of posts, through every process in turn. */
export class Readers {
  reads = 0
  errors = 0
  /** How often each answer other than 200 came; `none` counts requests without an answer. */
  readonly refusals = new Map<string, number>()
  readonly #running: Promise<void>[]
  #stopped = false

  /** `postIds` are posts that were there before: every one must be found. */
  constructor(origins: string[], postIds: string[], count: number) {
    const paths = postIds.flatMap((id) => [`/v1/posts/${id}`, '/v1/posts?limit=20'])
    const urls = paths.flatMap((path) => origins.map((origin) => origin + path))
    this.#running = Array.from({ length: count }, (_, reader) => this.#read(urls, reader))
  }

  async #read(urls: string[], reader: number) {
    for (let at = reader; !this.#stopped; at += 1) {
      const status = await get(urls[at % urls.length] ?? '')
      this.reads += 1
      if (status !== '200') {
        this.errors += 1
        this.refusals.set(status, (this.refusals.get(status) ?? 0) + 1)
      }
      await delay(2 * pauseMs * Math.random())
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#running)
  }
}

const get = async (url: string): Promise<string> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(requestTimeoutMs) })
    await response.arrayBuffer()
    return `${response.status}`
  } catch {
    return 'none'
  }
}
