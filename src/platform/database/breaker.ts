import { setTimeout as sleep } from 'node:timers/promises'
import CircuitBreaker from 'opossum'
import { unavailable } from '../errors.ts'
import { isInfrastructureError } from './infrastructure-error.ts'

const probeEveryMs = 250
const probeTimeoutMs = 1_000
const retryAfterSeconds = 1
/** The longest that a timer takes: opossum is never to let a caller through to try. */
const neverMs = 2 ** 31 - 1

type Circuit = CircuitBreaker<[() => Promise<unknown>], unknown>

/**
 * One circuit breaker a server. It opens when more than half of ten seconds' calls (and there were five) met a database
 * that was away. Open, it refuses at once with a 503, and asks the server itself, four times a second, until it answers: no
 * request is spent on finding out, and calls go through soon after the server is back, whether or not any are made.
 * A unique violation or a wrong statement is the caller's affair and counts as success.
 */
export class PoolBreaker {
  readonly name: string
  readonly #probe: (signal: AbortSignal) => Promise<void>
  readonly #closing = new AbortController()
  #circuit: Circuit

  /** @param probe rejects while the server is not fit for use. Its signal aborts after a second. */
  constructor(name: string, probe: (signal: AbortSignal) => Promise<void>) {
    this.name = name
    this.#probe = probe
    this.#circuit = this.#newCircuit()
  }

  #newCircuit(): Circuit {
    const circuit = new CircuitBreaker((call: () => Promise<unknown>) => call(), {
      name: this.name,
      timeout: false,
      errorThresholdPercentage: 50,
      volumeThreshold: 5,
      rollingCountTimeout: 10_000,
      resetTimeout: neverMs,
      // Else it sorts the times of all calls of ten seconds, once a second.
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      errorFilter: (error: unknown) => !isInfrastructureError(error),
    })
    circuit.once('open', () => void this.#probeUntilUp())
    return circuit
  }

  async #probeUntilUp() {
    const { signal } = this.#closing
    while (!signal.aborted) {
      await sleep(probeEveryMs, undefined, { ref: false, signal }).catch(() => undefined)
      if (!signal.aborted && (await this.#isUp())) break
    }
    if (signal.aborted) return
    // A new one, so that neither the failures of before nor calls that were sent then open it again.
    this.#circuit.shutdown()
    this.#circuit = this.#newCircuit()
  }

  #isUp(): Promise<boolean> {
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(probeTimeoutMs)])
    return this.#probe(signal).then(
      () => true,
      () => false,
    )
  }

  /** Runs `call`, or throws a 503 without running it while the breaker is open. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    try {
      return (await this.#circuit.fire(call)) as T
    } catch (error) {
      if (CircuitBreaker.isOurError(error instanceof Error ? error : new Error(String(error)))) {
        throw unavailable('database', retryAfterSeconds, error)
      }
      throw error
    }
  }

  get state(): 'closed' | 'open' {
    return this.#circuit.opened ? 'open' : 'closed'
  }

  close() {
    this.#closing.abort()
    this.#circuit.shutdown()
  }
}
