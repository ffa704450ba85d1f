import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { GapClock } from './gap-clock.ts'

const pauseMs = 20
const reconnectAfterMs = 100
const timeoutMs = 2_000

/**
 * What Patroni and HAProxy by themselves give a client: one connection that writes row after row and, when it breaks, is made
 * anew every 100 ms.
 */
export class BareWriter {
  readonly gaps = new GapClock()
  readonly #url: string
  readonly #running: Promise<void>
  #stopped = false

  private constructor(url: string) {
    this.#url = url
    this.#running = this.#run()
  }

  static async start(url: string): Promise<BareWriter> {
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs,
    })
    await client.connect()
    await client.query('CREATE TABLE bare_writes (written_at timestamptz NOT NULL)')
    await client.end()
    return new BareWriter(url)
  }

  async #run() {
    while (!this.#stopped) {
      const client = new pg.Client({
        connectionString: this.#url,
        connectionTimeoutMillis: timeoutMs,
        query_timeout: timeoutMs,
      })
      client.on('error', () => undefined)
      try {
        await client.connect()
        await this.#writeWith(client)
      } catch {
        await delay(reconnectAfterMs)
      } finally {
        void client.end().catch(() => undefined)
      }
    }
  }

  async #writeWith(client: pg.Client) {
    while (!this.#stopped) {
      await client.query('INSERT INTO bare_writes VALUES (now())')
      this.gaps.mark()
      await delay(pauseMs)
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
  }
}
