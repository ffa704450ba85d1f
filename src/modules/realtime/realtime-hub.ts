import type { FastifyBaseLogger } from 'fastify'
import type { WebSocket } from 'ws'
import { cacheChannel } from '../../platform/cache/cache.ts'
import type { Db, ReadDb } from '../../platform/database/database.ts'
import { AppError, unauthorized } from '../../platform/errors.ts'
import type { Notifications } from '../../platform/events/notifications.ts'
import { findActorState, type IdentifyDeps, type Identity, identifyToken, tagsOf } from '../auth/identify.ts'
import { parallelLimit } from '../auth/parallel-limit.ts'
import type { Actor } from '../auth/permissions.ts'
import { Feeds } from './feeds.ts'
import { RealtimeSocket, type SocketDeps } from './realtime-socket.ts'
import { createTopics } from './topics.ts'

export type HubDeps = {
  db: Db
  readDb: ReadDb
  notifications: Notifications
  auth: IdentifyDeps
  log: FastifyBaseLogger
  /** Aborted some time before `draining`, where others can take the clients over. */
  leaving: AbortSignal
  /** Aborted when this process stops. */
  draining: AbortSignal
}

/** Of the 20,000 connections that a process takes: the others are for requests. */
const mostSockets = 12_000
const mostUnauthenticated = 2_000
const mostSocketsOfUser = 50
const beatEveryMs = 250
/** While nothing can be heard of what changes, it is asked. */
const askEveryMs = 2_500
const askedTogether = 50
/** Clients that leave one after the other find room elsewhere one after the other. */
const leaveWithinMs = 3_000
const drainWithinMs = 500

/** All sockets of this process. Whatever the cache is told of a session, key or user, is told to his sockets too. */
export class RealtimeHub {
  readonly #deps: HubDeps
  readonly #socketDeps: SocketDeps
  readonly #sockets = new Set<RealtimeSocket>()
  readonly #byTag = new Map<string, Set<RealtimeSocket>>()
  readonly #ofUser = parallelLimit(mostSocketsOfUser)
  readonly #feeds: Feeds
  readonly #timer: NodeJS.Timeout
  readonly #stops: (() => void)[]
  readonly #unauthenticated = new Set<RealtimeSocket>()
  #askedAtMs = 0
  #asking: Promise<void> | undefined
  #leaving: { perBeat: number } | undefined

  constructor(deps: HubDeps) {
    this.#deps = deps
    this.#feeds = new Feeds(deps.notifications, deps.log)
    this.#socketDeps = {
      topics: createTopics(deps),
      feeds: this.#feeds,
      identifyToken: (token) => identifyToken(deps.auth, token),
      watch: (socket, identity) => this.#watch(socket, identity),
    }
    this.#timer = setInterval(() => this.#beat(Date.now()), beatEveryMs)
    this.#stops = [
      // The cache has heard it first: it was there before.
      deps.notifications.subscribe(cacheChannel, (tag) => {
        for (const socket of this.#byTag.get(tag) ?? []) void this.#check(socket)
      }),
      deps.notifications.onGap('restored', () => this.#askOfAll()),
    ]
    deps.leaving.addEventListener('abort', () => this.#leave(leaveWithinMs))
    deps.draining.addEventListener('abort', () => this.#leave(drainWithinMs))
  }

  get size(): number {
    return this.#sockets.size
  }

  /** @throws 503 when no more sockets can be had here */
  requireRoom() {
    if (this.#deps.draining.aborted) throw noRoom('This process stops. Connect again.')
    if (this.#sockets.size >= mostSockets || this.#unauthenticated.size >= mostUnauthenticated)
      throw noRoom('Too many sockets are open.')
  }

  /** @param identity who has opened it, if he has said so already */
  add(webSocket: WebSocket, identity: Identity | undefined) {
    const socket = new RealtimeSocket(webSocket, this.#socketDeps)
    this.#sockets.add(socket)
    this.#unauthenticated.add(socket)
    webSocket.once('close', () => {
      this.#sockets.delete(socket)
      this.#unauthenticated.delete(socket)
    })
    if (identity !== undefined) socket.begin(identity)
  }

  async #watch(socket: RealtimeSocket, { actor }: Identity): Promise<() => void> {
    // A user's keys apart from himself: whoever has found one must not keep him out.
    const end = this.#ofUser.begin('keyId' in actor ? `keys:${actor.userId}` : actor.userId)
    const tags = tagsOf(actor)
    for (const tag of tags) {
      const sockets = this.#byTag.get(tag) ?? new Set()
      this.#byTag.set(tag, sockets.add(socket))
    }
    const stop = () => {
      end()
      for (const tag of tags) {
        const sockets = this.#byTag.get(tag)
        sockets?.delete(socket)
        if (sockets?.size === 0) this.#byTag.delete(tag)
      }
    }
    // Again, now that changes are heard: there may have been one since.
    const state = await this.#stateOf(actor).catch((error: unknown) => {
      stop()
      throw error
    })
    if (state === undefined) {
      stop()
      throw unauthorized('This session or key has ended.', 'SESSION_ENDED')
    }
    socket.livesUntil(state.untilMs)
    this.#unauthenticated.delete(socket)
    return stop
  }

  /** The actor's state while he still is who he was; undefined too when his rights are others now. */
  async #stateOf(actor: Actor) {
    const state = await findActorState(this.#deps.auth, actor)
    return state !== undefined && hasSameRights(actor, state.actor) ? state : undefined
  }

  async #check(socket: RealtimeSocket) {
    const { actor } = socket
    if (actor === undefined) return
    try {
      const state = socket.hasLivingToken(Date.now()) ? await this.#stateOf(actor) : undefined
      if (state === undefined) socket.close('unauthenticated')
      else socket.livesUntil(state.untilMs)
    } catch (error) {
      // Without the database nothing can be told to him either. It is asked again, with the next beat.
      this.#deps.log.warn({ err: error }, 'who holds a socket could not be asked')
      socket.livesUntil(Date.now() + askEveryMs)
    }
  }

  #beat(nowMs: number) {
    let leavers = this.#leaving?.perBeat ?? 0
    for (const socket of this.#sockets) {
      if (leavers > 0 && socket.isOpen) {
        leavers -= 1
        socket.close('leaving')
      }
      socket.beat(nowMs)
      if (socket.isDue(nowMs)) void this.#check(socket)
    }
    if (!this.#deps.notifications.connected && nowMs - this.#askedAtMs > askEveryMs) this.#askOfAll()
  }

  #askOfAll() {
    this.#asking ??= this.#checkAll().finally(() => {
      this.#askedAtMs = Date.now()
      this.#asking = undefined
    })
  }

  async #checkAll() {
    const sockets = [...this.#sockets]
    for (let first = 0; first < sockets.length; first += askedTogether) {
      await Promise.all(sockets.slice(first, first + askedTogether).map((socket) => this.#check(socket)))
    }
  }

  #leave(withinMs: number) {
    this.#leaving = { perBeat: Math.ceil(this.#sockets.size / Math.max(1, withinMs / beatEveryMs)) }
  }

  /** Closes who is still there. */
  async close() {
    clearInterval(this.#timer)
    for (const stop of this.#stops) stop()
    for (const socket of this.#sockets) socket.close('leaving')
    await this.#asking
    await this.#feeds.close()
  }
}

const noRoom = (message: string) => new AppError(503, 'TOO_MANY_SOCKETS', message, { retryAfterSeconds: 5 })

const hasSameRights = (before: Actor, now: Actor): boolean =>
  before.role === now.role && scopesOf(before) === scopesOf(now)

const scopesOf = (actor: Actor): string => ('scopes' in actor ? actor.scopes.toSorted().join() : '')
