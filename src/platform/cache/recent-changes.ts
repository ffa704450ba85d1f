import { LRUCache } from 'lru-cache'

const mostTags = 20_000

/**
 * The tags of what has changed lately: so lately that a replica may not show it yet. Where that is not known (at the
 * beginning, after a gap, when there are too many) everything counts as changed.
 */
export class RecentChanges {
  readonly #rememberMs: number
  readonly #changedAtMs: LRUCache<string, number>
  #everythingUntilMs = 0

  constructor(rememberMs: number) {
    this.#rememberMs = rememberMs
    this.#changedAtMs = new LRUCache({
      max: mostTags,
      dispose: (changedAtMs, _tag, reason) => {
        if (reason === 'evict' && this.#isRecent(changedAtMs)) this.addEverything()
      },
    })
    this.addEverything()
  }

  add(tag: string): void {
    this.#changedAtMs.set(tag, performance.now())
  }

  addEverything(): void {
    this.#everythingUntilMs = performance.now() + this.#rememberMs
  }

  hasAny(tags: readonly string[]): boolean {
    return (
      performance.now() < this.#everythingUntilMs ||
      tags.some((tag) => this.#isRecent(this.#changedAtMs.get(tag) ?? Number.NEGATIVE_INFINITY))
    )
  }

  #isRecent(changedAtMs: number): boolean {
    return performance.now() - changedAtMs < this.#rememberMs
  }
}
