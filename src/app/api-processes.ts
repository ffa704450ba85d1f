import cluster from 'node:cluster'
import { answerLimits } from '../platform/siblings/limit-keeper.ts'
import { messageOfChild } from '../platform/siblings/sibling-messages.ts'
import { forkApi } from './fork-api.ts'
import type { ReadyMessage } from './role-process.ts'
import { SupervisedChild, type SupervisedChildOptions } from './supervised-child.ts'

export type ApiProcessesOptions = Omit<SupervisedChildOptions, 'name' | 'start' | 'onMessage'> & {
  /** What Node runs, with `api --supervised`. */
  main: string
  env: NodeJS.ProcessEnv
  count: number
  /** How long a process may take to end, in milliseconds. */
  stopTimeoutMs: number
}

/**
 * The processes of the role `api`. This process listens for all of them and hands out connections in turn (node:cluster), so
 * that none is refused while one of several, or one that is exchanged, starts. It also counts what they limit together, and
 * passes on what they tell of themselves: whoever of them is asked for metrics answers for all.
 */
export class ApiProcesses {
  readonly #options: ApiProcessesOptions
  /** By number, 1 being the first. */
  readonly #current = new Map<number, SupervisedChild>()
  /** Also those that are about to take the place of another, or to end. */
  readonly #all = new Set<SupervisedChild>()
  readonly #limits = answerLimits()
  #reloading: Promise<void> | undefined
  #isReloadWanted = false
  #isStarted = false
  #closed = false

  constructor(options: ApiProcessesOptions) {
    this.#options = options
    // Not the default of every platform.
    cluster.schedulingPolicy = cluster.SCHED_RR
    cluster.setupPrimary({
      exec: options.main,
      args: ['api', '--supervised'],
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
  }

  /** Resolves when all are ready, with what the first one said. */
  async start(): Promise<ReadyMessage> {
    const { count, onHopeless } = this.#options
    // By itself at first: what keeps all of them from starting, such as a port that is taken, is said once.
    const first = this.#spawn(1, onHopeless)
    this.#current.set(1, first)
    const ready = await first.ready
    for (let number = 2; number <= count && !this.#closed; number += 1) {
      this.#current.set(number, this.#spawn(number, onHopeless))
    }
    await Promise.all([...this.#current.values()].map((child) => child.ready))
    this.#isStarted = true
    if (this.#isReloadWanted) this.reload()
    return ready
  }

  /** Exchanges all processes, one after the other, each for a new one that is ready. During a start, and during another reload, it waits. */
  reload() {
    this.#isReloadWanted = true
    if (!this.#isStarted) return
    this.#reloading ??= this.#reload().finally(() => {
      this.#reloading = undefined
    })
  }

  /** Ends all and starts them anew, as one does when their code has changed and the old one is of no use. */
  restart() {
    for (const child of this.#current.values()) child.restart()
  }

  /** Asks all to end, and waits. */
  async stop(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#all].map((child) => child.stop(this.#options.stopTimeoutMs)))
  }

  kill() {
    this.#closed = true
    for (const child of this.#all) child.kill()
  }

  #spawn(number: number, onHopeless: (exitCode: number) => void): SupervisedChild {
    const { count, env } = this.#options
    const child = new SupervisedChild({
      ...this.#options,
      name: count === 1 ? 'api' : `api ${number}`,
      start: () => forkApi(env),
      onMessage: (message) => this.#onMessage(number, child, message),
      onHopeless,
    })
    this.#all.add(child)
    return child
  }

  async #reload() {
    const { log } = this.#options
    while (this.#isReloadWanted) {
      this.#isReloadWanted = false
      log('reloading api')
      for (const number of this.#current.keys()) {
        if (await this.#exchange(number)) continue
        if (!this.#closed) log('api is not reloaded: the processes that run go on')
        return
      }
      log('api reloaded')
    }
  }

  /** @returns whether a new process runs in place of the old one */
  async #exchange(number: number): Promise<boolean> {
    if (this.#closed) return false
    const old = this.#current.get(number)
    const failed = Promise.withResolvers<'failed'>()
    const child = this.#spawn(number, () => failed.resolve('failed'))
    if ((await Promise.race([child.ready, failed.promise])) === 'failed') {
      this.#all.delete(child)
      return false
    }
    this.#current.set(number, child)
    if (old !== undefined) {
      await old.stop(this.#options.stopTimeoutMs)
      this.#all.delete(old)
    }
    return !this.#closed
  }

  #onMessage(number: number, from: SupervisedChild, given: unknown) {
    const { data: message } = messageOfChild.safeParse(given)
    if (message?.type === 'limits') {
      from.send({ type: 'limits', turn: message.turn, answers: this.#limits(message.calls) })
    }
    if (message?.type === 'metrics-wanted') {
      const asked = [...this.#current.values()].filter(({ isReady }) => isReady)
      for (const child of asked) {
        child.send({ type: 'metrics-wanted', by: number, page: message.page, of: asked.length })
      }
    }
    if (message?.type === 'metrics') {
      this.#current.get(message.by)?.send({ ...message, process: number })
    }
  }
}
