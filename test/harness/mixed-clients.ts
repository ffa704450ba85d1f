import { randomUUID } from 'node:crypto'
import http from 'node:http'
import https from 'node:https'
import { setTimeout as delay } from 'node:timers/promises'

type Options = {
  /** `http` or `https`. */
  origin: string
  /** Whom to trust, with TLS. */
  ca?: Buffer
  connections: number
  token: string
  /** Of a published post. */
  postId: string
}

/** With the many connections that the clients of a test keep it is the number of these that matters, not that of requests. */
const longestPauseMs = 18_000
const requestTimeoutMs = 20_000
/** One of so many requests writes. */
const writeEvery = 5

/**
 * Clients that each keep one connection of their own and ask the next thing on it when they have the answer and have paused for a
 * random time: reads with and without an account, and posts that nobody else writes. None of them tries anything again.
 */
export class MixedClients {
  /** Titles of the posts whose writing was acknowledged. */
  readonly written: string[] = []
  readonly latenciesMs: number[] = []
  readonly failures: string[] = []
  readonly #options: Options
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>[]
  #opened = 0

  constructor(options: Options) {
    this.#options = options
    this.#running = Array.from({ length: options.connections }, (_, client) => this.#askOften(client))
  }

  /** Connections that were opened so far: one for each client, unless some were closed under them. */
  get opened(): number {
    return this.#opened
  }

  async #askOften(client: number) {
    const { origin, ca } = this.#options
    const options = { keepAlive: true, maxSockets: 1 }
    const agent = origin.startsWith('https') ? new https.Agent({ ...options, ca }) : new http.Agent(options)
    await this.#pause()
    for (let asked = client; !this.#stopping.signal.aborted; asked += 1) {
      const startedAt = performance.now()
      if (asked % writeEvery === 0) await this.#write(agent)
      else await this.#read(agent, asked)
      this.latenciesMs.push(performance.now() - startedAt)
      await this.#pause()
    }
    agent.destroy()
  }

  #pause() {
    const { signal } = this.#stopping
    return delay(longestPauseMs * Math.random(), undefined, { signal }).catch(() => undefined)
  }

  async #read(agent: http.Agent, asked: number) {
    const paths = ['/v1/posts?limit=10', `/v1/posts/${this.#options.postId}`, '/v1/auth/me']
    await this.#ask(agent, { method: 'GET', path: paths[asked % paths.length] ?? '', expected: 200 })
  }

  async #write(agent: http.Agent) {
    const title = `Written during a restart, ${randomUUID()}`
    const body = JSON.stringify({ title, body: 'Nobody noticed.', status: 'published' })
    if (await this.#ask(agent, { method: 'POST', path: '/v1/posts', expected: 201, body }))
      this.written.push(title)
  }

  #ask(
    agent: http.Agent,
    { method, path, expected, body = '' }: { method: string; path: string; expected: number; body?: string },
  ): Promise<boolean> {
    const headers = {
      authorization: `Bearer ${this.#options.token}`,
      ...(body === ''
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    }
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const fail = (why: string) => {
      this.failures.push(`${method} ${path}: ${why}`)
      resolve(false)
    }
    const signal = AbortSignal.timeout(requestTimeoutMs)
    const { request: open } = this.#options.origin.startsWith('https') ? https : http
    const request = open(this.#options.origin + path, { method, agent, headers, signal })
    request.once('socket', () => {
      if (!request.reusedSocket) this.#opened += 1
    })
    request.once('response', (response) => {
      response.once('error', (error) => fail(error.message))
      response.once('end', () =>
        response.statusCode === expected ? resolve(true) : fail(`${response.statusCode}`),
      )
      response.resume()
    })
    request.once('error', (error) => fail(error.message))
    request.end(body)
    return promise
  }

  /** Resolves when what was asked is answered. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all(this.#running)
  }
}
