import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import path from 'node:path'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { codeOf } from '../../platform/database/infrastructure-error.ts'

export type Ffmpeg = { path: string; version: string }

const answerTimeoutMs = 5_000

/** The ffmpeg of this machine, by `PATH`. Undefined when there is none, or none that runs. */
export const findFfmpeg = async (): Promise<Ffmpeg | undefined> => {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    if (folder === '') continue
    const file = path.join(folder, 'ffmpeg')
    const version = await readVersion(file)
    if (version !== undefined) return { path: file, version }
  }
  return undefined
}

const readVersion = async (file: string): Promise<string | undefined> => {
  try {
    await access(file, constants.X_OK)
    const { stdout } = await promisify(execFile)(file, ['-version'], {
      timeout: answerTimeoutMs,
      env: childEnvironment(),
    })
    return /^ffmpeg version (\S+)/.exec(stdout)?.[1]
  } catch {
    return undefined
  }
}

/**
 * What media says is never trusted with our environment, which holds keys, nor with the network: all that ffmpeg may open is
 * its standard input and, for its output, files.
 */
const childEnvironment = (): NodeJS.ProcessEnv => {
  const { PATH, LD_LIBRARY_PATH } = process.env
  return { PATH, ...(LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH }) }
}

const commonArguments = [
  '-nostdin',
  '-hide_banner',
  '-loglevel',
  'warning',
  '-protocol_whitelist',
  'file,pipe',
]

export type FfmpegProcess = ChildProcessByStdio<Writable, null, Readable>

/** Starts ffmpeg, which reads FLV or whatever `args` say from its standard input. Whoever starts it sees to its end. */
export const startFfmpeg = (
  file: string,
  args: string[],
  options: { signal?: AbortSignal; timeout?: number } = {},
): FfmpegProcess =>
  spawn(file, [...commonArguments, ...args], {
    ...options,
    killSignal: 'SIGKILL',
    env: childEnvironment(),
    stdio: ['pipe', 'ignore', 'pipe'],
  })

const tailLength = 2_000

/** Gathers the end of what a child says on standard error. */
export const tailOf = (stderr: Readable): (() => string) => {
  let tail = ''
  stderr.setEncoding('utf8')
  stderr.on('data', (text: string) => {
    tail = (tail + text).slice(-tailLength)
  })
  return () => tail
}

/** The last line of what ffmpeg said, without the address of the part of it that speaks. */
export const lastLine = (text: string): string =>
  (
    text
      .trim()
      .split(/[\r\n]+/)
      .at(-1) ?? ''
  )
    .replace(/^\[[^\]]* @ 0x[0-9a-f]+\] /, '')
    .slice(0, 300)

/** ffmpeg ended with an error, or (`exitCode` null) was killed, by us for its time limit or by the system for its memory. */
export class FfmpegFailed extends Error {
  readonly exitCode: number | null
  readonly stderr: string
  constructor(exitCode: number | null, stderr: string) {
    super(exitCode === null ? 'ffmpeg was killed' : `ffmpeg: ${lastLine(stderr)}`)
    this.name = 'FfmpegFailed'
    this.exitCode = exitCode
    this.stderr = stderr
  }
}

export type FfmpegRun = {
  path: string
  /** Given as they are, to no shell. */
  args: string[]
  /** Written to its standard input, as fast as it reads. */
  input: AsyncIterable<Uint8Array>
  signal: AbortSignal
  timeLimitMs: number
}

/** Runs ffmpeg to its end. @throws FfmpegFailed, what the input throws, and the signal's reason */
export const runFfmpeg = async ({
  path: file,
  args,
  input,
  signal,
  timeLimitMs,
}: FfmpegRun): Promise<void> => {
  signal.throwIfAborted()
  const child = startFfmpeg(file, args, { signal, timeout: timeLimitMs })
  const tail = tailOf(child.stderr)
  const ending = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const feeding = pipeline(Readable.from(input, { objectMode: false }), child.stdin).catch(
    (error: unknown) => {
      if (isClosedPipe(error)) return undefined
      child.kill('SIGKILL')
      return { error }
    },
  )
  const [exitCode, fault] = await Promise.all([
    ending.catch((error: unknown) => {
      signal.throwIfAborted()
      throw error
    }),
    feeding,
  ])
  signal.throwIfAborted()
  if (fault !== undefined) throw fault.error
  if (exitCode !== 0) throw new FfmpegFailed(exitCode, tail())
}

/** It ended before it had read everything; its exit code says why. */
const isClosedPipe = (error: unknown): boolean =>
  ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'].includes(codeOf(error) ?? '')
