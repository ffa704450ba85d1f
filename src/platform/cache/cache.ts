import { sql } from 'drizzle-orm'
import { LRUCache } from 'lru-cache'
import type { Tx } from '../database/database.ts'
import { isInfrastructureError } from '../database/infrastructure-error.ts'
import { fromPrimary } from '../database/replicas/read-scope.ts'
import { deferUntilCommit, isShared } from '../database/shared-transaction.ts'
import type { Notifications } from '../events/notifications.ts'
import { RecentChanges } from './recent-changes.ts'
import type { SharedValues } from './shared-values.ts'

/** Tells the tags of what has changed, such as `user:<id>`, `session:<id>`, `post:<id>`. */
export const cacheChannel = 'backlot_cache'
/** The same for tags that shared values carry, when whoever changed the thing has not told Redis. */
const sharedChannel = 'backlot_cache_shared'
const maxEntries = 20_000
const maxBytes = 64 * 1_024 * 1_024
const maxEntryBytes = 1_024 * 1_024
/** Of values that do not say what they take. */
const assumedEntryBytes = 1_024
const timeToLiveMs = 30_000
/** Beside the lag that is allowed: how old what is known of the lag may be. */
const replicaMarginMs = 3_000

/** How values are kept that are the same for everybody, so that other processes may have them too. */
export type SharedForm<T> = {
  /** How long after its half minute a value is still given, while a new one is loaded in the background. */
  staleForMs: number
  /** What the value takes in memory. One above 1 MiB is not kept. */
  sizeOf: (value: T) => number
  write: (value: T) => string
  /** Undefined for what `write` cannot have written. */
  read: (text: string) => T | undefined
}

export type CacheOptions = {
  shared?: SharedValues | undefined
  /** How far what loads read may be behind, where it may come from replicas. */
  replicaLagMs?: number | undefined
}

type Entry = { value: unknown; tags: readonly string[]; freshUntilMs: number }
type Found<T> = { value: T; freshForMs: number }
/** Stale: what the load finds is for those who wait for it, and for nobody after them. */
type Fate = { tags: readonly string[]; stale: boolean }
type Load = Fate & { found: Promise<Found<unknown>> }

/**
 * The first-level cache: values in this process for 30 seconds at most, dropped by tag in every process as soon as one
 * says that the thing behind the tag has changed. Concurrent misses of one key share one load. While notifications
 * may be missed nothing is remembered, so that a logout in another process is never overlooked.
 *
 * Values with a `SharedForm` are kept in Redis too, where there is one. What guards something, as a session does, has none:
 * it is never taken from there.
 *
 * The key of what belongs to somebody carries its owner (`session:<id>`), so that it serves nobody else.
 */
export class Cache {
  readonly #notifications: Notifications
  readonly #shared: SharedValues | undefined
  readonly #changes: RecentChanges | undefined
  readonly #entries = new LRUCache<string, Entry>({
    max: maxEntries,
    maxSize: maxBytes,
    ttl: timeToLiveMs,
    dispose: ({ tags }, key) => this.#untag(key, tags),
  })
  readonly #keysByTag = new Map<string, Set<string>>()
  readonly #loads = new Map<string, Load>()
  readonly #unsubscribe: (() => void)[]

  constructor(notifications: Notifications, { shared, replicaLagMs }: CacheOptions = {}) {
    this.#notifications = notifications
    this.#shared = shared
    this.#changes = replicaLagMs === undefined ? undefined : new RecentChanges(replicaLagMs + replicaMarginMs)
    this.#unsubscribe = [
      notifications.subscribe(cacheChannel, (tag) => this.#drop(tag)),
      notifications.subscribe(sharedChannel, (tag) => void this.#dropShared(tag)),
      notifications.onGap('lost', () => this.#dropAll()),
      notifications.onGap('restored', () => this.#dropAll()),
    ]
  }

  /**
   * The cached value of `key`, or what `load` gives. `tags` name the things that the value depends on; none of them may have
   * been read before this call. With a `form`, `load` reads from the primary what has changed lately.
   */
  async get<T>(
    key: string,
    tags: readonly string[],
    load: () => Promise<T>,
    form?: SharedForm<T>,
  ): Promise<T> {
    if (!this.#notifications.connected || isShared()) return load()
    const entry = this.#entries.get(key)
    if (entry === undefined) return this.#loadOnce(key, tags, load, form)
    // Whoever gets the stale value has no part in how the load ends.
    if (performance.now() > entry.freshUntilMs) this.#loadOnce(key, tags, load, form).catch(() => undefined)
    return entry.value as T
  }

  async #loadOnce<T>(
    key: string,
    tags: readonly string[],
    load: () => Promise<T>,
    form: SharedForm<T> | undefined,
  ): Promise<T> {
    const running = this.#loads.get(key)
    if (running !== undefined && !running.stale) return (await running.found).value as T
    const fate = { tags, stale: false }
    const finding = form === undefined ? load().then(ofFullLife) : this.#find(key, fate, load, form)
    const current: Load = Object.assign(fate, { found: finding })
    this.#loads.set(key, current)
    try {
      const found = await finding
      if (!current.stale) this.#remember(key, found, tags, form)
      return found.value
    } finally {
      if (this.#loads.get(key) === current) this.#loads.delete(key)
    }
  }

  async #find<T>(key: string, fate: Fate, load: () => Promise<T>, form: SharedForm<T>): Promise<Found<T>> {
    const lookup = await this.#shared?.look(key, fate.tags)
    if (lookup?.found !== undefined) {
      const value = form.read(lookup.found.text)
      if (value !== undefined) return { value, freshForMs: Math.min(lookup.found.remainingMs, timeToLiveMs) }
    }
    // A replica may lag behind a change, but not behind one that is longer ago than any replica may lag.
    const isQuiet = this.#changes?.hasAny(fate.tags) === false
    const value = await (isQuiet ? load() : loadFromPrimary(load, fate))
    // What a replica said is for this process, which will hear of the next change; others may have heard of one already.
    if (lookup !== undefined && !isQuiet && !fate.stale && form.sizeOf(value) <= maxEntryBytes)
      void this.#shared?.store(key, lookup, form.write(value), timeToLiveMs)
    return ofFullLife(value)
  }

  #remember<T>(
    key: string,
    { value, freshForMs }: Found<T>,
    tags: readonly string[],
    form: SharedForm<T> | undefined,
  ) {
    const size = form?.sizeOf(value) ?? assumedEntryBytes
    if (size > maxEntryBytes) return
    const freshUntilMs = performance.now() + freshForMs
    this.#entries.set(key, { value, tags, freshUntilMs }, { size, ttl: freshForMs + (form?.staleForMs ?? 0) })
    for (const tag of tags) {
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

  /**
   * Drops everything that carries `tag`, here at once and in other processes within milliseconds. Call it after the commit
   * (`invalidateAfter`).
   */
  invalidate(tag: string): void {
    if (deferUntilCommit(() => this.invalidate(tag))) return
    this.#drop(tag)
    this.#notifications.notifyByPrimary(cacheChannel, tag)
  }

  /**
   * The same for tags that shared values carry. Resolves when no process can take them from Redis any more; when Redis does
   * not answer within its timeout, the other processes are asked to tell it.
   */
  async invalidateShared(tags: readonly string[]): Promise<void> {
    if (deferUntilCommit(() => this.invalidateShared(tags))) return
    for (const tag of tags) this.invalidate(tag)
    if (this.#shared === undefined) return
    const isTold = await this.#shared.invalidate(tags)
    // Again: between the two, old values can have come from Redis into the memory of any process.
    for (const tag of tags) {
      this.#drop(tag)
      this.#notifications.notifyByPrimary(isTold ? cacheChannel : sharedChannel, tag)
    }
  }

  async #dropShared(tag: string) {
    this.#drop(tag)
    await this.#shared?.invalidate([tag])
    this.#drop(tag)
  }

  #drop(tag: string) {
    this.#changes?.add(tag)
    for (const key of this.#keysByTag.get(tag) ?? []) this.#entries.delete(key)
    // What was read before the change must not be remembered after it.
    for (const load of this.#loads.values()) if (load.tags.includes(tag)) load.stale = true
  }

  #dropAll() {
    this.#changes?.addEverything()
    this.#entries.clear()
    for (const load of this.#loads.values()) load.stale = true
  }

  close() {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    this.#dropAll()
  }
}

const ofFullLife = <T>(value: T): Found<T> => ({ value, freshForMs: timeToLiveMs })

/** While the primary is away a replica may say something older: it is told to who waits, and remembered for nobody. */
const loadFromPrimary = async <T>(load: () => Promise<T>, fate: Fate): Promise<T> => {
  try {
    return await fromPrimary(load)
  } catch (error) {
    if (!isInfrastructureError(error)) throw error
    fate.stale = true
    return load()
  }
}

/**
 * Drops in every process what carries these tags, if and when the transaction commits. Commits with a NOTIFY in them wait
 * for each other, so this is for what happens seldom and where nobody waits for an answer.
 */
export const invalidateAtCommit = async (tx: Tx, tags: readonly string[]): Promise<void> => {
  await tx.execute(sql`select pg_notify(${sharedChannel}, ${tags.join(',')})`)
}
