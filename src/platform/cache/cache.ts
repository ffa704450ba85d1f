import { LRUCache } from 'lru-cache'
import type { Notifications } from '../events/notifications.ts'

/** Tells the tags of what has changed: `user:<id>`, `session:<id>`. */
export const cacheChannel = 'backlot_cache'
const maxEntries = 20_000
const timeToLiveMs = 30_000

type Entry = { value: unknown; tags: readonly string[] }
type Load = { promise: Promise<unknown>; tags: readonly string[]; stale: boolean }

/**
 * The first-level cache: values in this process for 30 seconds at most, dropped by tag in every process as soon as one
 * says that the thing behind the tag has changed. Concurrent misses of one key share one load. While notifications
 * may be missed nothing is remembered, so that a logout in another process is never overlooked.
 *
 * Keys and tags carry the owner (`session:<id>`, `user:<id>`): no entry serves two users.
 */
export class Cache {
  readonly #notifications: Notifications
  readonly #entries = new LRUCache<string, Entry>({
    max: maxEntries,
    ttl: timeToLiveMs,
    dispose: ({ tags }, key) => this.#untag(key, tags),
  })
  readonly #keysByTag = new Map<string, Set<string>>()
  readonly #loads = new Map<string, Load>()
  readonly #unsubscribe: (() => void)[]

  constructor(notifications: Notifications) {
    this.#notifications = notifications
    this.#unsubscribe = [
      notifications.subscribe(cacheChannel, (tag) => this.#drop(tag)),
      notifications.onGap('lost', () => this.#dropAll()),
      notifications.onGap('restored', () => this.#dropAll()),
    ]
  }

  /** The cached value of `key`, or what `load` gives. `tags` name the things that the value depends on. */
  async get<T>(key: string, tags: readonly string[], load: () => Promise<T>): Promise<T> {
    const entry = this.#entries.get(key)
    if (entry !== undefined) return entry.value as T
    const running = this.#loads.get(key)
    if (running !== undefined && !running.stale) return (await running.promise) as T
    return this.#load(key, tags, load)
  }

  async #load<T>(key: string, tags: readonly string[], load: () => Promise<T>): Promise<T> {
    const promise = load()
    const current: Load = { promise, tags, stale: !this.#notifications.connected }
    this.#loads.set(key, current)
    try {
      const value = await promise
      if (!current.stale) this.#remember(key, { value, tags })
      return value
    } finally {
      if (this.#loads.get(key) === current) this.#loads.delete(key)
    }
  }

  #remember(key: string, entry: Entry) {
    this.#entries.set(key, entry)
    for (const tag of entry.tags) {
      const keys = this.#keysByTag.get(tag) ?? new Set()
      keys.add(key)
      this.#keysByTag.set(tag, keys)
    }
  }

  #untag(key: string, tags: readonly string[]) {
    for (const tag of tags) {
      const keys = this.#keysByTag.get(tag)
      keys?.delete(key)
      if (keys?.size === 0) this.#keysByTag.delete(tag)
    }
  }

  /** Drops everything that carries `tag`, here at once and in other processes within milliseconds. Call it after the commit. */
  invalidate(tag: string): void {
    this.#drop(tag)
    this.#notifications.notify(cacheChannel, tag)
  }

  #drop(tag: string) {
    for (const key of this.#keysByTag.get(tag) ?? []) this.#entries.delete(key)
    // What was read before the change must not be remembered after it.
    for (const load of this.#loads.values()) if (load.tags.includes(tag)) load.stale = true
  }

  #dropAll() {
    this.#entries.clear()
    for (const load of this.#loads.values()) load.stale = true
  }

  close() {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    this.#dropAll()
  }
}
