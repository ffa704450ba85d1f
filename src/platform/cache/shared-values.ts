import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { RedisConnection, type RedisConnectionOptions } from '../redis/redis-connection.ts'

export type SharedValuesOptions = Pick<RedisConnectionOptions, 'url' | 'log'> & {
  /** Keeps installations apart that use the same Redis. */
  namespace: string
  /** Given by tests, to whom a slow moment of a loaded machine is no outage. */
  commandTimeoutMs?: number
}

/** What is known of a value before it is loaded: how its tags stand and, where it is there and still right, the value. */
export type Lookup = { versions: string; found: { text: string; remainingMs: number } | undefined }

const defaultCommandTimeoutMs = 300
/** After a failure nobody asks for so long: else every request would wait for the timeout. */
const restMs = 1_000
/** Longer than any value lives. A tag that has expired is a change of its version, and costs a load. */
const tagLifeMs = 600_000
/** What one process adds within a minute, which is longer than a value lives: so this bounds what is there, twice. */
const mostBytesPerMinute = 64 * 1_024 * 1_024
/** Carried by every value. */
const everything = '*'

const lookupReplies = z.tuple([z.string().nullable(), z.number(), z.array(z.string().nullable())])
const versionReplies = z.array(z.string())

/**
 * The second-level cache: values in Redis, shared by all processes. Each stores the versions that its tags had before it was
 * loaded, and counts only while they are the same. A version is a random text, and a tag without one gets a new one, so
 * that nothing comes back to life when Redis loses versions, values or both.
 *
 * Nothing here throws: while Redis is away, slow or talks nonsense there are no values.
 */
export class SharedValues {
  readonly #redis: RedisConnection
  readonly #prefix: string
  #restsUntilMs = 0
  #missed = 0
  #madeUpFor = 0
  #makingUp: Promise<void> | undefined
  #minute = { startedAtMs: 0, bytes: 0 }

  constructor({ url, log, namespace, commandTimeoutMs = defaultCommandTimeoutMs }: SharedValuesOptions) {
    this.#redis = new RedisConnection({
      ...{ url, log, commandTimeoutMs },
      name: 'backlot-cache',
      onReady: () => this.#begin(),
    })
    this.#prefix = `backlot:${namespace}:`
  }

  /** Undefined while there is no second level. Call it before the value is loaded. */
  async look(key: string, tags: readonly string[]): Promise<Lookup | undefined> {
    const valueKey = this.#valueKey(key)
    const tagKeys = [everything, ...tags].map((tag) => this.#tagKey(tag))
    const replies = lookupReplies.safeParse(
      await this.#ask((pipeline) => pipeline.get(valueKey).pttl(valueKey).mget(tagKeys)),
    )
    if (!replies.success) return undefined
    const [stored, remainingMs, known] = replies.data
    if (known.includes(null)) return this.#giveVersions(tagKeys)
    const versions = `${known.join(' ')}\n`
    if (!stored?.startsWith(versions) || remainingMs <= 0) return { versions, found: undefined }
    return { versions, found: { text: stored.slice(versions.length), remainingMs } }
  }

  async #giveVersions(tagKeys: string[]): Promise<Lookup | undefined> {
    const replies = await this.#ask((pipeline) => {
      for (const tagKey of tagKeys) pipeline.set(tagKey, newVersion(), 'PX', tagLifeMs, 'NX')
      pipeline.mget(tagKeys)
    })
    const versions = versionReplies.safeParse(replies?.at(-1))
    return versions.success ? { versions: `${versions.data.join(' ')}\n`, found: undefined } : undefined
  }

  /** @param versions of the lookup before the load: a value whose tags have changed since is stored for nobody */
  async store(key: string, { versions }: Lookup, text: string, lifeMs: number): Promise<void> {
    const value = versions + text
    if (!this.#hasRoomFor(Buffer.byteLength(value))) return
    await this.#ask((pipeline) => pipeline.set(this.#valueKey(key), value, 'PX', lifeMs))
  }

  /** Drops what carries one of the tags. Says whether it could; if not, this process drops everything before its next use. */
  async invalidate(tags: readonly string[]): Promise<boolean> {
    const done = await this.#ask((pipeline) => this.#changeVersions(pipeline, tags))
    if (done === undefined) this.#missed += 1
    return done !== undefined
  }

  #changeVersions(pipeline: Parameters<Parameters<RedisConnection['run']>[0]>[0], tags: readonly string[]) {
    for (const tag of tags) pipeline.set(this.#tagKey(tag), newVersion(), 'PX', tagLifeMs)
  }

  async #ask(commands: Parameters<RedisConnection['run']>[0]): Promise<unknown[] | undefined> {
    if (performance.now() < this.#restsUntilMs) return undefined
    try {
      if (this.#madeUpFor < this.#missed) await this.#makeUp()
      return await this.#redis.run(commands)
    } catch {
      this.#restsUntilMs = performance.now() + restMs
      return undefined
    }
  }

  /** As soon as Redis is there: other processes may be using what is in it. */
  #begin() {
    this.#restsUntilMs = 0
    if (this.#madeUpFor < this.#missed) this.#makeUp().catch(() => undefined)
  }

  /** For invalidations that did not arrive: which ones is not kept, so that an outage costs no memory. */
  #makeUp(): Promise<void> {
    const missed = this.#missed
    this.#makingUp ??= this.#redis
      .run((pipeline) => this.#changeVersions(pipeline, [everything]))
      .then(() => {
        this.#madeUpFor = missed
      })
      .finally(() => {
        this.#makingUp = undefined
      })
    return this.#makingUp
  }

  #hasRoomFor(bytes: number): boolean {
    const now = performance.now()
    if (now - this.#minute.startedAtMs > 60_000) this.#minute = { startedAtMs: now, bytes: 0 }
    this.#minute.bytes += bytes
    return this.#minute.bytes <= mostBytesPerMinute
  }

  #valueKey(key: string) {
    return `${this.#prefix}value:${key}`
  }

  #tagKey(tag: string) {
    return `${this.#prefix}tag:${tag}`
  }

  close() {
    this.#redis.close()
  }
}

const newVersion = () => randomBytes(12).toString('base64url')
