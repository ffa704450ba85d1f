import { hash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, gzip, constants as zlib } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** An answer as it leaves, so that it can be sent again without being made, or compressed, again. */
export type ReadyAnswer = {
  type: string
  etag: string
  body: Buffer
  compressed: Partial<Record<Coding, Promise<Buffer>>>
}

type Coding = 'br' | 'gzip'

export const jsonType = 'application/json; charset=utf-8'
const hashLength = 16
/** Of the entity tags below. */
export const entityTagForm = /^"(?:\d{1,10}-)?[\w-]{16}"$/
const compressFromBytes = 1_024
const brotliOptions = { params: { [zlib.BROTLI_PARAM_QUALITY]: 4 } }

/** The better one first. */
const codings = ['br', 'gzip'] as const
const coders: Record<Coding, (body: Buffer) => Promise<Buffer>> = {
  br: (body) => promisify(brotliCompress)(body, brotliOptions),
  gzip: (body) => promisify(gzip)(body),
}

/** @param version of the thing that is shown: it stands at the beginning of the entity tag */
export const readyJson = (text: string, version?: number): ReadyAnswer => readyText(jsonType, text, version)

/** The entity tag (RFC 9110, 8.8.3) is another one as soon as a byte is. */
export const readyText = (type: string, text: string, version?: number): ReadyAnswer => {
  const body = Buffer.from(text)
  const content = hash('sha256', body, 'base64url').slice(0, hashLength)
  const etag = version === undefined ? `"${content}"` : `"${version}-${content}"`
  return { type, etag, body, compressed: {} }
}

/** Sends the answer, or 304 to who has it. What the headers say of caches has to be set before. */
export const sendReady = async (
  { headers, method }: FastifyRequest,
  reply: FastifyReply,
  answer: ReadyAnswer,
): Promise<FastifyReply> => {
  const isKnown = hasAlready(headers['if-none-match'], answer.etag)
  reply.header('etag', answer.etag)
  if (isKnown) reply.status(304)
  else reply.type(answer.type)
  if (isKnown && method !== 'HEAD') return reply.send()
  // For HEAD the framework tells the length of what it is given (RFC 9110, 8.6), and sends none of it.
  const coding =
    answer.body.length < compressFromBytes ? undefined : acceptedCoding(headers['accept-encoding'])
  if (coding === undefined) return reply.send(answer.body)
  answer.compressed[coding] ??= coders[coding](answer.body)
  return reply.header('content-encoding', coding).send(await answer.compressed[coding])
}

/** RFC 9110, 12.5.3. Who only says `*` gets the answer as it is. */
const acceptedCoding = (accepted: string | string[] | undefined): Coding | undefined => {
  if (accepted === undefined) return undefined
  const wishes = String(accepted).toLowerCase().split(',')
  return codings.find((coding) =>
    wishes.some((wish) => {
      const [name, quality] = wish.split(';').map((part) => part.trim())
      return name === coding && !/^q=0(?:\.0*)?$/.test(quality ?? '')
    }),
  )
}

/** Weakly compared (RFC 9110, 13.1.2): a proxy that compresses makes tags weak. */
const hasAlready = (tags: string | undefined, etag: string): boolean =>
  tags !== undefined &&
  (tags.trim() === '*' || tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag))
