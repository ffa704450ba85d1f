import type { FastifyBaseLogger } from 'fastify'
import type { Db } from '../../platform/database/database.ts'
import { Repeat } from '../../platform/process/repeat.ts'
import { noteUses } from './api-keys.repository.ts'

const writeEveryMs = 60_000
/** More keys than are used in a minute. What comes beyond is noted when it comes again. */
const mostGathered = 10_000

/**
 * When each key was last used: gathered, and written once a minute and at the end. A write a request would cost more than
 * the request.
 */
export class KeyUses {
  readonly #db: Db
  readonly #log: FastifyBaseLogger
  readonly #usedAt = new Map<string, Date>()
  readonly #repeat: Repeat

  constructor(db: Db, log: FastifyBaseLogger) {
    this.#db = db
    this.#log = log
    this.#repeat = new Repeat(async () => {
      await this.#write()
      return writeEveryMs
    })
  }

  note(keyId: string): void {
    if (this.#usedAt.size < mostGathered || this.#usedAt.has(keyId)) this.#usedAt.set(keyId, new Date())
  }

  async #write(): Promise<void> {
    const uses = [...this.#usedAt].map(([keyId, usedAt]) => ({ keyId, usedAt }))
    this.#usedAt.clear()
    if (uses.length === 0) return
    // A request is not refused because this could not be noted.
    await noteUses(this.#db, uses).catch((error: unknown) =>
      this.#log.warn({ err: error }, 'uses of API keys not noted'),
    )
  }

  /** Writes what has been gathered. */
  async close(): Promise<void> {
    await this.#repeat.close()
    await this.#write()
  }
}
