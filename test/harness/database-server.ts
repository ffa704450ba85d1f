import fs from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Binaries } from '../../src/platform/database/embedded/binaries.ts'
import type { Home } from '../../src/platform/database/embedded/home.ts'
import { Postmaster } from '../../src/platform/database/embedded/postmaster.ts'
import { connectionTo } from './database-cluster.ts'
import { freePort } from './free-port.ts'

type Parts = { home: Home; binaries: Binaries; password: string }

const startTimeoutMs = 30_000
const changeTimeoutMs = 10_000
const pollMs = 10
const log = (line: string) => process.stderr.write(`test database: ${line}\n`)

/** One PostgreSQL, primary or replica, that fails when it is told to and stays failed. */
export class DatabaseServer {
  readonly #parts: Parts
  #port = 0
  #postmaster: Postmaster | undefined

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get url(): string {
    return `postgres://backlot:${this.#parts.password}@127.0.0.1:${this.#port}/backlot`
  }

  /** For what only a superuser may do. */
  get adminUrl(): string {
    return `postgres://postgres:${this.#parts.password}@127.0.0.1:${this.#port}/backlot`
  }

  get isRunning(): boolean {
    return this.#postmaster !== undefined
  }

  /** Where its files are. */
  get cluster(): string {
    return this.#parts.home.cluster
  }

  pid(): number {
    if (this.#postmaster === undefined) throw new Error('The server does not run')
    return this.#postmaster.pid
  }

  async choosePort() {
    this.#port = await freePort()
  }

  /** Starts it, or starts it again at the same address. */
  async start(): Promise<void> {
    if (this.#port === 0) await this.choosePort()
    const { home, binaries } = this.#parts
    const signal = AbortSignal.timeout(startTimeoutMs)
    this.#postmaster = await Postmaster.start({ home, binaries, port: this.#port, log, signal })
  }

  /** Ends it in order: everything that is committed is written down and sent to the replicas. */
  async stop(): Promise<void> {
    await this.#postmaster?.stop()
    this.#postmaster = undefined
  }

  /** Ends it and all its processes as a machine does that loses its power. */
  async kill(): Promise<void> {
    if (this.#postmaster === undefined) return
    signalTo(this.#postmaster.pid, 'SIGKILL')
    this.#postmaster = undefined
    await this.#until('The killed server still runs', async () => {
      const left = processesIn(this.cluster)
      for (const process of left) signalTo(process, 'SIGKILL')
      return left.length === 0
    })
  }

  /** Stops all its processes in their tracks: connections stay open, and nothing is answered. */
  freeze(): void {
    signalTo(this.pid(), 'SIGSTOP')
    for (const process of processesIn(this.cluster)) signalTo(process, 'SIGSTOP')
  }

  thaw(): void {
    for (const process of processesIn(this.cluster)) signalTo(process, 'SIGCONT')
  }

  /** A replica goes on receiving what the primary writes, and shows what it has replayed so far. */
  async pauseReplay(): Promise<void> {
    await this.one('select pg_wal_replay_pause()')
    const isPaused = `select pg_get_wal_replay_pause_state() = 'paused'`
    await this.#until('Replay was not paused', () => this.one<boolean>(isPaused))
  }

  async resumeReplay(): Promise<void> {
    await this.one('select pg_wal_replay_resume()')
  }

  replayedLsn(): Promise<string> {
    return this.one<string>('select pg_last_wal_replay_lsn()::text')
  }

  /** Up to where a replica has the primary's WAL in bytes, replayed or not. */
  async receivedBytes(): Promise<number> {
    return Number(await this.one<string>(`select pg_last_wal_receive_lsn() - '0/0'`))
  }

  /** Follows another primary, such as one that was a replica until now. */
  async follow(primary: DatabaseServer, name: string): Promise<void> {
    await this.one(`alter system set primary_conninfo = '${connectionTo(primary.adminUrl, name)}'`)
    await this.one(`alter system set primary_slot_name = ''`)
    await this.one('select pg_reload_conf()')
  }

  /** Makes a primary out of a replica, and waits until it takes writes. */
  async promote(): Promise<void> {
    if (!(await this.one<boolean>(`select pg_promote(true, ${changeTimeoutMs / 1_000})`)))
      throw new Error('The replica was not promoted in time')
  }

  /** The first column of the first row, asked for by the superuser on a connection of its own. */
  async one<Value>(sql: string, values: unknown[] = []): Promise<Value> {
    const client = new pg.Client({
      connectionString: this.adminUrl,
      connectionTimeoutMillis: changeTimeoutMs,
      query_timeout: changeTimeoutMs + 1_000,
      application_name: 'test harness',
    })
    client.on('error', () => undefined)
    await client.connect()
    try {
      const { rows } = await client.query<[Value]>({ text: sql, values, rowMode: 'array' })
      return rows[0]?.[0] as Value
    } finally {
      await client.end()
    }
  }

  async #until(complaint: string, isSo: () => Promise<boolean>) {
    const deadline = performance.now() + changeTimeoutMs
    while (!(await isSo())) {
      if (performance.now() > deadline) throw new Error(complaint)
      await delay(pollMs)
    }
  }
}

/** All processes of the server on this cluster, which is their working directory. Those that ended have none. */
export const processesIn = (cluster: string): number[] =>
  fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && workingDirectory(name) === cluster)
    .map(Number)

const workingDirectory = (pid: string): string | undefined => {
  try {
    return fs.readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return undefined
  }
}

const signalTo = (pid: number, signal: NodeJS.Signals) => {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
