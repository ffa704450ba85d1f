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
export const clientMessage = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('authenticate'), token: z.string().min(1).max(2_048) }),
    z.strictObject({
      type: z.literal('subscribe'),
      topic,
      after: z
        .union([z.int().min(0), z.literal('latest')])
        .default(0)
        .describe('The last number that was seen; with `latest` what was before is left out.'),
    }),
    z.strictObject({ type: z.literal('unsubscribe'), topic }),
    z.strictObject({ type: z.literal('ping') }),
  ])
  .meta({ id: 'RealtimeRequest' })
export type ClientMessage = z.infer<typeof clientMessage>

/** What the server says. */
export const serverMessage = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('authenticated'),
      userId: z.uuid(),
      expiresAt: z.iso.datetime().nullable().describe('When the access token does; null of an API key.'),
    }),
    z.object({
      type: z.literal('subscribed'),
      topic,
      after: z.int().describe('The events that follow begin behind this number.'),
      seq: z.int().describe('The number of the newest event there was.'),
    }),
    z.object({ type: z.literal('unsubscribed'), topic }),
    z.object({
      type: z.literal('event'),
      topic,
      seq: z.int().describe('Numbers the events of a topic, from 1 and without gaps.'),
      event: z.string().describe('What happened, such as `status` or `stream.live`.'),
      data: z.record(z.string(), z.unknown()),
      at: z.iso.datetime(),
    }),
    z.object({ type: z.literal('gone'), topic }).describe('There is nothing to follow any more.'),
    z.object({
      type: z.literal('error'),
      topic: z.string().optional().describe('Of the message that was refused, where it named one.'),
      status: z.int().describe('The HTTP status that a route would answer.'),
      code: z.string(),
      message: z.string(),
    }),
    z.object({ type: z.literal('pong') }),
  ])
  .meta({ id: 'RealtimeMessage' })
export type ServerMessage = z.infer<typeof serverMessage>

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
