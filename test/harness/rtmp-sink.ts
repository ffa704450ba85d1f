import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

/**
 * What the sink does with a publisher. `hold`: the publish is never answered. `stall`: it is accepted and nothing more is read.
 * `slow`: read at that many bytes a second, in steps of up to 64 KiB.
 */
export type SinkBehaviour =
  | { kind: 'read' }
  | { kind: 'hold' }
  | { kind: 'stall' }
  | { kind: 'slow'; bytesPerSecond: number }
  | { kind: 'refuse'; code: string; description: string }

/** What came under one stream key. Times are milliseconds of `stampClockMs`, timestamps those of the messages. */
export type SinkStream = {
  key: string
  /** How many times it was published; what follows up to `startedWithKeyFrame` is about the last one. */
  publishes: number
  isPublishing: boolean
  end: { reason: string; message?: string } | undefined
  connectedAtMs: number
  acceptedAtMs: number
  firstKeyFrameAtMs: number | undefined
  /** Before the first key frame came the sequence header of video, and before any audio that of audio. */
  headersCameFirst: boolean
  /** No other video frame came before the first key frame. */
  startedWithKeyFrame: boolean
  messages: number
  bytes: number
  /** The longest time without a message while it was published, up to now included. */
  largestGapMs: number
  firstTimestamp: number | undefined
  lastTimestamp: number | undefined
  /** How often a timestamp was below the one before it of the same kind. */
  stepsBack: number
}

/** How long stamped messages (see `withSendStamp`) took from their publisher to the sink. */
export type SinkLatency = { samples: number; p50Ms: number; p99Ms: number; largestMs: number }

export type SinkReport = { streams: SinkStream[]; latency: SinkLatency }

export type SinkCommand =
  | { do: 'open'; port: number }
  | { do: 'close'; port: number }
  | { do: 'behave'; key: string | undefined; behaviour: SinkBehaviour }
  | { do: 'dismiss'; key: string; code: string; description: string }
  | { do: 'break'; key: string }
  | { do: 'forget' }
  | { do: 'report' }

export type SinkAnswer = { id: number; port?: number; report?: SinkReport; error?: string }

const answerTimeoutMs = 10_000

/**
 * An RTMP server that takes any number of streams, on one port or several, and keeps nothing of them. It is a process of its
 * own, so that what it costs and how it stalls are not the tested process's.
 */
export class RtmpSink {
  readonly #child: ChildProcess
  #asked = 0

  private constructor(child: ChildProcess) {
    this.#child = child
    child.setMaxListeners(0)
  }

  static async start(): Promise<RtmpSink> {
    const child = fork(path.join(import.meta.dirname, 'rtmp-sink-process.ts'), {
      env: { PATH: process.env.PATH, HOME: process.env.HOME },
      execArgv: [],
      serialization: 'advanced',
    })
    await once(child, 'message', { signal: AbortSignal.timeout(answerTimeoutMs) })
    return new RtmpSink(child)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Listens on a port, a free one by default. Answers where to publish, without the stream key. */
  async open(port = 0): Promise<string> {
    const answer = await this.#ask({ do: 'open', port })
    return `rtmp://127.0.0.1:${answer.port}/live`
  }

  /** Breaks all connections of what `open` answered; new ones are refused until it is opened again. */
  async close(url: string): Promise<void> {
    await this.#ask({ do: 'close', port: portOf(url) })
  }

  async reopen(url: string): Promise<void> {
    await this.#ask({ do: 'open', port: portOf(url) })
  }

  /** From now on and for what is published now, of one stream key or of all that have nothing of their own. */
  async behave(behaviour: SinkBehaviour, key?: string): Promise<void> {
    await this.#ask({ do: 'behave', key, behaviour })
  }

  /** Ends a stream with an onStatus of level error, as platforms do. */
  async dismiss(key: string, code: string, description: string): Promise<void> {
    await this.#ask({ do: 'dismiss', key, code, description })
  }

  /** Breaks the connection of a stream without a word. */
  async break(key: string): Promise<void> {
    await this.#ask({ do: 'break', key })
  }

  /** Begins to count messages, bytes, gaps and latencies anew. */
  async forget(): Promise<void> {
    await this.#ask({ do: 'forget' })
  }

  async report(): Promise<SinkReport> {
    const { report } = await this.#ask({ do: 'report' })
    if (report === undefined) throw new Error('The sink answered without a report')
    return report
  }

  async stream(key: string): Promise<SinkStream | undefined> {
    return (await this.report()).streams.find((stream) => stream.key === key)
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exit
  }

  async #ask(command: SinkCommand): Promise<SinkAnswer> {
    this.#asked += 1
    const id = this.#asked
    const { promise, resolve } = Promise.withResolvers<SinkAnswer>()
    const onMessage = (answer: unknown) => {
      if (isAnswer(answer) && answer.id === id) resolve(answer)
    }
    this.#child.on('message', onMessage)
    this.#child.send({ id, command })
    const timer = setTimeout(() => resolve({ id, error: 'The sink does not answer' }), answerTimeoutMs)
    const answer = await promise
    clearTimeout(timer)
    this.#child.off('message', onMessage)
    if (answer.error !== undefined) throw new Error(answer.error)
    return answer
  }
}

const isAnswer = (message: unknown): message is SinkAnswer =>
  typeof message === 'object' && message !== null && 'id' in message

const portOf = (url: string): number => Number(new URL(url.replace(/^rtmp:/, 'http:')).port)
