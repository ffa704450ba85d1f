import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ImageProviderError } from '../provider.ts'
import { type ModelMessage, type ModelTask, modelMessageSchema, outOfMemorySignal } from './model-messages.ts'

type Made = Extract<ModelMessage, { kind: 'made' }>
type RunOptions = {
  signal: AbortSignal
  /** For one picture, with what it takes to start the process and to load the model. */
  timeoutMs: number
  progress: (fraction: number) => void
}
type Running = { process: ChildProcess; ended: Promise<ImageProviderError> }

const program = fileURLToPath(new URL('./model-process.ts', import.meta.url))
const heapMegabytes = 512
const keptErrorOutput = 8 * 1024

/**
 * The process that runs models, so that neither their memory nor their crashes are the worker's. It is started by the first
 * picture, and again by the one after its end. Runs one picture at a time: the caller sees to that.
 */
export class ModelChild {
  readonly #maxResidentBytes: number
  #running: Running | undefined

  /** @param maxResidentBytes of memory, beyond which the process is ended and its picture fails for good */
  constructor(maxResidentBytes: number) {
    this.#maxResidentBytes = maxResidentBytes
  }

  /**
   * Rejects with an `ImageProviderError`, or with the signal's reason; then the process has ended, if it was at work.
   */
  async run(task: ModelTask, { signal, timeoutMs, progress }: RunOptions): Promise<Made> {
    signal.throwIfAborted()
    this.#running ??= this.#start()
    const { process: child, ended } = this.#running
    const { promise: outcome, resolve, reject } = Promise.withResolvers<Made>()
    const hear = (said: unknown) => {
      const { data: message } = modelMessageSchema.safeParse(said)
      if (message?.kind === 'progress') progress(message.fraction)
      else if (message?.kind === 'made') resolve(message)
      else if (message?.kind === 'refused') reject(failureOf(message))
      else child.kill('SIGKILL')
    }
    const late = AbortSignal.timeout(timeoutMs)
    const stop = AbortSignal.any([signal, late])
    const kill = () => child.kill('SIGKILL')
    child.on('message', hear)
    stop.addEventListener('abort', kill)
    try {
      // Whether it arrives shows in the answer, or in the end of the process.
      child.send(task, () => undefined)
      return await Promise.race([outcome, ended.then((failure) => Promise.reject(failure))])
    } catch (error) {
      if (stop.aborted) await ended
      signal.throwIfAborted()
      throw late.aborted ? tookTooLong() : error
    } finally {
      child.off('message', hear)
      stop.removeEventListener('abort', kill)
    }
  }

  /** Ends the process, whatever it does. */
  async close(): Promise<void> {
    this.#running?.process.kill('SIGKILL')
    await this.#running?.ended
  }

  /** It inherits nothing: no environment, input, output or flags. */
  #start(): Running {
    const child = fork(program, [String(this.#maxResidentBytes)], {
      env: { TZ: 'UTC' },
      execArgv: [`--max-old-space-size=${heapMegabytes}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    const ended = awaitEnd(child).finally(() => {
      this.#running = undefined
    })
    return { process: child, ended }
  }
}

const awaitEnd = async (child: ChildProcess): Promise<ImageProviderError> => {
  let errorOutput = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errorOutput = (errorOutput + text).slice(-keptErrorOutput)
  })
  try {
    const [, signal] = await once(child, 'close')
    return signal === outOfMemorySignal ? outOfMemory() : crashed(new Error(errorOutput))
  } catch (cause) {
    return crashed(cause)
  }
}

/** What it says of the model's fault may name files: that is for the log. */
const failureOf = ({ code, message, detail }: Extract<ModelMessage, { kind: 'refused' }>) =>
  new ImageProviderError('permanent', code, message, detail === undefined ? {} : { cause: new Error(detail) })

const outOfMemory = () =>
  new ImageProviderError(
    'permanent',
    'MODEL_OUT_OF_MEMORY',
    'The model takes too much memory for this picture.',
  )

const crashed = (cause: unknown) =>
  new ImageProviderError('retryable', 'MODEL_PROCESS_ENDED', 'The process that runs models has ended.', {
    retryAfterMs: 1_000,
    cause,
  })

const tookTooLong = () =>
  new ImageProviderError('retryable', 'MODEL_TIMEOUT', 'The model took too long for this picture.', {
    retryAfterMs: 5_000,
  })
