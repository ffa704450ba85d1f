import type { S3Client } from '@aws-sdk/client-s3'
import CircuitBreaker from 'opossum'
import { isOutage, storageAway, toS3Fault } from './s3-faults.ts'

type CallOptions = {
  /** For the whole call, all its attempts included. */
  timeoutMs?: number
  /** For one attempt, until its answer begins; a few seconds by default. */
  attemptTimeoutMs?: number
  signal?: AbortSignal | undefined
}
type SendOptions = { abortSignal: AbortSignal; requestTimeout?: number }

const callTimeoutMs = 10_000
const breakerResetMs = 2_000

/**
 * One bucket. Its calls go through a breaker that opens when at least half of ten seconds' calls, and five of them, met a
 * storage that was away; open, it refuses at once and lets one call through every two seconds to probe.
 */
export class S3Bucket {
  readonly name: string
  readonly client: S3Client
  readonly #circuit = new CircuitBreaker((call: () => Promise<unknown>) => call(), {
    name: 's3',
    timeout: false,
    errorThresholdPercentage: 50,
    volumeThreshold: 5,
    rollingCountTimeout: 10_000,
    resetTimeout: breakerResetMs,
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
    errorFilter: (error: unknown) => !isOutage(error),
  })

  constructor(client: S3Client, name: string) {
    this.client = client
    this.name = name
  }

  /**
   * Sends one command: `send` hands the options on to the client.
   * @throws 503 when S3 is away, 507 when it is full, the signal's reason when that is why, else what S3 answered
   */
  async call<T>(send: (options: SendOptions) => Promise<T>, options: CallOptions = {}): Promise<T> {
    try {
      return (await this.#circuit.fire(() => callInTime(send, options))) as T
    } catch (error) {
      options.signal?.throwIfAborted()
      if (error instanceof Error && CircuitBreaker.isOurError(error)) throw storageAway(error)
      throw toS3Fault(error)
    }
  }

  close(): void {
    this.#circuit.shutdown()
    this.client.destroy()
  }
}

/** The same without a breaker, so that it tells how S3 is at this moment. @throws what S3 answered, as it is */
export const callInTime = async <T>(
  send: (options: SendOptions) => Promise<T>,
  { timeoutMs = callTimeoutMs, attemptTimeoutMs, signal }: CallOptions,
): Promise<T> => {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), timeoutMs)
  const abortSignal = signal === undefined ? late.signal : AbortSignal.any([late.signal, signal])
  try {
    return await send({
      abortSignal,
      ...(attemptTimeoutMs === undefined ? {} : { requestTimeout: attemptTimeoutMs }),
    })
  } catch (error) {
    if (!late.signal.aborted) throw error
    throw Object.assign(new Error(`No answer of S3 in ${timeoutMs} ms`, { cause: error }), {
      name: 'TimeoutError',
    })
  } finally {
    clearTimeout(timer)
  }
}
