import pg from 'pg'
import { PoolBreaker } from '../breaker.ts'
import { isInfrastructureError } from '../infrastructure-error.ts'
import { PipelinedConnections } from '../pipelined-connections.ts'
import { connectionOptions } from '../primary-pool.ts'
import { formatLsn, parseLsn } from './lsn.ts'
import type { PrimaryPositions, Replayed } from './primary-positions.ts'

export type ReplicaOptions = {
  /** Stands for it where its address is not to be told. */
  name: string
  url: string
  ssl: boolean
  applicationName: string
  onIdleError: (error: Error) => void
  /** Of the primary, to tell how old what a replica shows is. */
  positions: PrimaryPositions
}

export type ReplicaState = {
  status: 'up' | 'lagging' | 'down'
  lagMs: number | null
  replayedLsn: string | null
}

const sharedConnections = 4
const ownConnections = 16
const idleTimeoutMs = 30_000
const statementTimeoutMs = 5_000
const pollEveryMs = 250
const pollTimeoutMs = 1_000
/** What a server said longer ago is not known any more. */
const knownForMs = 1_500
/** When the address leads nowhere, or to a primary. */
const pollAgainAfterMs = 1_000

const replayed = {
  text: 'select pg_is_in_recovery() as standby, pg_last_wal_replay_lsn() as lsn',
  query_timeout: pollTimeoutMs,
}
type ReplayedRow = { standby: boolean; lsn: string | null }

/**
 * The connections to one address of replicas. Behind the address may be a load balancer before several servers, so how far
 * the WAL was replayed is known of each connection, not of the address: the shared ones are asked four times a second, any
 * other one along with each statement, in the same round trip.
 */
export class Replica {
  readonly name: string
  readonly breaker: PoolBreaker
  readonly pool: pg.Pool
  readonly #shared: PipelinedConnections
  readonly #known = new WeakMap<pg.ClientBase, Replayed>()
  readonly #positions: PrimaryPositions
  #timer: NodeJS.Timeout | undefined
  #polling: Promise<void> | undefined
  #closed = false

  constructor(options: ReplicaOptions) {
    this.name = options.name
    this.#positions = options.positions
    this.#shared = new PipelinedConnections({ ...options, max: sharedConnections, statementTimeoutMs })
    this.pool = new pg.Pool({
      ...connectionOptions(options),
      statement_timeout: statementTimeoutMs,
      query_timeout: statementTimeoutMs + 1_000,
      pipeline: true,
      max: ownConnections,
      idleTimeoutMillis: idleTimeoutMs,
    })
    this.pool.on('error', options.onIdleError)
    this.pool.on('connect', (client) => client.on('error', options.onIdleError))
    this.breaker = new PoolBreaker(this.name, async () => {
      await this.#shared.query(replayed)
    })
    this.#pollLater(0)
  }

  /**
   * Undefined when no connection is known to have replayed the WAL up to `fence`, and far enough to be recent. A statement
   * with a name shares a connection with others; one without may take long, and has one for itself.
   */
  query(
    config: pg.QueryConfig,
    values: unknown[] | undefined,
    fence: bigint,
  ): Promise<pg.QueryResult | undefined> {
    return this.breaker.run(async () =>
      config.name === undefined
        ? this.#queryAlone(config, values, fence)
        : this.#shared.queryWhere((client) => this.#hasReplayed(client, fence), config, values),
    )
  }

  async #queryAlone(config: pg.QueryConfig, values: unknown[] | undefined, fence: bigint) {
    // Nothing is known of a connection that is yet to be made; if no shared one is good, this one hardly is.
    if (this.#furthest() === undefined) return undefined
    const client = await this.pool.connect()
    let isBroken = false
    try {
      const asked = this.#ask(client).then((found) => ({
        found,
        isFit: this.#hasReplayed(client, fence),
      }))
      const [{ found, isFit }, answer] = await Promise.all([asked, client.query(config, values)])
      isBroken = found === 'primary'
      return isFit ? answer : undefined
    } catch (error) {
      isBroken = isInfrastructureError(error)
      throw error
    } finally {
      client.release(isBroken)
    }
  }

  #hasReplayed(client: pg.ClientBase, fence: bigint): boolean {
    const known = this.#knownOf(client)
    return known !== undefined && known.lsn >= fence && this.#positions.isRecent(known)
  }

  #knownOf(client: pg.ClientBase): Replayed | undefined {
    const known = this.#known.get(client)
    return known !== undefined && performance.now() - known.askedAtMs <= knownForMs ? known : undefined
  }

  async #ask(client: pg.ClientBase): Promise<'standby' | 'primary'> {
    const askedAtMs = performance.now()
    const { rows } = await client.query<ReplayedRow>(replayed)
    const [row] = rows
    // A standby that was promoted still shows all that it had replayed: good for the time in which the way to the new primary
    // opens.
    const isStandby = row?.standby === true || this.#hasReplayed(client, 0n)
    if (!isStandby || row === undefined || row.lsn === null) {
      this.#known.delete(client)
      return 'primary'
    }
    this.#known.set(client, { lsn: parseLsn(row.lsn), askedAtMs })
    return 'standby'
  }

  #pollLater(afterMs: number) {
    if (this.#closed) return
    this.#timer = setTimeout(() => {
      this.#polling = this.#poll().then(
        () => this.#pollLater(pollEveryMs),
        () => this.#pollLater(pollAgainAfterMs),
      )
    }, afterMs)
  }

  /** @throws when a connection leads to a primary, or none leads anywhere */
  async #poll() {
    await this.#shared.openAll()
    await Promise.all(
      this.#shared.clients.map(async (client) => {
        const found = await this.#ask(client).catch(() => 'gone' as const)
        if (found !== 'standby') this.#shared.drop(client)
        if (found === 'primary') throw new Error(`${this.name} leads to a primary`)
      }),
    )
  }

  #furthest(): Replayed | undefined {
    return this.#shared.clients
      .flatMap((client) => this.#knownOf(client) ?? [])
      .toSorted((a, b) => Number(b.lsn - a.lsn))[0]
  }

  /** What the best of its connections is good for. */
  state(): ReplicaState {
    const best = this.#furthest()
    if (best === undefined) return { status: 'down', lagMs: null, replayedLsn: null }
    const isUp = this.#shared.clients.some((client) => this.#hasReplayed(client, 0n))
    const lagMs = Math.round(this.#positions.lagMs(best.lsn))
    return { status: isUp ? 'up' : 'lagging', lagMs, replayedLsn: formatLsn(best.lsn) }
  }

  async close() {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#polling
    await Promise.all([this.pool.end(), this.#shared.close()])
    this.breaker.close()
  }
}
