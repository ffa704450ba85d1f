import CircuitBreaker from 'opossum'
import { unavailable } from '../errors.ts'
import { isInfrastructureError } from './infrastructure-error.ts'

const resetTimeoutMs = 2_000

/**
 * One circuit breaker a pool. It opens when at least half of ten seconds' calls (and five of them) met a database that
 * was away; open, it refuses at once with a 503 and lets one call through every two seconds to probe.
 * A unique violation or a wrong statement is the caller's affair and counts as success.
 */
export class PoolBreaker {
  readonly name: string
  readonly #circuit: CircuitBreaker<[() => Promise<unknown>], unknown>

  constructor(name: string) {
    this.name = name
    this.#circuit = new CircuitBreaker((call: () => Promise<unknown>) => call(), {
      name,
      timeout: false,
      errorThresholdPercentage: 50,
      volumeThreshold: 5,
      rollingCountTimeout: 10_000,
      resetTimeout: resetTimeoutMs,
      // Else it sorts the times of all calls of ten seconds, once a second.
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      errorFilter: (error: unknown) => !isInfrastructureError(error),
    })
  }

  /** Runs `call`, or throws a 503 without running it while the breaker is open. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    try {
      return (await this.#circuit.fire(call)) as T
    } catch (error) {
      if (CircuitBreaker.isOurError(error instanceof Error ? error : new Error(String(error)))) {
        throw unavailable('database', resetTimeoutMs / 1_000, error)
      }
      throw error
    }
  }

  get state(): 'closed' | 'open' | 'half-open' {
    if (this.#circuit.halfOpen) return 'half-open'
    return this.#circuit.opened ? 'open' : 'closed'
  }

  close() {
    this.#circuit.shutdown()
  }
}
