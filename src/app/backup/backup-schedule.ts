import { type ChildProcess, spawn } from 'node:child_process'
import { removeBackupState, writeBackupState } from '../../platform/backup/backup-state.ts'
import type { Config } from '../../platform/config/config.ts'
import { Repeat } from '../../platform/process/repeat.ts'
import { findNewestProved, isBackupRunning } from './backup-folder.ts'

export type BackupScheduleOptions = {
  config: Pick<Config, 'backup' | 'dataDir'>
  /** What Node runs, with `backup` as its argument. */
  main: string
  log: (line: string) => void
  /** Given by tests. */
  timing?: Partial<typeof defaultTiming>
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs

const defaultTiming = {
  /** A start has enough to do without the backup that became due meanwhile. */
  afterStartMs: 2 * minuteMs,
  /** The first wait after a failure; it doubles up to `longestRetryMs`. */
  firstRetryMs: 5 * minuteMs,
  longestRetryMs: 6 * hourMs,
  /** How often the folder is looked at: others may write backups to it, and clocks are set. */
  lookEveryMs: 10 * minuteMs,
  /** How long an interrupted backup may take to remove what is half done. */
  stopMs: 15_000,
}

/** A backup that takes longer hangs. */
const longestRunMs = 24 * hourMs
const mostErrorBytes = 8_192

/**
 * Runs `backlot backup` whenever the newest proved backup in BACKUP_DIR is older than BACKUP_EVERY_HOURS, until it is closed. When
 * one is due follows from the backups themselves, so restarts change nothing, and backups made by hand count.
 */
export class BackupSchedule {
  readonly #options: BackupScheduleOptions
  readonly #timing: typeof defaultTiming
  readonly #repeat: Repeat
  #child: ChildProcess | undefined
  #closed = false
  #failures = 0
  #lastFailure: string | null = null
  /** By the clock that nobody sets. */
  #notBefore: number

  private constructor(options: BackupScheduleOptions) {
    this.#options = options
    this.#timing = { ...defaultTiming, ...options.timing }
    this.#notBefore = performance.now() + this.#timing.afterStartMs
    this.#repeat = new Repeat(() => this.#step())
  }

  /** Undefined, and nothing tells of scheduled backups any more, when BACKUP_EVERY_HOURS is not set. */
  static async open(options: BackupScheduleOptions): Promise<BackupSchedule | undefined> {
    if (options.config.backup.everyMs > 0) return new BackupSchedule(options)
    await removeBackupState(options.config.dataDir)
    return undefined
  }

  /** Interrupts a backup that runs; nothing is left of it. */
  async close(): Promise<void> {
    this.#closed = true
    this.#child?.kill('SIGTERM')
    const timer = setTimeout(() => this.kill(), this.#timing.stopMs)
    await this.#repeat.close()
    clearTimeout(timer)
  }

  /** Ends a backup that runs at once. What is left of it counts for nothing, and the next one removes it. */
  kill() {
    this.#closed = true
    this.#child?.kill('SIGKILL')
  }

  /** Gives the milliseconds until it is to be called again. */
  async #step(): Promise<number> {
    const { lookEveryMs } = this.#timing
    try {
      const waitMs = await this.#untilDue()
      if (waitMs > 0 || this.#closed) return Math.min(waitMs, lookEveryMs)
      if (isBackupRunning(this.#options.config.backup.directory)) return lookEveryMs
      this.#note(await this.#backUp())
      return Math.min(await this.#untilDue(), lookEveryMs)
    } catch (error) {
      // The folder cannot be read, or the state not be written.
      this.#note(error instanceof Error ? error.message : String(error))
      return Math.min(this.#notBefore - performance.now(), lookEveryMs)
    }
  }

  async #untilDue(): Promise<number> {
    const { backup, dataDir } = this.#options.config
    const newestAt = (await findNewestProved(backup.directory))?.manifest.startedAt ?? null
    await writeBackupState(dataDir, { everyMs: backup.everyMs, newestAt, lastFailure: this.#lastFailure })
    const ageMs = newestAt === null ? backup.everyMs : Date.now() - Date.parse(newestAt)
    // A backup of the future was made while the clock was wrong.
    const dueInMs = ageMs < 0 ? 0 : backup.everyMs - ageMs
    return Math.max(dueInMs, this.#notBefore - performance.now(), 0)
  }

  #note(failure: string | undefined) {
    const { firstRetryMs, longestRetryMs } = this.#timing
    if (this.#closed) return
    this.#failures = failure === undefined ? 0 : this.#failures + 1
    this.#lastFailure = failure ?? null
    const retryMs = Math.min(firstRetryMs * 2 ** Math.max(0, this.#failures - 1), longestRetryMs)
    this.#notBefore = performance.now() + retryMs
    const retryMinutes = Math.max(1, Math.round(retryMs / minuteMs))
    if (failure !== undefined)
      this.#options.log(`the backup failed and is tried again in ${retryMinutes} min: ${failure}`)
  }

  /** In a process group of its own, which Ctrl-C does not reach. Gives what went wrong. */
  async #backUp(): Promise<string | undefined> {
    const { config, main, log } = this.#options
    const { directory, keep } = config.backup
    const startedAt = performance.now()
    const args = [main, 'backup', '--to', directory, '--keep', String(keep)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true })
    this.#child = child
    let errors = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(0, mostErrorBytes)
    })
    const overdue = setTimeout(() => child.kill('SIGKILL'), longestRunMs)
    const ended = await new Promise<string | undefined>((resolve) => {
      child.once('error', (error) => resolve(error.message))
      child.once('close', (code, signal) => resolve(code === 0 ? undefined : faultIn(errors, signal)))
    })
    clearTimeout(overdue)
    this.#child = undefined
    if (ended === undefined)
      log(`backed up to ${directory} in ${Math.round((performance.now() - startedAt) / 1_000)} s`)
    return ended
  }
}

/** The first thing that the command says of its fault. */
const faultIn = (errors: string, signal: NodeJS.Signals | null): string => {
  if (signal !== null) return `it was ended by ${signal}`
  const lines = errors.split('\n').map((line) => line.replace(/^backlot: /, ''))
  return lines.find((line) => line !== '' && !line.startsWith('warning: ')) ?? 'it did not say why'
}
