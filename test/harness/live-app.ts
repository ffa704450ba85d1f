import path from 'node:path'
import type { viewLiveEvent } from '../../src/modules/streams/streams.schema.ts'
import { call, type Person } from './client.ts'
import { addDestination, makeProject } from './live-streams.ts'
import { signInAs } from './people.ts'
import { stampClockMs } from './send-stamp.ts'
import { type SpawnedProcess, spawnNode } from './spawned-process.ts'
import { startTestApp, type TestApp } from './test-app.ts'

const relaysToLoopback = { LIVE_ALLOW_PRIVATE_DESTINATIONS: 'true' }

/** Backlot with a worker, and the role `live`, which relays to the loopback too. */
export const startLiveApp = ({ env = {}, ...options }: Parameters<typeof startTestApp>[0] = {}) =>
  startTestApp({ live: true, worker: true, ...options, env: { ...relaysToLoopback, ...env } })

const main = path.join(import.meta.dirname, '../../src/main.ts')

/** The role `live` as a process of its own, on the database and the data directory of the app. */
export const startLiveProcess = async (
  { dataDir, databaseUrl }: TestApp,
  env: Record<string, string>,
): Promise<SpawnedProcess> => {
  const live = spawnNode([main, 'live'], {
    BACKLOT_DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    ...relaysToLoopback,
    ...env,
  })
  await live.until(/"address":"rtmp:/)
  return live
}

/** Media in real time need real time. */
export const untilPassed = (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)))

/** An event of a project as its owner sees it. `seenAtMs`: when, by `stampClockMs`. */
export type SeenEvent = ReturnType<typeof viewLiveEvent> & { seenAtMs: number }

/** A moment before a change, from which on what it leads to is looked for. */
export type Moment = { atMs: number; seq: number }

type Awaited = { of?: string; since?: Moment; withinMs?: number }

const patienceMs = 15_000
const reconnectAfterMs = 100

export type ShowOptions = {
  /** Where the feed goes, by the names of the destinations. */
  destinations?: Record<string, { url: string; streamKey: string }>
  settings?: object
  owner?: Person
}

/** A project with destinations whose events are followed as an app follows them: by SSE, taken up again when it breaks. */
export class Show {
  readonly #backlot: TestApp
  readonly #destinations = new Map<string, string>()
  readonly #closing = new AbortController()
  readonly #looking = new Set<() => void>()
  readonly owner: Person
  readonly projectId: string
  readonly events: SeenEvent[] = []
  streamKey: string

  private constructor(backlot: TestApp, owner: Person, made: { projectId: string; streamKey: string }) {
    this.#backlot = backlot
    this.owner = owner
    this.projectId = made.projectId
    this.streamKey = made.streamKey
    void this.#follow()
  }

  static async open(backlot: TestApp, options: ShowOptions = {}): Promise<Show> {
    const { destinations = {}, settings = {} } = options
    const owner = options.owner ?? (await signInAs(backlot, 'user'))
    const show = new Show(backlot, owner, await makeProject(backlot, owner, { preview: false, ...settings }))
    for (const [name, destination] of Object.entries(destinations)) await show.add(name, destination)
    return show
  }

  /** Where its publisher publishes. */
  get ingest(): string {
    return `${this.#backlot.ingest}/${this.streamKey}`
  }

  async add(name: string, destination: { url: string; streamKey: string }): Promise<void> {
    const settings = { name, platform: 'custom', ...destination }
    const id = await addDestination(this.#backlot, this.owner, this.projectId, settings)
    this.#destinations.set(name, id)
  }

  /** A request of the owner's about the project. @throws what is answered, when that is an error */
  ask(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', rest = '', body?: object) {
    return this.#ask(method, `/v1/projects/${this.projectId}${rest}`, body)
  }

  /** The same about a destination. */
  askOf(name: string, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', rest = '', body?: object) {
    return this.#ask(method, `/v1/destinations/${this.#destinations.get(name)}${rest}`, body)
  }

  /** Its newest stream. */
  async stream() {
    return (await this.ask('GET', '/streams'))[0]
  }

  now(): Moment {
    return { atMs: stampClockMs(), seq: this.events.at(-1)?.seq ?? 0 }
  }

  /** The events of a type, of one destination if it is named. */
  eventsOf(type: string, { of, since }: Awaited = {}): SeenEvent[] {
    const id = of === undefined ? undefined : this.#destinations.get(of)
    return this.events.filter(
      (event) =>
        event.type === type &&
        (of === undefined || event.destinationId === id) &&
        event.seq > (since?.seq ?? 0),
    )
  }

  /** The first such event, once it is there. @throws with all that was seen when it does not come */
  async until(type: string, awaited: Awaited = {}): Promise<SeenEvent> {
    const { promise, resolve, reject } = Promise.withResolvers<SeenEvent>()
    const look = () => {
      const [found] = this.eventsOf(type, awaited)
      if (found !== undefined) resolve(found)
    }
    const fail = () => reject(new Error(`No ${type} of ${awaited.of ?? 'the show'} in time:\n${this.told()}`))
    const timer = setTimeout(fail, awaited.withinMs ?? patienceMs)
    this.#looking.add(look)
    look()
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#looking.delete(look)
    }
  }

  /** How long after a moment such an event was seen, in milliseconds. */
  async delayUntil(type: string, since: Moment, awaited: Awaited = {}): Promise<number> {
    return Math.round((await this.until(type, { ...awaited, since })).seenAtMs - since.atMs)
  }

  /** All that was seen, for people. */
  told(): string {
    return this.events
      .map(({ seq, type, at, data }) => `${seq} ${at} ${type} ${JSON.stringify(data)}`)
      .join('\n')
  }

  close(): void {
    this.#closing.abort()
  }

  async #ask(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object) {
    const { status, data, text } = await call(
      this.#backlot,
      this.owner,
      method,
      url,
      body === undefined ? {} : { body },
    )
    if (status >= 400) throw new Error(`${method} ${url}: ${text}`)
    return data
  }

  async #follow() {
    const { signal } = this.#closing
    while (!signal.aborted) {
      await this.#read().catch(() => undefined)
      await new Promise((resolve) => setTimeout(resolve, reconnectAfterMs))
    }
  }

  async #read() {
    const response = await fetch(`${this.#backlot.url}/v1/projects/${this.projectId}/events`, {
      headers: {
        authorization: `Bearer ${this.owner.token}`,
        'last-event-id': String(this.events.at(-1)?.seq ?? 0),
      },
      signal: this.#closing.signal,
    })
    if (!response.ok || response.body === null) return
    let text = ''
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (text + chunk).split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) this.#take(block)
    }
  }

  #take(block: string) {
    const line = block.split('\n').find((each) => each.startsWith('data: '))
    if (line === undefined) return
    this.events.push({ ...JSON.parse(line.slice('data: '.length)), seenAtMs: stampClockMs() })
    for (const look of this.#looking) look()
  }
}
