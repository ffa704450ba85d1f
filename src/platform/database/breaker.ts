import { setTimeout as sleep } from 'node:timers/promises'
import CircuitBreaker from 'opossum'
import { unavailable } from '../errors.ts'
import { isInfrastructureError } from './infrastructure-error.ts'

const probeEveryMs = 250
const probeTimeoutMs = 1_000
const watchEveryMs = 500
/** One may be lost to a server or to a process of ours that is merely busy. */
const probesUntilSilent = 2
const retryAfterSeconds = 1
/** The longest that a timer takes: opossum is never to let a caller through to try. */
const neverMs = 2 ** 31 - 1

type Circuit = CircuitBreaker<[() => Promise<unknown>], unknown>

/**
 * One circuit breaker a server. It opens when more than half of ten seconds' calls (and there were five) met a database
 * that was away. Open, it refuses at once with a 503, and asks the server itself, four times a second, until it answers: no
 * request is spent on finding out, and calls go through soon after the server is back, whether or not any are made.
 * A unique violation or a wrong statement is the caller's affair and counts as success.
 *
 * A server that is silent (it hangs, or the network swallows everything) fails no call until some timeout of many seconds.
 * So when something waits for an answer and none has come for half a second, the server is asked as above; when it does
 * not answer twice in a row, the breaker opens and `onSilence` listeners hear of it: within four seconds in all.
 */
export class PoolBreaker {
  readonly name: string
  readonly #probe: (signal: AbortSignal) => Promise<void>
  readonly #closing = new AbortController()
  readonly #silenceListeners: (() => void)[] = []
  #circuit: Circuit
  #waiting = 0
  #answers = 0
  #watching = false

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

  async #isUp(): Promise<boolean> {
    return (await this.#ask()) === 'up'
  }

  #ask(): Promise<'up' | 'down' | 'silent'> {
    const timeout = AbortSignal.timeout(probeTimeoutMs)
    return this.#probe(AbortSignal.any([this.#closing.signal, timeout])).then(
      () => 'up',
      () => (timeout.aborted ? 'silent' : 'down'),
    )
  }

  /** Says that something waits for the server now. Returns how to say that it no longer does, and whether it has had an answer. */
  wait(): (isAnswered: boolean) => void {
    this.#waiting += 1
    if (!this.#watching) void this.#watch()
    return (isAnswered) => {
      this.#waiting -= 1
      if (isAnswered) this.#answers += 1
    }
  }

  /** `listener` breaks the connections, so that whoever waits on them fails soon, and no later call meets a dead one. */
  onSilence(listener: () => void) {
    this.#silenceListeners.push(listener)
  }

  /** For as long as something waits. */
  async #watch() {
    this.#watching = true
    let silentProbes = 0
    while (this.#waiting > 0 && !this.#closing.signal.aborted) {
      const answersBefore = this.#answers
      await sleep(watchEveryMs, undefined, { ref: false })
      const isQuiet = () => this.#waiting > 0 && this.#answers === answersBefore
      const isSilent = isQuiet() && this.state === 'closed' && (await this.#ask()) === 'silent' && isQuiet()
      silentProbes = isSilent ? silentProbes + 1 : 0
      if (silentProbes < probesUntilSilent) continue
      silentProbes = 0
      this.#circuit.open()
      for (const listener of this.#silenceListeners) listener()
    }
    this.#watching = false
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
