import { randomUUID } from 'node:crypto'
import os from 'node:os'
import type { Logger } from 'pino'
import { cacheChannel } from '../../platform/cache/cache.ts'
import { isInfrastructureError } from '../../platform/database/infrastructure-error.ts'
import { AppError, unavailable } from '../../platform/errors.ts'
import {
  findLiveProject,
  findProjectByStreamKey,
  projectChannel,
  readRelayTargets,
} from '../projects/live-project.ts'
import { type ClaimDeps, claimStream } from '../streams/claim-stream.ts'
import { beat, forgetProcess } from '../streams/live-processes.ts'
import { reclaimStream } from '../streams/reclaim-stream.ts'
import { recordChanges, writeStats } from '../streams/stream-journal.ts'
import type { Publisher, PublisherSink, Refused } from './ingest/ingest-listener.ts'
import { LiveSession } from './session/live-session.ts'
import { StreamOutputs } from './session/stream-outputs.ts'

export type LiveServerDeps = ClaimDeps & {
  log: Logger
  dataDir: string
  ffmpegPath: string | undefined
  allowPrivateDestinations: boolean
  /** Bits a second of one feed. */
  maxBitrate: number
  /** How many bytes of a recording its owner has room for. */
  recordingRoom: (ownerId: string) => Promise<number>
}

const beatEveryMs = 400
const tickEveryMs = 200
const statsEveryMs = 2_000
/** Hints of changes can be lost; all is read again after this long. */
const rereadEveryMs = 5_000

/** All streams of this process. */
export class LiveServer {
  readonly #deps: LiveServerDeps
  readonly #processId = randomUUID()
  readonly #sessions = new Map<string, LiveSession>()
  readonly #timers: NodeJS.Timeout[]
  readonly #unsubscribe: (() => void)[]
  #isClosing = false

  constructor(deps: LiveServerDeps) {
    this.#deps = deps
    const { notifications } = deps
    this.#timers = [
      setInterval(() => this.#tick(), tickEveryMs),
      everySoOften(beatEveryMs, () => this.#beat(), deps.log),
      everySoOften(statsEveryMs, () => this.#writeStats(), deps.log),
      everySoOften(rereadEveryMs, () => this.#rereadAll(), deps.log),
    ]
    this.#unsubscribe = [
      notifications.subscribe(projectChannel, (projectId) => void this.#reread(projectId)),
      notifications.subscribe(cacheChannel, (tag) => this.#rereadOf(tag)),
      notifications.onGap('missed', () => void this.#rereadAll()),
    ]
  }

  /** Says for the first time that this process is there. @throws what the database says */
  open(): Promise<void> {
    return this.#beat()
  }

  /** How many streams there are, and destinations by state. */
  get counts(): { streams: number; destinations: Record<string, number> } {
    const destinations: Record<string, number> = {}
    for (const session of this.#sessions.values()) {
      for (const state of session.relayStates) destinations[state] = (destinations[state] ?? 0) + 1
    }
    return { streams: this.#sessions.size, destinations }
  }

  /** Takes a publisher whose key is good, into the stream that waits for it or a new one. */
  async authorize(publisher: Publisher): Promise<PublisherSink | Refused> {
    if (this.#isClosing) return tryAgain
    try {
      const session = await this.#claim(publisher)
      if (!this.#isClosing) return session.attach(publisher)
      await session.release()
      return tryAgain
    } catch (error) {
      if (error instanceof AppError && error.status < 500) return refusalOf(error)
      const waiting = isInfrastructureError(error) ? this.#freeSession(publisher.streamKey) : undefined
      this.#deps.log.warn({ err: error, known: waiting !== undefined }, 'publisher not checked')
      return waiting?.attachUnclaimed(publisher) ?? tryAgain
    }
  }

  /** Hands all streams back, so that another process can go on with them. */
  async close(): Promise<void> {
    this.#isClosing = true
    for (const stop of this.#unsubscribe) stop()
    await Promise.all([...this.#sessions.values()].map((session) => session.release()))
    for (const timer of this.#timers) clearInterval(timer)
    await forgetProcess(this.#deps.db, this.#processId).catch(() => undefined)
  }

  async #claim(publisher: Publisher): Promise<LiveSession> {
    const { streamKey, address, encoder } = publisher
    const known = [...this.#sessions.values()].find((session) => session.streamKey === streamKey)
    // What is ending has to be written as ended before the next stream can begin.
    await known?.over
    // The loss of the last publisher, written behind the claim of this one, would stand.
    if (known?.over === undefined && (await known?.isWritten()) === false) throw unavailable('database', 1)
    const takesOver = known?.over === undefined && known?.isFree(performance.now()) === true
    const claim = { streamKey, processId: this.#processId, address, encoder, takesOver }
    const claimed = await claimStream(this.#deps, claim)
    const session = this.#sessions.get(claimed.project.id)
    if (session?.streamId === claimed.streamId && session.over === undefined) {
      session.arrange(claimed.project, claimed.targets)
      return session
    }
    await session?.abandon('Another stream of this project has begun.')
    return this.#begin(claimed)
  }

  #begin({ project, streamId, targets, resumed, ageMs }: Awaited<ReturnType<typeof claimStream>>) {
    const { dataDir, ffmpegPath, recordingRoom, allowPrivateDestinations, maxBitrate } = this.#deps
    const log = this.#deps.log.child({ projectId: project.id, streamId })
    const session: LiveSession = new LiveSession({
      project,
      streamId,
      targets,
      resumedAfterMs: resumed ? ageMs : undefined,
      allowPrivate: allowPrivateDestinations,
      maxBitrate,
      log,
      record: (changes) => recordChanges(this.#deps, this.#processId, project.id, streamId, changes),
      reclaim: (hasPublisher) =>
        reclaimStream(this.#deps, {
          ...{ projectId: project.id, streamId, hasPublisher },
          processId: this.#processId,
        }),
      openOutputs: ({ feed, tell }) =>
        new StreamOutputs({
          ...{ streamId, feed, dataDir, ffmpegPath, tell, log },
          recordingRoom: () => recordingRoom(project.ownerId),
        }),
      onOver: () => {
        if (this.#sessions.get(project.id) === session) this.#sessions.delete(project.id)
      },
    })
    this.#sessions.set(project.id, session)
    return session
  }

  /** The stream of this process that a publisher had, and has left: good without the database, which is away. */
  #freeSession(streamKey: string): LiveSession | undefined {
    const nowMs = performance.now()
    return [...this.#sessions.values()].find(
      (session) => session.streamKey === streamKey && session.over === undefined && session.isFree(nowMs),
    )
  }

  #tick() {
    const nowMs = performance.now()
    for (const session of this.#sessions.values()) session.tick(nowMs)
  }

  async #beat() {
    await beat(this.#deps.db, { id: this.#processId, host: os.hostname() })
  }

  async #writeStats() {
    const nowMs = performance.now()
    const stats = [...this.#sessions.values()].map((session) => session.takeStats(nowMs))
    const disowned = new Set(await writeStats(this.#deps.db, this.#processId, stats))
    for (const session of this.#sessions.values()) {
      if (disowned.has(session.streamId)) session.checkOwnership()
    }
  }

  /** An owner who was disabled may not publish. */
  #rereadOf(tag: string) {
    for (const { projectId, ownerId } of this.#sessions.values()) {
      if (tag === `user:${ownerId}`) void this.#reread(projectId)
    }
  }

  async #rereadAll() {
    for (const projectId of this.#sessions.keys()) await this.#reread(projectId)
  }

  /** What is wanted now. What cannot be read stays as it is until the next time. */
  async #reread(projectId: string) {
    const session = this.#sessions.get(projectId)
    if (session === undefined || session.over !== undefined) return
    const { db, keys, log } = this.#deps
    try {
      const [project, ofKey, targets] = await Promise.all([
        findLiveProject(db, projectId),
        findProjectByStreamKey(db, keys, session.streamKey),
        readRelayTargets(db, keys, projectId),
      ])
      if (project === undefined) return void session.abandon('This project does not exist any more.')
      if (ofKey?.id !== projectId) session.dismiss('This stream key is no longer valid.')
      session.arrange(project, targets)
    } catch (error) {
      log.warn({ err: error, projectId }, 'project not read')
    }
  }
}

const tryAgain: Refused = {
  code: 'NetStream.Publish.Failed',
  description: 'The server cannot take a stream right now. Try again soon.',
  isWrongKey: false,
}

const refusalOf = ({ code, status, message }: AppError): Refused => ({
  code: 'NetStream.Publish.BadName',
  description: `${message} (${code})`,
  isWrongKey: status === 404,
})

/** Does it again and again, never twice at once. */
const everySoOften = (everyMs: number, work: () => Promise<void>, log: Logger): NodeJS.Timeout => {
  let isBusy = false
  return setInterval(() => {
    if (isBusy) return
    isBusy = true
    work()
      .catch((error: unknown) => log.warn({ err: error }, 'live upkeep'))
      .finally(() => {
        isBusy = false
      })
  }, everyMs)
}
