import { oncePerTurn } from '../database/once-per-turn.ts'
import type { SharedLimits } from '../shared-limits.ts'
import { type LimitAnswer, type LimitCall, type MessageOfChild, messageOfParent } from './sibling-messages.ts'

const answerTimeoutMs = 300

/** Counts that the processes of one machine share which have a parent: it counts. What one turn asks goes in one message. */
export class LimitsOnParent implements SharedLimits {
  readonly #waiting = new Map<number, (answers: LimitAnswer[]) => void>()
  readonly #onMessage = (given: unknown) => {
    const { data: message } = messageOfParent.safeParse(given)
    if (message?.type === 'limits') this.#waiting.get(message.turn)?.(message.answers)
  }
  #turn = 0

  constructor() {
    process.on('message', this.#onMessage)
  }

  async count(key: string, windowMs: number): Promise<{ current: number; ttl: number } | undefined> {
    const answer = await this.#ask({ do: 'count', key, windowMs })
    return typeof answer === 'object' ? answer : undefined
  }

  async takeAttempt(key: string, burst: number, refillMs: number): Promise<number | undefined> {
    const answer = await this.#ask({ do: 'take', key, burst, refillMs })
    return typeof answer === 'number' ? answer : undefined
  }

  async giveBackAttempt(key: string, burst: number, refillMs: number): Promise<void> {
    await this.#ask({ do: 'give-back', key, burst, refillMs })
  }

  async #ask(call: LimitCall): Promise<LimitAnswer | undefined> {
    return (await askTogether(this, call)).get(call)
  }

  async askAll(calls: LimitCall[]): Promise<Map<LimitCall, LimitAnswer | undefined>> {
    this.#turn += 1
    const turn = this.#turn
    const { promise, resolve } = Promise.withResolvers<LimitAnswer[]>()
    this.#waiting.set(turn, resolve)
    const timer = setTimeout(resolve, answerTimeoutMs, [])
    const message: MessageOfChild = { type: 'limits', turn, calls }
    process.send?.(message, undefined, undefined, (error) => {
      if (error) resolve([])
    })
    const answers = await promise
    clearTimeout(timer)
    this.#waiting.delete(turn)
    return new Map(calls.map((call, index) => [call, answers[index]]))
  }

  close() {
    process.off('message', this.#onMessage)
  }
}

const askTogether = oncePerTurn((limits: LimitsOnParent, calls: Set<LimitCall>) => limits.askAll([...calls]))
