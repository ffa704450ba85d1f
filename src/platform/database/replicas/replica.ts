import pg from 'pg'
import { Repeat } from '../../process/repeat.ts'
import { PoolBreaker } from '../breaker.ts'
import { codeOf, isInfrastructureError } from '../infrastructure-error.ts'
import { PipelinedConnections } from '../pipelined-connections.ts'
import { connectionOptions } from '../primary-pool.ts'
import { traceStatements } from '../trace-statements.ts'
import { formatLsn, parseLsn } from './lsn.ts'
import type { PrimaryPositions, Replayed } from './primary-positions.ts'

export type ReplicaOptions = {
  /** Stands for it where its address is not to be told. */
  name: string
  url: string
  ssl: boolean
  applicationName: string
  /** Hears of each other status, and once in the beginning. */
  onReplicaChange: (name: string, state: ReplicaState) => void
  /** Of the primary, to tell how old what a replica shows is. */
  positions: PrimaryPositions
}

export type ReplicaState = {
  status: 'up' | 'lagging' | 'down'
  lagMs: number | null
  replayedLsn: string | null
  /** Why it is down: an SQLSTATE or the code of a system error, where there is one. */
  message?: string
}

const sharedConnections = 4
const ownConnections = 16
const idleTimeoutMs = 30_000
/** Of a statement on a shared connection. */
const statementTimeoutMs = 5_000
const pollEveryMs = 250
const pollTimeoutMs = 1_000
const connectPatienceMs = 1_000
/** What a server said longer ago is not known any more. */
const knownForMs = 1_500
/** What a standby showed when it was promoted is still good while the way to it as the new primary opens. */
const promotedIsReadForMs = 3_000
/** When the address leads nowhere, or to a primary. */
const pollAgainAfterMs = 1_000
/** What becomes of connections shows in the state of the replica, of which is told. */
const ignored = () => undefined

const replayed = {
  text: `select pg_is_in_recovery() as standby, pg_last_wal_replay_lsn() as lsn,
    (pg_control_system()).system_identifier::text as cluster`,
  query_timeout: pollTimeoutMs,
}
type ReplayedRow = { standby: boolean; lsn: string | null; cluster: string }
type Found = 'standby' | 'primary' | 'foreign'

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
  readonly #promotedAtMs = new WeakMap<pg.ClientBase, number>()
  readonly #positions: PrimaryPositions
  readonly #onChange: ReplicaOptions['onReplicaChange']
  #toldStatus: ReplicaState['status'] | undefined
  #fault: string | undefined
  readonly #polls: Repeat

  constructor(options: ReplicaOptions) {
    this.name = options.name
    this.#positions = options.positions
    this.#onChange = options.onReplicaChange
    this.#shared = new PipelinedConnections({
      ...options,
      max: sharedConnections,
      statementTimeoutMs,
      onIdleError: ignored,
    })
    this.pool = new pg.Pool({
      ...connectionOptions(options),
      pipeline: true,
      max: ownConnections,
      idleTimeoutMillis: idleTimeoutMs,
    })
    this.pool.on('error', ignored)
    this.pool.on('connect', (client) => client.on('error', ignored))
    this.pool.on('connect', traceStatements)
    this.breaker = new PoolBreaker(this.name, async () => {
      await this.#shared.query(replayed)
    })
    this.#polls = new Repeat(() => this.#poll())
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
    const furthest = this.#furthest()
    if (furthest === undefined || furthest.lsn < fence) return undefined
    const client = await this.#connect()
    let isBroken = false
    try {
      const asked = this.#ask(client).then((found) => ({
        found,
        isFit: this.#hasReplayed(client, fence),
      }))
      const [{ found, isFit }, answer] = await Promise.all([asked, client.query(config, values)])
      isBroken = found !== 'standby'
      return isFit ? answer : undefined
    } catch (error) {
      isBroken = isInfrastructureError(error)
      throw error
    } finally {
      client.release(isBroken)
    }
  }

  /** A replica that takes long to connect is away for who waits, if not for the pool. */
  async #connect(): Promise<pg.PoolClient> {
    const connecting = this.pool.connect()
    const late = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      late.reject(new Error(`${this.name}: timeout exceeded when trying to connect`))
      connecting.then((client) => client.release()).catch(ignored)
    }, connectPatienceMs)
    return Promise.race([connecting, late.promise]).finally(() => clearTimeout(timer))
  }

  #hasReplayed(client: pg.ClientBase, fence: bigint): boolean {
    const known = this.#knownOf(client)
    return known !== undefined && known.lsn >= fence && this.#positions.isRecent(known)
  }

  #knownOf(client: pg.ClientBase): Replayed | undefined {
    const known = this.#known.get(client)
    return known !== undefined && performance.now() - known.askedAtMs <= knownForMs ? known : undefined
  }

  async #ask(client: pg.ClientBase): Promise<Found> {
    const askedAtMs = performance.now()
    const { rows } = await client.query<ReplayedRow>(replayed)
    const [row] = rows
    if (row !== undefined && row.cluster !== (this.#positions.cluster ?? row.cluster)) return 'foreign'
    if (row?.standby !== true) this.#promotedAtMs.set(client, this.#promotedAtMs.get(client) ?? askedAtMs)
    const promotedForMs = askedAtMs - (this.#promotedAtMs.get(client) ?? askedAtMs)
    const before = this.#known.get(client)
    if (row?.lsn == null || promotedForMs > promotedIsReadForMs || (row.standby === false && !before)) {
      this.#known.delete(client)
      return 'primary'
    }
    const answer = { lsn: parseLsn(row.lsn), askedAtMs, answeredAtMs: performance.now() }
    this.#known.set(client, this.#positions.after(before, answer))
    return 'standby'
  }

  async #poll(): Promise<number> {
    this.#fault = await this.#findFault()
    this.#tellChange()
    return this.#fault === undefined ? pollEveryMs : pollAgainAfterMs
  }

  /** Asks all shared connections. @returns what is wrong when none of them leads to a replica that answers */
  async #findFault(): Promise<string | undefined> {
    const unreachable = await this.#shared.openAll().then(
      () => undefined,
      (error: unknown) => codeOf(error) ?? 'unreachable',
    )
    const found = await Promise.all(
      this.#shared.clients.map(async (client) => {
        const led = await this.#ask(client).catch(() => 'nowhere' as const)
        if (led !== 'standby') this.#shared.drop(client)
        return led
      }),
    )
    if (found.includes('standby')) return undefined
    if (found.includes('foreign')) return 'is of another cluster'
    return found.includes('primary') ? 'leads to a primary' : (unreachable ?? 'does not answer')
  }

  #tellChange() {
    const state = this.state()
    if (state.status === this.#toldStatus || !this.#positions.areKnown) return
    this.#toldStatus = state.status
    this.#onChange(this.name, state)
  }

  #furthest(): Replayed | undefined {
    return this.#shared.clients
      .flatMap((client) => this.#knownOf(client) ?? [])
      .toSorted((a, b) => Number(b.lsn - a.lsn))[0]
  }

  /** What the best of its connections is good for. */
  state(): ReplicaState {
    const best = this.#furthest()
    if (best === undefined) {
      return { status: 'down', lagMs: null, replayedLsn: null, message: this.#fault ?? 'not known yet' }
    }
    const isUp = this.#shared.clients.some((client) => this.#hasReplayed(client, 0n))
    const lagMs = this.#positions.lagMs(best.lsn)
    const isKnown = Number.isFinite(lagMs)
    return {
      status: isUp ? 'up' : 'lagging',
      lagMs: isKnown ? Math.round(lagMs) : null,
      replayedLsn: formatLsn(best.lsn),
    }
  }

  async close() {
    await this.#polls.close()
    await Promise.all([this.pool.end(), this.#shared.close()])
    this.breaker.close()
  }
}
