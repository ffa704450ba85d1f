import { z } from 'zod'

export type TopicName =
  | { kind: 'jobs' | 'generations' | 'projects'; id: string }
  | { kind: 'notifications'; id?: undefined }

const topicPattern =
  /^(?:(jobs|generations|projects)\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|notifications)$/

const topic = z
  .string()
  .max(100)
  .regex(topicPattern, 'Give `jobs/<id>`, `generations/<id>`, `projects/<id>` or `notifications`.')

/** What a client may say, one JSON object a message. */
export const clientMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('authenticate'), token: z.string().min(1).max(2_048) }),
  z.strictObject({
    type: z.literal('subscribe'),
    topic,
    after: z.union([z.int().min(0), z.literal('latest')]).default(0),
  }),
  z.strictObject({ type: z.literal('unsubscribe'), topic }),
  z.strictObject({ type: z.literal('ping') }),
])
export type ClientMessage = z.infer<typeof clientMessage>

/** What the server says. */
export type ServerMessage =
  | { type: 'authenticated'; userId: string; expiresAt: string | null }
  /** `seq` is the number of the newest event there was, `after` the one behind which the events that follow begin. */
  | { type: 'subscribed'; topic: string; after: number; seq: number }
  | { type: 'unsubscribed'; topic: string }
  | { type: 'event'; topic: string; seq: number; event: string; data: Record<string, unknown>; at: string }
  | { type: 'gone'; topic: string }
  | { type: 'error'; topic?: string; code: string; message: string }
  | { type: 'pong' }

export const readTopic = (text: string): TopicName => {
  const [, kind, id] = topicPattern.exec(text) ?? []
  if ((kind === 'jobs' || kind === 'generations' || kind === 'projects') && id !== undefined)
    return { kind, id }
  return { kind: 'notifications' }
}

/** Why the server closes a socket: codes of RFC 6455, 7.4.1, and our own from 4000 on. */
export const closeCodes = {
  leaving: 1001,
  notText: 1003,
  /** Authenticate again; what was subscribed to is to be subscribed to again. */
  unauthenticated: 4401,
  /** It did not read what it was sent: connect again, and resume from the last number seen. */
  tooSlow: 4408,
  /** Messages, or sockets of this user: wait a little. */
  tooMany: 4429,
} as const
export type CloseReason = keyof typeof closeCodes
