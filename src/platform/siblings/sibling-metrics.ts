import { randomUUID } from 'node:crypto'
import type { MetricObject, Registry } from 'prom-client'
import { type MessageOfChild, messageOfParent } from './sibling-messages.ts'

const answerTimeoutMs = 1_000

export type ProcessMetrics = { process: number; metrics: MetricObject[] }

type Page = { gathered: ProcessMetrics[]; isWhole: () => void }

/** The metrics of this process for its siblings, and of all of them for whoever asks this one. */
export class SiblingMetrics {
  readonly #own: Registry
  readonly #pages = new Map<string, Page>()
  readonly #onMessage = (message: unknown) => void this.#hear(message)
  #reading: Promise<ProcessMetrics[]> | undefined

  constructor(own: Registry) {
    this.#own = own
    process.on('message', this.#onMessage)
  }

  /** Of every process that answers within a second, by number. Who asks meanwhile gets the same. */
  read(): Promise<ProcessMetrics[]> {
    this.#reading ??= this.#gather().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #gather(): Promise<ProcessMetrics[]> {
    const page = randomUUID()
    const { promise: whole, resolve: isWhole } = Promise.withResolvers<void>()
    const gathered: ProcessMetrics[] = []
    this.#pages.set(page, { gathered, isWhole })
    const timer = setTimeout(isWhole, answerTimeoutMs)
    tell({ type: 'metrics-wanted', page })
    await whole
    clearTimeout(timer)
    this.#pages.delete(page)
    return gathered.toSorted((a, b) => a.process - b.process)
  }

  async #hear(given: unknown) {
    const { data: message } = messageOfParent.safeParse(given)
    if (message?.type === 'metrics-wanted') {
      const metrics = await this.#own.getMetricsAsJSON()
      tell({ ...message, type: 'metrics', metrics })
    }
    if (message?.type === 'metrics') {
      const page = this.#pages.get(message.page)
      page?.gathered.push({ process: message.process, metrics: message.metrics })
      if (page?.gathered.length === message.of) page.isWhole()
    }
  }

  close() {
    process.off('message', this.#onMessage)
  }
}

/** Without a parent nobody answers. */
const tell = (message: MessageOfChild) => process.send?.(message, undefined, undefined, () => undefined)
