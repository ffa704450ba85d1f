import cluster from 'node:cluster'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { type Config, loadConfig } from '../platform/config/config.ts'
import { joinDatabase, type RoleConfig } from './join-database.ts'
import { openLog } from './open-log.ts'
import { projectDir } from './project-dir.ts'
import { forcedExitCode, onShutdownSignals } from './shutdown-signals.ts'
import { exitWithStartError } from './start-error.ts'
import { version } from './version.ts'

export type RunningRole = {
  /** Where it listens, such as `http://127.0.0.1:4000`. */
  address?: string
  /** Tells load balancers to send no more, and serves what they send meanwhile. */
  leave?: () => void
  /** Takes nothing new, ends what runs or hands it back, closes everything. */
  stop: () => Promise<void>
}
/** Resolves when the role does its work. */
export type StartRole = (context: { config: RoleConfig; log: Logger }) => Promise<RunningRole>
/** What a role tells the supervisor. */
export type ReadyMessage = { type: 'ready'; address?: string }

/**
 * Runs one role as this process until a signal, the end of the supervisor, or an error that nobody caught. The process
 * ends with 0 after an orderly stop, 78 when the operator has to put something right, 130 or 143 after a second
 * signal, else 1.
 */
export const runRole = async (name: string, start: StartRole): Promise<void> => {
  const isSupervised = process.argv.includes('--supervised')
  const { config, warnings } = loadConfig(process.env, projectDir)
  const { log, close: closeLog } = await openLog(config, name)
  const traces = await openTraces(config, name, log)
  for (const warning of isSupervised ? [] : warnings) log.warn(warning)
  const ending = new AbortController()
  onShutdownSignals({
    first: (signal) => ending.abort(signal),
    second: (signal) => process.exit(forcedExitCode(signal)),
    // Ctrl-C and the end of a terminal reach children too; what they mean is for the supervisor to say.
    ...(isSupervised ? { signals: ['SIGTERM'] } : {}),
  })
  // Else a process of a cluster would end at once when its parent is gone, and with it the requests that run.
  if (cluster.worker !== undefined) cluster.worker.exitedAfterDisconnect = true
  process.on('disconnect', () => ending.abort('the supervisor is gone'))
  if (process.send !== undefined && !process.connected) ending.abort('the supervisor is gone')
  process.on('uncaughtException', (error, origin) => {
    log.fatal({ err: error, origin }, 'uncaught error')
    void closeLog().finally(() => process.exit(1))
  })
  try {
    const starting = joinDatabase(config, { isSupervised }).then((roleConfig) =>
      start({ config: roleConfig, log }),
    )
    const role = await Promise.race([starting, aborted(ending.signal)])
    if (role === 'aborted') process.exit(0)
    const ready: ReadyMessage = {
      type: 'ready',
      ...(role.address === undefined ? {} : { address: role.address }),
    }
    if (process.connected) process.send?.(ready)
    log.info({ address: role.address }, 'ready')
    await aborted(ending.signal)
    log.info({ reason: ending.signal.reason }, 'stopping')
    // The roles of a supervisor end together: nobody could take over.
    if (!isSupervised) await leaveInTime(role, config.shutdownDelayMs)
    const exitCode = (await stopInTime(role, config.shutdownTimeoutMs, log)) ? 0 : 1
    await traces?.close()
    await closeLog()
    process.exit(exitCode)
  } catch (error) {
    exitWithStartError(error, config.http)
  }
}

const leaveInTime = async ({ leave }: RunningRole, delayMs: number): Promise<void> => {
  if (leave === undefined || delayMs === 0) return
  leave()
  await delay(delayMs)
}

/** Before anything else opens. Without a collector nothing of it is loaded. */
const openTraces = async ({ tracing, environment }: Config, role: string, log: Logger) => {
  if (tracing === undefined) return undefined
  const { openOtlpTraces } = await import('../platform/observability/otlp-traces.ts')
  return openOtlpTraces({ ...tracing, role, version, environment, log })
}

const stopInTime = async (role: RunningRole, timeoutMs: number, log: Logger): Promise<boolean> => {
  const timedOut = delay(timeoutMs, 'timed out' as const)
  try {
    const stopped = role.stop().then(leaveParent)
    if ((await Promise.race([stopped, timedOut])) !== 'timed out') return true
    log.error({ timeoutMs }, 'stopping took too long: what still ran was cut off')
  } catch (error) {
    log.error({ err: error }, 'stopping failed')
  }
  return false
}

/** What the parent has sent until it knows that we no longer listen goes back to it, and to another process. */
const leaveParent = async () => {
  if (!cluster.worker?.isConnected()) return
  const left = once(process, 'disconnect')
  cluster.worker.disconnect()
  await left
}

const aborted = (signal: AbortSignal): Promise<'aborted'> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve('aborted')
    else signal.addEventListener('abort', () => resolve('aborted'), { once: true })
  })
