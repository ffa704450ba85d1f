import net from 'node:net'
import { type Load, type LoadReport, uniqueMark } from './load.ts'

/**
 * A load generator of its own, forked by `http.ts`: connections that each send one request, read its answer to the end
 * and send the next. It only looks at the status and the length, since what it spends of the machine the servers lack.
 */
const headEnd = Buffer.from('\r\n\r\n')

let unique = Math.floor(Math.random() * 36 ** 6)

const withUnique = (parts: string[]): string => {
  const [only = ''] = parts
  if (parts.length === 1) return only
  unique += 1
  return parts.join(unique.toString(36).padStart(uniqueMark.length, '0'))
}

/** The first one is shown, so that one knows what to look for. */
let isFailureShown = false

class LoadConnection {
  readonly latenciesMs: number[] = []
  failures = 0
  readonly #load: Load
  readonly #port: number
  /** Each request, cut where characters of its own belong. */
  readonly #plan: string[][]
  #socket: net.Socket | undefined
  #timer: NodeJS.Timeout | undefined
  #sent = Math.floor(Math.random() * 1_000)
  #sentAt = 0
  #answer: Buffer = Buffer.alloc(0)
  #answerBytes = 0

  constructor(load: Load, plan: string[], port: number) {
    this.#load = load
    this.#port = port
    this.#plan = plan.map((request) => request.split(uniqueMark))
  }

  async open(): Promise<void> {
    const socket = net.connect({ port: this.#port, host: '127.0.0.1', noDelay: true })
    this.#socket = socket
    const { promise, resolve } = Promise.withResolvers<void>()
    socket.once('connect', resolve)
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.failures += 1
      resolve()
    })
    await promise
  }

  /** Random pauses, so that the connections do not send in step. */
  sendNext(): void {
    const { pauseMs } = this.#load
    if (pauseMs === 0) this.#send()
    else this.#timer = setTimeout(() => this.#send(), 2 * pauseMs * Math.random())
  }

  #send() {
    this.#sentAt = performance.now()
    this.#socket?.write(withUnique(this.#plan[this.#sent % this.#plan.length] ?? []), 'latin1')
    this.#sent += 1
  }

  #read(chunk: Buffer) {
    this.#answer = this.#answer.length === 0 ? chunk : Buffer.concat([this.#answer, chunk])
    if (this.#answerBytes === 0) this.#answerBytes = answerBytes(this.#answer)
    if (this.#answerBytes === 0 || this.#answer.length < this.#answerBytes) return
    if (this.#answer[9] !== 0x32) this.#noteFailure()
    this.latenciesMs.push(performance.now() - this.#sentAt)
    this.#answer = Buffer.alloc(0)
    this.#answerBytes = 0
    this.sendNext()
  }

  #noteFailure() {
    this.failures += 1
    if (!isFailureShown) console.error(this.#answer.toString('utf8'))
    isFailureShown = true
  }

  close() {
    clearTimeout(this.#timer)
    this.#socket?.removeAllListeners().destroy()
  }
}

/** How long the answer is with its head, or 0 while that is not known. */
const answerBytes = (answer: Buffer): number => {
  const end = answer.indexOf(headEnd)
  if (end === -1) return 0
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(answer.toString('latin1', 0, end)) ?? []
  return end + headEnd.length + Number(length ?? 0)
}

const run = async (load: Load): Promise<LoadReport> => {
  const connections = load.plans.map(
    (plan, at) => new LoadConnection(load, plan, load.ports[at % load.ports.length] ?? 0),
  )
  await Promise.all(connections.map((connection) => connection.open()))
  for (const connection of connections) connection.sendNext()
  await new Promise((resolve) => setTimeout(resolve, load.seconds * 1_000))
  for (const connection of connections) connection.close()
  const sorted = Float64Array.from(connections.flatMap(({ latenciesMs }) => latenciesMs)).sort()
  const percentile = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? 0
  return {
    requests: sorted.length,
    perSecond: sorted.length / load.seconds,
    totalMs: sorted.reduce((sum, ms) => sum + ms, 0),
    p50Ms: percentile(0.5),
    p95Ms: percentile(0.95),
    p99Ms: percentile(0.99),
    failures: connections.reduce((sum, { failures }) => sum + failures, 0),
  }
}

process.on('message', async (load: Load) => process.send?.(await run(load)))
process.on('disconnect', () => process.exit(0))
process.send?.({ type: 'ready' })
