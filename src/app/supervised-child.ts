import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { restartDelays } from '../platform/process/restart-delay.ts'
import { startFaultExitCode } from '../platform/process/start-fault.ts'
import type { ReadyMessage } from './role-process.ts'

export type SupervisedChildOptions = {
  name: string
  /** Arguments for Node. */
  args: string[]
  env: NodeJS.ProcessEnv
  log: (line: string) => void
  /** The process ended by itself. */
  onCrash?: ((name: string, how: string) => void) | undefined
  /** The role cannot start: it has said why on standard error, or it failed several times in a row. */
  onHopeless: (exitCode: number) => void
  /** Keeps trying a role that has never been ready, as one does while its code is being changed. */
  neverGivesUp: boolean
}

const readyTimeoutMs = 60_000
const startAttempts = 5
const readyMessage: z.ZodType<ReadyMessage> = z.object({
  type: z.literal('ready'),
  address: z.string().optional(),
})

/** One role in a process of its own, started again whenever it ends by itself. */
export class SupervisedChild {
  /** Resolves with the role's message when it is ready for the first time. */
  readonly ready: Promise<ReadyMessage>
  readonly #options: SupervisedChildOptions
  readonly #closing = new AbortController()
  readonly #running: Promise<void>
  #child: ChildProcess | undefined
  #isRestarting = false
  #hasBeenReady = false

  constructor(options: SupervisedChildOptions) {
    this.#options = options
    const { promise, resolve } = Promise.withResolvers<ReadyMessage>()
    this.ready = promise
    this.#running = this.#keepRunning(resolve)
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Asks the process to end and waits; kills it after `timeoutMs`. It is not started again. */
  async stop(timeoutMs: number): Promise<void> {
    this.#closing.abort()
    this.#child?.kill('SIGTERM')
    const timer = setTimeout(() => this.kill(), timeoutMs)
    await this.#running
    clearTimeout(timer)
  }

  kill() {
    this.#closing.abort()
    this.#child?.kill('SIGKILL')
  }

  /** Replaces the process by a new one, once the old one has ended in its own time. */
  restart() {
    this.#isRestarting = true
    this.#child?.kill('SIGTERM')
  }

  async #keepRunning(resolveReady: (message: ReadyMessage) => void) {
    const { name, log, onHopeless, neverGivesUp } = this.#options
    const delays = restartDelays()
    for (let attempt = 1; !this.#closing.signal.aborted; attempt += 1) {
      const startedAt = performance.now()
      const { code, signal } = await this.#runOnce(resolveReady)
      if (this.#closing.signal.aborted) return
      if (!this.#hasBeenReady && code === startFaultExitCode) return onHopeless(code)
      const how = signal ?? `exit code ${code}`
      if (!this.#isRestarting) this.#options.onCrash?.(name, how)
      if (!this.#hasBeenReady && attempt >= startAttempts && !neverGivesUp) {
        log(`${name} could not be started in ${startAttempts} attempts; its log above says why`)
        return onHopeless(1)
      }
      const waitMs = this.#isRestarting ? 0 : delays.nextMs(performance.now() - startedAt)
      if (!this.#isRestarting) log(`${name} ended unexpectedly (${how}); again in ${waitMs} ms`)
      this.#isRestarting = false
      await delay(waitMs, undefined, { signal: this.#closing.signal }).catch(() => undefined)
    }
  }

  /** In its own process group, so that Ctrl-C reaches only the supervisor, which ends everything in order. */
  #runOnce(resolveReady: (message: ReadyMessage) => void) {
    const { args, env, name, log } = this.#options
    const child = spawn(process.execPath, args, {
      env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
    })
    this.#child = child
    const readyTimer = setTimeout(() => {
      log(`${name} was not ready after ${readyTimeoutMs / 1_000} s and is started again`)
      child.kill('SIGKILL')
    }, readyTimeoutMs)
    child.on('message', (message) => {
      const ready = readyMessage.safeParse(message)
      if (!ready.success) return
      clearTimeout(readyTimer)
      this.#hasBeenReady = true
      resolveReady(ready.data)
    })
    return new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
      child.once('error', (error) => {
        clearTimeout(readyTimer)
        log(`${name} could not be started: ${error.message}`)
        resolve({ code: null, signal: null })
      })
      child.once('exit', (code, signal) => {
        clearTimeout(readyTimer)
        resolve({ code, signal })
      })
    })
  }
}
