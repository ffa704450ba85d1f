import type pg from 'pg'
import { Repeat } from '../../process/repeat.ts'
import { codeOf } from '../infrastructure-error.ts'
import type { PrimaryReads } from '../primary-reads.ts'
import { parseLsn } from './lsn.ts'
import { PrimaryPositions } from './primary-positions.ts'
import { currentReadScope, type ReadScope } from './read-scope.ts'
import { Replica, type ReplicaOptions } from './replica.ts'

export type ReadRouterOptions = Omit<ReplicaOptions, 'name' | 'url' | 'positions'> & {
  urls: string[]
  /** How old the state that a replica shows may be. */
  maxLagMs: number
  /** What answers when no replica may. */
  primary: PrimaryReads
  /** How far the WAL must be replayed for these users. */
  fenceOf: (userIds: string[]) => Promise<bigint>
}

const pollEveryMs = 250
const primaryPosition = {
  name: 'primary_position',
  text: 'select pg_current_wal_lsn() as lsn, (pg_control_system()).system_identifier::text as cluster',
  query_timeout: 1_000,
}

/** SQLSTATE `query_canceled`. */
const statementTimedOut = '57014'

/**
 * Chooses for each statement of `contentDb` who answers it. A replica does when the request only reads, and the replica shows
 * what its reader has written himself and nothing older than allowed; else the primary. Who reads never hears of a replica
 * that is away, behind, or fails in the middle.
 */
export class ReadRouter {
  readonly replicas: Replica[]
  readonly #options: ReadRouterOptions
  readonly #positions: PrimaryPositions
  #next = 0
  #hasFences = false
  readonly #polls: Repeat

  constructor(options: ReadRouterOptions) {
    this.#options = options
    this.#positions = new PrimaryPositions(options.maxLagMs)
    const positions = this.#positions
    this.replicas = options.urls.map(
      (url, at) => new Replica({ ...options, name: `replica-${at + 1}`, url, positions }),
    )
    this.#polls = new Repeat(() => this.#poll())
  }

  /** The part of `pg`'s client that Drizzle calls. */
  async query(config: pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> {
    const scope = currentReadScope()
    const answer = scope && (await this.#askReplicas(scope, config, values))
    return answer ?? this.#options.primary.query(config, values)
  }

  async #askReplicas(scope: ReadScope, config: pg.QueryConfig, values: unknown[] | undefined) {
    const fence = await this.#fenceOf(scope)
    // All of a request on one server, so that its statements show one state, or a later one.
    scope.turn ??= this.#next++
    for (const at of this.replicas.keys()) {
      const replica = this.replicas[(scope.turn + at) % this.replicas.length]
      try {
        const answer = await replica?.query(config, values, fence)
        if (answer !== undefined) return answer
      } catch (error) {
        // If it is the statement's fault, the primary says so. What took too long here would take so long there.
        if (codeOf(error) === statementTimedOut) throw error
      }
    }
    return undefined
  }

  /** Asked once a request. The primary is asked, so when it is away, so is who has something to find again. */
  #fenceOf(scope: ReadScope): Promise<bigint> | bigint {
    const readers = scope.readers()
    if (readers.length === 0) return 0n
    scope.fence ??= this.#options.fenceOf(readers)
    return scope.fence
  }

  async #poll(): Promise<number> {
    const { primary, fenceOf } = this.#options
    try {
      const askedAtMs = performance.now()
      const { rows } = await primary.query(primaryPosition)
      this.#positions.add(parseLsn(rows[0].lsn), askedAtMs)
      this.#positions.cluster = rows[0].cluster
      // So that fences begin with the process, and not with its first reader.
      if (!this.#hasFences) await fenceOf([])
      this.#hasFences = true
    } catch {
      // Replicas that have replayed all that is known of go on answering.
      this.#hasFences = false
    }
    return pollEveryMs
  }

  async close() {
    await this.#polls.close()
    await Promise.all(this.replicas.map((replica) => replica.close()))
  }
}
