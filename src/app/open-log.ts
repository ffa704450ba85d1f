import type { Logger } from 'pino'
import type { Config } from '../platform/config/config.ts'
import { createLogger, type LogSink } from '../platform/observability/logger.ts'
import { version } from './version.ts'

export const openErrorSink = async (
  sentry: NonNullable<Config['sentry']>,
  onTrouble: (reason: string) => void,
) => {
  const { ErrorSink } = await import('../platform/observability/error-sink.ts')
  return new ErrorSink({ ...sentry, release: `backlot@${version}`, onTrouble })
}

/**
 * The log of a role: standard output, and beside it the file and the error sink that the operator has set up. What neither is
 * set up for is not even loaded.
 */
export const openLog = async (
  config: Config,
  role: string,
): Promise<{ log: Logger; close: () => Promise<void> }> => {
  const sinks: LogSink[] = []
  const closing: (() => Promise<void>)[] = []
  if (config.logFile !== undefined) {
    const { RotatingFile } = await import('../platform/observability/rotating-file.ts')
    const file = new RotatingFile({
      ...config.logFile,
      name: role,
      onTrouble: ({ error, leftOut }) =>
        error === undefined
          ? log.warn({ leftOut }, 'the log file is written again')
          : log.warn({ err: error }, 'the log file cannot be written; standard output goes on'),
    })
    sinks.push({ level: 'trace', stream: file })
    closing.push(() => file.close())
    process.once('exit', () => file.flushSync())
  }
  if (config.sentry !== undefined) {
    const sink = await openErrorSink(config.sentry, (reason) =>
      log.warn({ reason }, 'the error sink takes no events'),
    )
    sinks.push({ level: 'warn', stream: sink })
    closing.push(() => sink.close())
  }
  const log = createLogger(config, role, sinks)
  return {
    log,
    close: async () => {
      await Promise.all(closing.map((close) => close()))
    },
  }
}
