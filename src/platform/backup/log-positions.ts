import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { connectionOptions } from '../database/primary-pool.ts'
import { parseLsn } from '../database/replicas/lsn.ts'

/** Before the question was sent, after the answer had come, and the position that was the newest in between. */
type Sample = { askedAt: Date; answeredAt: Date; lsn: bigint }

const sampleEveryMs = 100
/** What came before the last ten minutes of a backup is not looked up any more. */
const keptSamples = 6_000

/**
 * Follows the end of the write-ahead log, to know afterwards at what time it was at a position. What the server sends of a
 * backup cannot tell: it waits in buffers.
 */
export class LogPositions {
  readonly #client: pg.Client
  readonly #closing = new AbortController()
  readonly #samples: Sample[] = []
  #following: Promise<void> = Promise.resolve()

  private constructor(url: string) {
    this.#client = new pg.Client(connectionOptions({ url, ssl: false, applicationName: 'backlot backup' }))
    this.#client.on('error', () => undefined)
  }

  static async open(url: string): Promise<LogPositions> {
    const positions = new LogPositions(url)
    await positions.#client.connect()
    await positions.#take()
    positions.#following = positions.#follow()
    // Whoever asks for a moment hears of it.
    positions.#following.catch(() => undefined)
    return positions
  }

  /**
   * @returns `until`: whatever was committed before it is at or before `lsn`; `endedAt`: whatever was committed after it is behind
   */
  async momentOf(lsn: string): Promise<{ until: Date; endedAt: Date }> {
    const position = parseLsn(lsn)
    this.#closing.abort()
    await this.#following
    const last = this.#samples.findLast((sample) => sample.lsn <= position)
    const next = this.#samples.find((sample) => sample.lsn > position)
    if (last === undefined) throw new Error('The end of the backup was not seen')
    return { until: last.askedAt, endedAt: next?.answeredAt ?? new Date() }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#following.catch(() => undefined)
    await this.#client.end().catch(() => undefined)
  }

  async #follow() {
    const { signal } = this.#closing
    while (!signal.aborted) {
      await delay(sampleEveryMs, undefined, { signal }).catch(() => undefined)
      await this.#take()
    }
  }

  async #take() {
    const askedAt = new Date()
    const { rows } = await this.#client.query<{ lsn: string }>('SELECT pg_current_wal_insert_lsn() AS lsn')
    this.#samples.push({ askedAt, answeredAt: new Date(), lsn: parseLsn(rows[0]?.lsn ?? '') })
    if (this.#samples.length > keptSamples) this.#samples.splice(1, 1)
  }
}
