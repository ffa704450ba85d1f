import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { GapClock } from './gap-clock.ts'

export type AcknowledgedPost = { id: string; title: string }

const requestTimeoutMs = 10_000
const pauseMs = 100
/** Shorter than `Retry-After` asks for, so that the gap that is measured is the server's and not the clients'. */
const repeatAfterMs = 200
const givenUpAfterMs = 60_000

const created = z.object({ data: z.object({ id: z.string() }) })

/**
 * Clients that each publish one post after the other, through every process in turn. A request that failed or was not answered
 * is repeated with the same Idempotency-Key until it is acknowledged.
 */
export class Writers {
  readonly gaps = new GapClock()
  readonly acknowledged: AcknowledgedPost[] = []
  /** How often each answer other than 201 came; `none` counts requests without an answer. */
  readonly refusals = new Map<string, number>()
  readonly #origins: string[]
  readonly #tokens: string[]
  readonly #running: Promise<void>[]
  #stopped = false

  constructor(origins: string[], tokens: string[], count: number) {
    this.#origins = origins
    this.#tokens = tokens
    this.#running = Array.from({ length: count }, (_, writer) => this.#write(writer))
  }

  async #write(writer: number) {
    for (let n = 0; !this.#stopped; n += 1) {
      const title = `Writer ${writer}, post ${n}, ${randomUUID()}`
      const id = await this.#publish(writer, title)
      if (id === undefined) return
      this.gaps.mark()
      this.acknowledged.push({ id, title })
      // Random, so that they do not write in step.
      await delay(2 * pauseMs * Math.random())
    }
  }

  /** The post's id, or undefined after a minute without. */
  async #publish(writer: number, title: string): Promise<string | undefined> {
    const headers = {
      authorization: `Bearer ${this.#tokens[writer % this.#tokens.length]}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    }
    const body = JSON.stringify({ title, body: 'Written while servers die.', status: 'published' })
    const deadline = performance.now() + givenUpAfterMs
    for (let attempt = writer; performance.now() < deadline; attempt += 1) {
      const url = `${this.#origins[attempt % this.#origins.length]}/v1/posts`
      const answer = await post(url, headers, body)
      if (answer.status === '201') return answer.id
      this.refusals.set(answer.status, (this.refusals.get(answer.status) ?? 0) + 1)
      await delay(repeatAfterMs)
    }
    return undefined
  }

  /** Resolves when what was begun is acknowledged. */
  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#running)
  }
}

const post = async (
  url: string,
  headers: Record<string, string>,
  body: string,
): Promise<{ status: '201'; id: string } | { status: string; id?: never }> => {
  try {
    const signal = AbortSignal.timeout(requestTimeoutMs)
    const response = await fetch(url, { method: 'POST', headers, body, signal })
    const answer: unknown = await response.json()
    if (response.status !== 201) return { status: `${response.status}` }
    return { status: '201', id: created.parse(answer).data.id }
  } catch {
    return { status: 'none' }
  }
}
