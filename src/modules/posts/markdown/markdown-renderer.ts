import { LRUCache } from 'lru-cache'
import { Piscina } from 'piscina'
import { boundedTurns } from '../../../platform/bounded-turns.ts'
import { unavailable } from '../../../platform/errors.ts'
import type { RenderedMarkdown } from './render-markdown.ts'

const retryAfterSeconds = 2
/** Several times what the worst body takes that we know of. */
const defaultTimeoutMs = 5_000
const maxWaiting = 200
const threadHeapMb = 256
const cachedCharacters = 16 * 1024 * 1024

/** Thrown for Markdown that takes more time or memory than any writing does. */
export class TooComplex extends Error {}

/**
 * Renders Markdown on a thread of its own, so that no body, however odd, holds up other requests; the thread that is late
 * is ended. What was rendered lately is kept: the same Markdown gives the same HTML.
 */
export class MarkdownRenderer {
  readonly #timeoutMs: number
  readonly #pool: Piscina<string, RenderedMarkdown>
  readonly #inTurn = boundedTurns('renderer', { atOnce: 1, maxWaiting })
  readonly #closing = new AbortController()
  readonly #cache = new LRUCache<string, RenderedMarkdown>({
    maxSize: cachedCharacters,
    sizeCalculation: ({ html, text }, source) => source.length + html.length + text.length + 1,
  })

  constructor({ timeoutMs = defaultTimeoutMs }: { timeoutMs?: number } = {}) {
    this.#timeoutMs = timeoutMs
    this.#pool = new Piscina<string, RenderedMarkdown>({
      filename: new URL('./markdown-thread.ts', import.meta.url).href,
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: 60_000,
      resourceLimits: { maxOldGenerationSizeMb: threadHeapMb },
    })
    // A thread that dies with a body rejects that body; one that dies without must not take the process along.
    this.#pool.on('error', () => {})
  }

  /** @throws TooComplex; 503 when too many wait */
  async render(source: string): Promise<RenderedMarkdown> {
    const known = this.#cache.get(source)
    if (known !== undefined) return known
    const rendered = await this.#inTurn(() => this.#renderNow(source))
    this.#cache.set(source, rendered)
    return rendered
  }

  async #renderNow(source: string): Promise<RenderedMarkdown> {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), this.#timeoutMs)
    try {
      return await this.#pool.run(source, { signal: AbortSignal.any([late.signal, this.#closing.signal]) })
    } catch (error) {
      if (this.#closing.signal.aborted) throw unavailable('renderer', retryAfterSeconds, error)
      throw new TooComplex('The Markdown could not be rendered.', { cause: error })
    } finally {
      clearTimeout(timer)
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#pool.destroy()
  }
}
