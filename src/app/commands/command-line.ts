import { type ParseArgsConfig, parseArgs } from 'node:util'
import { forcedExitCode, onShutdownSignals } from '../shutdown-signals.ts'

/** EX_USAGE of BSD's sysexits.h. */
const usageExitCode = 64

/** The words and options of a command; undefined after the usage was printed, because they are wrong or help was asked for. */
export const readCommandLine = <const Options extends NonNullable<ParseArgsConfig['options']>>(
  args: string[],
  options: Options,
  usage: string,
) => {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(usage)
    return undefined
  }
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    return { values, words: positionals }
  } catch (error) {
    refuseCommandLine(error instanceof Error ? error.message : String(error), usage)
    return undefined
  }
}

export const refuseCommandLine = (fault: string, usage: string): void => {
  process.stderr.write(`backlot: ${fault}\n\n${usage}`)
  process.exitCode = usageExitCode
}

/** A whole number of 1 or more; undefined when it is none. */
export const countIn = (text: string): number | undefined =>
  /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined

/**
 * Runs a command that puts things in order when a signal ends it; a second signal ends it at once. The exit code is that of
 * the signal then.
 */
export const interruptible = async (run: (signal: AbortSignal) => Promise<void>): Promise<void> => {
  const ending = new AbortController()
  onShutdownSignals({
    first: (signal) => {
      process.stderr.write('backlot: stopping; what is half done is removed\n')
      process.exitCode = forcedExitCode(signal)
      ending.abort(new Error(`ended by ${signal}`))
    },
    second: (signal) => process.exit(forcedExitCode(signal)),
  })
  try {
    await run(ending.signal)
  } catch (error) {
    if (!ending.signal.aborted) throw error
  }
}

export const say = (line: string): void => void process.stdout.write(`backlot: ${line}\n`)
