import { type StdioOptions, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import type { Config } from '../platform/config/config.ts'
import { checkDatabase } from '../platform/database/check-database.ts'
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../platform/database/embedded/embedded-postgres.ts'
import { connectionsOfMoreApis } from './api-connections.ts'
import { ApiProcesses } from './api-processes.ts'
import { BackupSchedule } from './backup/backup-schedule.ts'
import type { RoleConfig } from './join-database.ts'
import { joinDatabase } from './join-database.ts'
import { nodeFlags } from './node-flags.ts'
import { projectDir } from './project-dir.ts'
import type { ReadyMessage } from './role-process.ts'
import { SupervisedChild } from './supervised-child.ts'

export type SupervisorOptions = {
  config: Config
  /** What Node runs, with a role's name as argument, or `prepare` to bring the database up to date first. */
  main: string
  roles: readonly string[]
  /** Whether the database is prepared here, and the embedded one runs under this process; else it is joined as it is. */
  preparesDatabase: boolean
  log: (line: string) => void
  /** A role ended by itself. */
  onCrash?: ((role: string, how: string) => void) | undefined
  /** A role cannot start. Why has been said; what remains is to end with this code. */
  onHopeless: (exitCode: number) => void
  /** Starts the roles again when a source file changes. */
  watch: boolean
}

export type Running = {
  config: RoleConfig
  /** Where the roles listen, in the order of the roles: the API first. */
  addresses: string[]
  /** Makes the first admin, once; undefined when there is one. */
  adminLink: string | undefined
}

/** How `prepare` ends. */
export type PreparedMessage = { type: 'prepared'; adminLink?: string | undefined }
const preparedMessage: z.ZodType<PreparedMessage> = z.object({
  type: z.literal('prepared'),
  adminLink: z.string().optional(),
})

/** How much longer than a role's own time limit we wait for it, so that it can say what it cut off. */
const drainGraceMs = 1_000
const settleMs = 100
/** Of the embedded PostgreSQL, for one process of each role and whoever looks on. */
const embeddedConnections = 150

/**
 * The processes of one Backlot: the embedded database, unless another is given, one process for each role, and of the role `api`
 * as many as are configured.
 */
export class Supervisor {
  readonly #options: SupervisorOptions
  #database: EmbeddedPostgres | undefined
  #api: ApiProcesses | undefined
  #children: SupervisedChild[] = []
  #watcher: fs.FSWatcher | undefined
  #backups: BackupSchedule | undefined

  constructor(options: SupervisorOptions) {
    this.#options = options
  }

  /**
   * Starts all and waits until every role is ready.
   * @throws the reason of `signal` when it is aborted, or a StartFault.
   */
  async start(signal: AbortSignal): Promise<Running> {
    const { preparesDatabase, roles } = this.#options
    const config = preparesDatabase
      ? await this.#openDatabase(signal)
      : await orAbort(joinDatabase(this.#options.config), signal)
    const adminLink = preparesDatabase ? (await this.#prepare(config, signal)).adminLink : undefined
    const starting = roles.map((role) =>
      role === 'api' ? this.#startApi(config) : this.#start(role, config),
    )
    const ready = await orAbort(Promise.all(starting), signal)
    if (this.#options.watch) this.#watchSource()
    if (this.#database !== undefined) this.#backups = await BackupSchedule.open(this.#options)
    const addresses = ready.map(({ address }) => address).filter((address) => address !== undefined)
    return { addresses, adminLink, config }
  }

  /** Lets the roles end what they do, all at once, and stops the database last. */
  async stop(): Promise<void> {
    this.#watcher?.close()
    const stopping = this.#children.map((child) => child.stop(this.#stopTimeoutMs))
    await Promise.all([this.#backups?.close(), this.#api?.stop(), ...stopping])
    await this.#database?.stop()
  }

  /** Stops everything at once, as a crash would. */
  async kill(): Promise<void> {
    this.#backups?.kill()
    this.#api?.kill()
    for (const child of this.#children) child.kill()
    await this.#database?.stop({ immediate: true })
  }

  /** Exchanges the processes of the role `api` one by one, without a failed request. */
  reload() {
    this.#api?.reload()
  }

  get #stopTimeoutMs(): number {
    return this.#options.config.shutdownTimeoutMs + drainGraceMs
  }

  async #openDatabase(signal: AbortSignal): Promise<RoleConfig> {
    const { config, log } = this.#options
    const given = config.database.url
    if (given === undefined) {
      const settings = { max_connections: String(embeddedConnections + connectionsOfMoreApis(config)) }
      this.#database = await startEmbeddedPostgres({ dataDir: config.dataDir, log, signal, settings })
    } else await orAbort(checkDatabase({ url: given, ssl: config.database.ssl }), signal)
    const url = given ?? this.#database?.url ?? ''
    const ssl = given !== undefined && config.database.ssl
    return { ...config, database: { ...config.database, url, ssl } }
  }

  /** In a process of its own, because the libraries for it would more than double the memory of this one for good. */
  async #prepare(config: RoleConfig, signal: AbortSignal): Promise<PreparedMessage> {
    const { main, onHopeless } = this.#options
    const child = spawn(process.execPath, [main, 'prepare'], {
      env: roleEnvironment(config),
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      signal,
    })
    const prepared = new Promise<unknown>((resolve) =>
      child.once('message', resolve).once('disconnect', resolve),
    )
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', resolve)
    })
    if (exitCode !== 0) onHopeless(exitCode ?? 1)
    signal.throwIfAborted()
    return preparedMessage.parse(await prepared)
  }

  #startApi(config: RoleConfig): Promise<ReadyMessage> {
    const { main, log, onCrash, onHopeless, watch } = this.#options
    this.#api = new ApiProcesses({
      main,
      env: roleEnvironment(config),
      count: config.http.processes,
      stopTimeoutMs: this.#stopTimeoutMs,
      log,
      onCrash,
      onHopeless,
      neverGivesUp: watch,
    })
    return this.#api.start()
  }

  #start(role: string, config: RoleConfig): Promise<ReadyMessage> {
    const { main, log, onCrash, onHopeless, watch } = this.#options
    const args = [...(nodeFlags[role] ?? []), main, role, '--supervised']
    const env = roleEnvironment(config)
    const stdio: StdioOptions = ['ignore', 'inherit', 'inherit', 'ipc']
    const child = new SupervisedChild({
      name: role,
      // In its own process group, so that Ctrl-C reaches only the supervisor, which ends everything in order.
      start: () => spawn(process.execPath, args, { env, stdio, detached: true }),
      log,
      onCrash,
      onHopeless,
      neverGivesUp: watch,
    })
    this.#children.push(child)
    return child.ready
  }

  #watchSource() {
    let timer: NodeJS.Timeout | undefined
    this.#watcher = fs.watch(path.join(projectDir, 'src'), { recursive: true }, (_event, file) => {
      if (!file?.endsWith('.ts') || file.endsWith('.test.ts')) return
      clearTimeout(timer)
      timer = setTimeout(() => {
        this.#options.log(`${file} changed`)
        this.#api?.restart()
        for (const child of this.#children) child.restart()
      }, settleMs)
    })
  }
}

/**
 * What the roles get: the address of the database and the secret key as we know them. The variables that say the same
 * in another way are emptied, which also hides those of `.env`.
 */
const roleEnvironment = (config: RoleConfig): NodeJS.ProcessEnv => ({
  ...process.env,
  NODE_ENV: config.environment,
  BACKLOT_DATA_DIR: config.dataDir,
  // For one role by itself: here several would want it, and the supervisor looks after them.
  HEALTH_PORT: '',
  DATABASE_URL: config.database.url,
  DATABASE_URL_FILE: '',
  DB_HOST: '',
  DB_USER: '',
  DB_PASSWORD: '',
  DB_PASSWORD_FILE: '',
  DB_NAME: '',
  DB_SSL: String(config.database.ssl),
  SECRET_KEY: config.secretKey,
  SECRET_KEY_FILE: '',
})

/** The promise, or the signal's reason as soon as it is aborted. What the promise does then is nobody's concern. */
const orAbort = async <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> => {
  const aborted = new Promise<never>((_resolve, reject) => {
    const fail = () => reject(signal.reason)
    if (signal.aborted) fail()
    else signal.addEventListener('abort', fail, { once: true })
  })
  return Promise.race([promise, aborted])
}
