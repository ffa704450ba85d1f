import { once } from 'node:events'
import { type Config, loadConfig } from '../platform/config/config.ts'
import { readyText } from './banner.ts'
import { projectDir } from './project-dir.ts'
import { forcedExitCode, onShutdownSignals } from './shutdown-signals.ts'
import { exitWithStartError } from './start-error.ts'
import { Supervisor, type SupervisorOptions } from './supervisor.ts'

export type SupervisorProcessOptions = Pick<
  SupervisorOptions,
  'main' | 'roles' | 'preparesDatabase' | 'watch'
>

/**
 * Runs everything of one machine under this process until a signal. SIGHUP exchanges the processes of the role `api`, unless it
 * comes from a terminal that is closed, which ends everything. It ends with 0 after an orderly stop, 78 when the
 * operator has to put something right, 130 or 143 after a second signal, else 1.
 */
export const runSupervisor = async (options: SupervisorProcessOptions): Promise<void> => {
  const ending = new AbortController()
  let supervisor: Supervisor | undefined
  let crashes: Awaited<ReturnType<typeof openCrashReports>>
  let exitCode = 0
  const end = (reason: string) => {
    if (!ending.signal.aborted) say(`stopping (${reason})`)
    ending.abort()
  }
  onShutdownSignals({
    first: end,
    second: (signal) => {
      say('stopping at once')
      const killed = supervisor?.kill() ?? Promise.resolve()
      void killed.finally(() => process.exit(forcedExitCode(signal)))
    },
    ...(process.stdin.isTTY ? {} : { signals: ['SIGTERM', 'SIGINT'] }),
  })
  if (!process.stdin.isTTY) process.on('SIGHUP', () => supervisor?.reload())
  process.on('disconnect', () => end('the launcher is gone'))
  // Else the first line that is said would end this process, and leave the database behind.
  process.stdout.on('error', () => end('nobody reads the output'))
  if (process.send !== undefined && !process.connected) end('the launcher is gone')
  const onHopeless = (code: number) => {
    exitCode = code
    ending.abort()
  }
  try {
    const { config, warnings } = loadConfig(process.env, projectDir)
    for (const warning of warnings) say(`warning: ${warning}`)
    crashes = await openCrashReports(config)
    supervisor = new Supervisor({ ...options, config, log: say, onCrash: crashes?.report, onHopeless })
    const running = await supervisor.start(ending.signal)
    if (options.preparesDatabase) process.stdout.write(readyText(running, process.uptime()))
    else say(`ready at ${running.addresses.join(', ')}`)
    if (!ending.signal.aborted) await once(ending.signal, 'abort')
  } catch (error) {
    if (!ending.signal.aborted) {
      await supervisor?.stop()
      exitWithStartError(error)
    }
  }
  await supervisor?.stop()
  await crashes?.close()
  if (exitCode === 0) say('stopped')
  process.exit(exitCode)
}

/** A role that was killed, or out of memory, cannot tell of it any more. */
const openCrashReports = async ({ sentry }: Config) => {
  if (sentry === undefined) return undefined
  const { openErrorSink } = await import('./open-log.ts')
  const sink = await openErrorSink(sentry, (reason) =>
    say(`warning: the error sink takes no events (${reason})`),
  )
  return {
    report: (role: string, how: string) => {
      const err = { type: 'RoleEnded', message: `${role} ended unexpectedly (${how})`, stack: '' }
      sink.report({ level: 60, time: Date.now(), name: 'supervisor', msg: err.message, err })
    },
    close: () => sink.close(),
  }
}

const say = (line: string) => process.stdout.write(`backlot: ${line}\n`)
