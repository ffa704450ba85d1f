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
/** To hand a short body over takes as long as to render it, so those that wait go together. The worst take 0.1 s each. */
const mostTogether = 16
const longestTogether = 4 * 1024

/** Thrown for Markdown that takes more time or memory than any writing does. */
export class TooComplex extends Error {}

/**
 * Renders Markdown on a thread of its own, so that no body, however odd, holds up other requests; the thread that is late
 * is ended. What was rendered lately is kept: the same Markdown gives the same HTML.
 */
export class MarkdownRenderer {
  readonly #timeoutMs: number
  readonly #pool: Piscina<string[], RenderedMarkdown[]>
  readonly #inTurn = boundedTurns('renderer', { atOnce: 1, maxWaiting })
  readonly #waiting = new Set<string>()
  readonly #closing = new AbortController()
  readonly #cache = new LRUCache<string, RenderedMarkdown>({
    maxSize: cachedCharacters,
    sizeCalculation: ({ html, text }, source) => source.length + html.length + text.length + 1,
  })

  constructor({ timeoutMs = defaultTimeoutMs }: { timeoutMs?: number } = {}) {
    this.#timeoutMs = timeoutMs
    this.#pool = new Piscina<string[], RenderedMarkdown[]>({
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
    this.#waiting.add(source)
    try {
      // Another one may have taken this source along meanwhile.
      return await this.#inTurn(async () => this.#cache.get(source) ?? (await this.#renderWithOthers(source)))
    } finally {
      this.#waiting.delete(source)
    }
  }

  async #renderWithOthers(source: string): Promise<RenderedMarkdown> {
    const sources = [source, ...this.#shortOthers(source)]
    try {
      return await this.#renderNow(sources)
    } catch (error) {
      // It may be the fault of another one.
      if (sources.length === 1 || !(error instanceof TooComplex)) throw error
      return this.#renderNow([source])
    }
  }

  #shortOthers(source: string): string[] {
    if (source.length > longestTogether) return []
    const isOther = (other: string) => other !== source && other.length <= longestTogether
    return [...this.#waiting].filter(isOther).slice(0, mostTogether - 1)
  }

  /** Remembers all and gives the first. */
  async #renderNow(sources: string[]): Promise<RenderedMarkdown> {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), this.#timeoutMs)
    try {
      const signal = AbortSignal.any([late.signal, this.#closing.signal])
      const all = await this.#pool.run(sources, { signal })
      for (const [at, rendered] of all.entries()) this.#cache.set(sources[at] ?? '', rendered)
      const [first] = all
      if (first === undefined) throw new Error('The thread gave nothing back')
      return first
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
