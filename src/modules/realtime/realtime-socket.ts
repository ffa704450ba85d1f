import type { RawData, WebSocket } from 'ws'
import { z } from 'zod'
import { AppError } from '../../platform/errors.ts'
import { toAppError } from '../../platform/http/error-response.ts'
import type { Identity } from '../auth/identify.ts'
import type { Actor } from '../auth/permissions.ts'
import type { Feeds } from './feeds.ts'
import { messageAllowance } from './message-allowance.ts'
import { createOutbox } from './outbox.ts'
import {
  type ClientMessage,
  type CloseReason,
  clientMessage,
  closeCodes,
  readTopic,
} from './realtime.schema.ts'
import type { Topics } from './topics.ts'

export type SocketDeps = {
  topics: Topics
  feeds: Feeds
  /** @throws 401 */
  identifyToken: (token: string) => Promise<Identity>
  /** The sessions, keys and users of all sockets are watched. @returns how to stop. @throws 401, 429 */
  watch: (socket: RealtimeSocket, identity: Identity) => Promise<() => void>
}

const mostSubscriptions = 100
const authenticateWithinMs = 5_000
const pingEveryMs = 30_000
/** How long a client may take to answer that the socket closes. */
const closeWithinMs = 2_000

/** One client: who he is, what he follows, and what he may still say. */
export class RealtimeSocket {
  readonly #socket: WebSocket
  readonly #deps: SocketDeps
  readonly #outbox: ReturnType<typeof createOutbox>
  readonly #allowance = messageAllowance()
  readonly #subscriptions = new Map<string, AbortController>()
  readonly #openedAtMs = Date.now()
  #identity: Identity | undefined
  /** When his session or key ends, as far as is known. */
  #untilMs = Number.POSITIVE_INFINITY
  #unwatch: (() => void) | undefined
  /** Messages are answered one after the other. */
  #work: Promise<void> = Promise.resolve()
  /** At random, so that the sockets that opened together are not all asked together. */
  #nextPingMs = Date.now() + Math.random() * pingEveryMs
  #isAlive = true

  constructor(socket: WebSocket, deps: SocketDeps) {
    this.#socket = socket
    this.#deps = deps
    this.#outbox = createOutbox(socket, () => this.close('tooSlow'))
    socket.on('message', (data, isBinary) => this.#hear(data, isBinary))
    socket.on('pong', () => {
      this.#isAlive = true
    })
    // What a client did wrong, such as a message that is too long, closes the socket with a code of RFC 6455.
    socket.on('error', () => undefined)
    socket.once('close', () => this.#end())
  }

  get actor(): Actor | undefined {
    return this.#identity?.actor
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN
  }

  /** Who has opened it, when he said so on the way. Comes before all that he says on the socket. */
  begin(identity: Identity) {
    this.#work = this.#authenticate(async () => identity)
  }

  /** His session or key lives until then. A token of his may end before it. */
  livesUntil(untilMs: number) {
    this.#untilMs = untilMs
  }

  /** Whether who this is must be asked again: a time has come at which it may end. */
  isDue(nowMs: number): boolean {
    return this.isOpen && this.#identity !== undefined && nowMs >= Math.min(this.#untilMs, this.#tokenUntilMs)
  }

  hasLivingToken(nowMs: number): boolean {
    return nowMs < this.#tokenUntilMs
  }

  get #tokenUntilMs(): number {
    return this.#identity?.tokenUntilMs ?? Number.POSITIVE_INFINITY
  }

  /** Called every moment: closes who says nothing of himself, and who is not there any more. */
  beat(nowMs: number) {
    if (this.#identity === undefined && nowMs - this.#openedAtMs > authenticateWithinMs)
      this.close('unauthenticated')
    if (nowMs < this.#nextPingMs) return
    if (!this.#isAlive) {
      this.#socket.terminate()
      return
    }
    this.#isAlive = false
    this.#nextPingMs = nowMs + pingEveryMs
    this.#socket.ping()
  }

  close(reason: CloseReason) {
    if (!this.isOpen) return
    this.#socket.close(closeCodes[reason], reason)
    this.#end()
    setTimeout(() => this.#socket.terminate(), closeWithinMs).unref()
  }

  #end() {
    for (const subscription of this.#subscriptions.values()) subscription.abort()
    this.#subscriptions.clear()
    this.#unwatch?.()
    this.#unwatch = undefined
  }

  #hear(data: RawData, isBinary: boolean) {
    if (!this.isOpen) return
    if (!this.#allowance.take()) return this.close('tooMany')
    if (isBinary) return this.close('notText')
    const text = data.toString()
    this.#work = this.#work.then(() => this.#answer(text)).catch((error: unknown) => this.#tell(error))
  }

  async #answer(text: string) {
    if (!this.isOpen) return
    const parsed = parseJson(text)
    const { data: message, error } = clientMessage.safeParse(parsed)
    if (error !== undefined) return this.#tell(notUnderstood(error), topicOf(parsed))
    if (message.type === 'authenticate')
      return this.#authenticate(() => this.#deps.identifyToken(message.token))
    if (this.#identity === undefined) return this.close('unauthenticated')
    if (message.type === 'ping') this.#outbox.send({ type: 'pong' })
    else if (message.type === 'subscribe') await this.#subscribe(this.#identity.actor, message)
    else {
      this.#subscriptions.get(message.topic)?.abort()
      this.#subscriptions.delete(message.topic)
      this.#outbox.send({ type: 'unsubscribed', topic: message.topic })
    }
  }

  async #authenticate(identify: () => Promise<Identity>) {
    try {
      const identity = await identify()
      await this.#take(identity)
      const { actor, tokenUntilMs } = identity
      const expiresAt = tokenUntilMs === undefined ? null : new Date(tokenUntilMs).toISOString()
      this.#outbox.send({ type: 'authenticated', userId: actor.userId, expiresAt })
    } catch (error) {
      this.#tell(error)
      this.close(error instanceof AppError && error.status === 429 ? 'tooMany' : 'unauthenticated')
    }
  }

  async #take(identity: Identity) {
    const known = this.#identity
    if (known !== undefined && !isSame(known.actor, identity.actor))
      throw new AppError(409, 'OTHER_IDENTITY', 'Only the same session or API key can be renewed here.')
    this.#identity = identity
    if (known !== undefined) return
    const unwatch = await this.#deps.watch(this, identity)
    if (this.isOpen) this.#unwatch = unwatch
    else unwatch()
  }

  async #subscribe(actor: Actor, { topic, after }: Extract<ClientMessage, { type: 'subscribe' }>) {
    const subscription = new AbortController()
    try {
      if (this.#subscriptions.has(topic)) throw alreadySubscribed()
      if (this.#subscriptions.size >= mostSubscriptions) throw tooManySubscriptions()
      this.#subscriptions.set(topic, subscription)
      const opened = await this.#deps.topics.open(actor, readTopic(topic))
      const head = await this.#deps.topics.headOf(opened)
      const from = after === 'latest' ? head : after
      if (from > head) throw unknownPosition(head)
      if (subscription.signal.aborted) return
      this.#outbox.send({ type: 'subscribed', topic, after: from, seq: head })
      const following = this.#deps.feeds.follow(opened.source, opened.key, {
        seq: from,
        signal: subscription.signal,
        flushed: this.#outbox.flushed,
        tell: (event) => this.#outbox.send({ type: 'event', topic, ...opened.view(event) }),
        end: () => this.#drop(topic, subscription, () => this.#outbox.send({ type: 'gone', topic })),
      })
      following.catch((error: unknown) => this.#drop(topic, subscription, () => this.#tell(error, topic)))
    } catch (error) {
      this.#drop(topic, subscription, () => undefined)
      this.#tell(error, topic)
    }
  }

  #drop(topic: string, subscription: AbortController, tell: () => void) {
    if (subscription.signal.aborted) return
    subscription.abort()
    if (this.#subscriptions.get(topic) === subscription) this.#subscriptions.delete(topic)
    tell()
  }

  #tell(error: unknown, topic?: string) {
    const { status, code, message } = toAppError(error)
    this.#outbox.send({ type: 'error', ...(topic === undefined ? {} : { topic }), status, code, message })
  }
}

const isSame = (one: Actor, other: Actor): boolean =>
  'keyId' in one
    ? 'keyId' in other && one.keyId === other.keyId
    : 'sessionId' in other && one.sessionId === other.sessionId

const notUnderstood = ({ issues: [issue] }: z.ZodError) => {
  const where = issue?.path.join('.')
  return new AppError(422, 'VALIDATION_FAILED', `${where ? `${where}: ` : ''}${issue?.message}`)
}

/** Says back what a message that was not understood is about, so that its sender knows who is refused. */
const topicOf = (parsed: unknown): string | undefined => namesTopic.safeParse(parsed).data?.topic
const namesTopic = z.object({ topic: z.string().max(100) })

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new AppError(400, 'INVALID_JSON', 'The message is not valid JSON.')
  }
}

const alreadySubscribed = () =>
  new AppError(409, 'ALREADY_SUBSCRIBED', 'This socket follows this topic already.')
const tooManySubscriptions = () =>
  new AppError(429, 'TOO_MANY_SUBSCRIPTIONS', `A socket follows ${mostSubscriptions} topics at most.`)
const unknownPosition = (head: number) =>
  new AppError(409, 'UNKNOWN_POSITION', `There is no event after ${head} yet. Begin again with 0.`)
