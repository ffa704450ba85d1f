import type { FastifyBaseLogger } from 'fastify'
import type { Notifications } from '../events/notifications.ts'

type FollowDeps = { notifications: Notifications; log: FastifyBaseLogger }
type Followed<Row> = {
  /** On which a change is told, in the transaction that makes it. */
  channel: string
  load: () => Promise<Row[]>
  /** Called with all rows, each time they were read. */
  onRead?: (rows: readonly Row[]) => void
}

const retryMs = 1_000

/**
 * All rows of a small table, in memory: read again as soon as any process has changed one, so that to look at them costs nothing.
 * While the database is away the last known ones hold; nothing that guards somebody's things may rest on them alone.
 */
export class FollowedRows<Row> {
  readonly #log: FastifyBaseLogger
  readonly #followed: Followed<Row>
  readonly #unsubscribe: (() => void)[]
  #rows: readonly Row[] = []
  #isWanted = false
  #isFailing = false
  #closed = false
  #reading: Promise<void> | undefined
  #retry: NodeJS.Timeout | undefined

  private constructor({ notifications, log }: FollowDeps, followed: Followed<Row>) {
    this.#log = log
    this.#followed = followed
    const again = () => void this.refresh()
    this.#unsubscribe = [
      notifications.subscribe(followed.channel, again),
      notifications.onGap('restored', again),
    ]
  }

  /** Resolves when the rows were read, or could not be: then there are none until they can. */
  static async open<Row>(deps: FollowDeps, followed: Followed<Row>): Promise<FollowedRows<Row>> {
    const rows = new FollowedRows(deps, followed)
    await rows.refresh()
    return rows
  }

  get rows(): readonly Row[] {
    return this.#rows
  }

  /** Reads what is there from now on. Does not fail: what cannot be read is tried again. */
  refresh(): Promise<void> {
    this.#isWanted = true
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #read() {
    const { channel, load, onRead } = this.#followed
    while (this.#isWanted && !this.#closed) {
      this.#isWanted = false
      try {
        this.#rows = await load()
        if (this.#isFailing) this.#log.info({ channel }, 'rows can be followed again')
        this.#isFailing = false
        onRead?.(this.#rows)
      } catch (error) {
        if (this.#closed) return
        if (!this.#isFailing)
          this.#log.warn({ err: error, channel }, 'rows cannot be followed; the last known ones hold')
        this.#isFailing = true
        clearTimeout(this.#retry)
        this.#retry = setTimeout(() => void this.refresh(), retryMs)
        return
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    await this.#reading
  }
}
