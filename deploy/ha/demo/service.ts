import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import type { Account } from '../../../src/platform/database/embedded/account.ts'

export type ServiceOptions = {
  env: Record<string, string>
  directory: string
  logFile: string
  /** Whom it runs as, when not as this process's own account. */
  account: Account | undefined
}

const running = new Set<Service>()
/** However this process ends, nothing that it started stays. */
process.once('exit', () => {
  for (const service of running) service.kill()
})

/** A program that serves others, such as etcd or Patroni. What it prints goes into a file. */
export class Service {
  readonly #child: ChildProcess
  readonly #dataDir: string | undefined

  private constructor(child: ChildProcess, dataDir: string | undefined) {
    this.#child = child
    this.#dataDir = dataDir
  }

  static start(command: string[], options: ServiceOptions, dataDir?: string): Service {
    const [program = '', ...args] = command
    const log = fs.openSync(options.logFile, 'a')
    const child = spawn(program, args, {
      cwd: options.directory,
      env: {
        PATH: `${process.env.PATH}:/usr/sbin`,
        HOME: options.directory,
        LANG: 'C.UTF-8',
        ...options.env,
      },
      stdio: ['ignore', log, log],
      // Ctrl-C in a terminal reaches this process only, which takes all others with it.
      detached: true,
      ...options.account,
    })
    fs.closeSync(log)
    const service = new Service(child, dataDir)
    running.add(service)
    child.once('error', () => undefined)
    return service
  }

  get hasEnded(): boolean {
    return this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** SIGKILL to it and everything that it started, in one go: the machine is gone. Returns how many processes that were. */
  kill(): number {
    running.delete(this)
    // The number of a process that has ended may be another's by now.
    const own = this.hasEnded ? undefined : this.#child.pid
    const roots = [own, postmasterPid(this.#dataDir)].filter((pid) => pid !== undefined)
    const pids = withDescendants(roots)
    for (const pid of pids) send(pid, 'SIGKILL')
    return pids.length
  }

  /** It runs on, but does nothing. */
  freeze(): void {
    this.#child.kill('SIGSTOP')
  }

  /** Nothing of it is wanted any more. Resolves when it is gone. */
  async close(): Promise<void> {
    const ended = this.hasEnded ? undefined : once(this.#child, 'exit')
    this.kill()
    await ended
  }
}

/** Patroni starts PostgreSQL so that it outlives it: as nobody's child, known by its file only. */
const postmasterPid = (dataDir: string | undefined): number | undefined => {
  if (dataDir === undefined) return undefined
  try {
    const pid = Number.parseInt(fs.readFileSync(path.join(dataDir, 'postmaster.pid'), 'utf8'), 10)
    // The file outlives a server that was killed; by then the number may be another process's.
    return fs.readlinkSync(`/proc/${pid}/cwd`) === dataDir ? pid : undefined
  } catch {
    return undefined
  }
}

const withDescendants = (roots: number[]): number[] => {
  const children = new Map<number, number[]>()
  for (const name of fs.readdirSync('/proc')) {
    const pid = Number(name)
    const parent = Number.isInteger(pid) ? parentOf(pid) : undefined
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), pid])
  }
  const found = roots.filter((pid) => parentOf(pid) !== undefined)
  for (const pid of found) found.push(...(children.get(pid) ?? []).filter((child) => !found.includes(child)))
  return found
}

/** proc(5): what follows the name, which may hold anything, begins with the state and the parent. */
const parentOf = (pid: number): number | undefined => {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return undefined
  }
}

const send = (pid: number, signal: NodeJS.Signals) => {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended in the meantime.
  }
}
