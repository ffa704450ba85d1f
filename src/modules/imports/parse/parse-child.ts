import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { PermanentFailure } from '../../../platform/jobs/job-failure.ts'
import { outOfMemoryCode, type ParseTask, rowsDescriptor } from './parse-messages.ts'

const program = fileURLToPath(new URL('./parse-process.ts', import.meta.url))
const keptErrorOutput = 8 * 1024

export type ParseChild = {
  process: ChildProcess
  rows: Readable
  /** When the process is gone and all that it said was heard: why it ended, undefined after its work. */
  ended: Promise<PermanentFailure | undefined>
}

/** Starts the process that reads the file. It inherits nothing: no environment, input, output or flags. */
export const startParseChild = (task: ParseTask, maxHeapMegabytes: number): ParseChild => {
  const child = fork(program, [JSON.stringify(task)], {
    env: { TZ: 'UTC' },
    execArgv: [`--max-old-space-size=${maxHeapMegabytes}`],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc', 'pipe'],
  })
  const rows = child.stdio[rowsDescriptor]
  if (!(rows instanceof Readable)) throw new Error('The parser has no pipe for rows')
  // Its reader sees the error too; without a reader there is nobody to tell.
  rows.on('error', () => undefined)
  return { process: child, rows, ended: awaitEnd(child) }
}

const awaitEnd = async (child: ChildProcess): Promise<PermanentFailure | undefined> => {
  let errorOutput = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errorOutput = (errorOutput + text).slice(-keptErrorOutput)
  })
  try {
    // The last message and the last output can come after the exit.
    const [[code, signal]] = await Promise.all([
      once(child, 'exit'),
      once(child, 'disconnect'),
      child.stderr === null ? undefined : once(child.stderr, 'close'),
    ])
    return code === 0 ? undefined : explainEnd(code, signal, errorOutput)
  } catch (error) {
    return new PermanentFailure('PARSER_CRASHED', 'The parser could not be started.', { cause: error })
  }
}

/** @param errorOutput goes into the cause, for the log: it may name paths. */
const explainEnd = (code: number | null, signal: string | null, errorOutput: string): PermanentFailure => {
  const cause = new Error(errorOutput)
  if (code === outOfMemoryCode || /heap out of memory|allocation failed/i.test(errorOutput)) {
    return new PermanentFailure('PARSER_RAN_OUT_OF_MEMORY', 'The file takes too much memory to read.', {
      cause,
    })
  }
  const end = signal === null ? `ended with code ${code}` : `was ended by ${signal}`
  return new PermanentFailure('PARSER_CRASHED', `The process that read the file ${end}.`, { cause })
}
