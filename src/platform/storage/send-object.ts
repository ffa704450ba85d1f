import { type Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { codeOf } from '../database/infrastructure-error.ts'
import { AppError, notFound } from '../errors.ts'
import { isNotModified, requestedRange } from './byte-range.ts'
import { contentDisposition } from './content-disposition.ts'
import { releaseChunk } from './release-chunk.ts'
import type { ByteRange, ObjectHead, Storage } from './storage.ts'

export type SentObject = { key: string; contentType: string; fileName: string; cacheControl: string }

/** A reader that takes less than `minBytes` in each `windowMs` is cut off: it would hold a file open for ever. */
export type ReadPace = { windowMs: number; minBytes: number }
export const slowestDownload: ReadPace = { windowMs: 60_000, minBytes: 64 * 1_024 }

/**
 * Answers GET and HEAD with an object: whole, one range of it, or 304 when the client has it.
 * @throws 404 when it is gone, 416 for a range outside of it
 */
export const sendObject = async (
  storage: Storage,
  request: FastifyRequest,
  reply: FastifyReply,
  object: SentObject,
  pace = slowestDownload,
): Promise<FastifyReply> => {
  const head = await storage.head(object.key)
  if (head === undefined) throw notFound('file')
  if (isNotModified(request.headers, head)) return describe(reply, object, head).status(304).send()
  const isHead = request.method === 'HEAD'
  const range = isHead ? undefined : requestedRange(request.headers, head)
  if (range === 'unsatisfiable') throw unsatisfiable(reply, head)
  const stream = isHead ? null : await storage.read(object.key, range)
  if (stream === undefined) throw notFound('file')
  describe(reply, object, head).status(range === undefined ? 200 : 206)
  reply.header('content-length', lengthOf(head, range))
  if (range !== undefined) {
    reply.header('content-range', `bytes ${range.first}-${range.last}/${head.sizeBytes}`)
  }
  return stream === null ? reply.send() : pump(stream, reply, pace)
}

/** Writes a chunk when the one before has left, and ends with whichever of the two sides ends first. */
const pump = async (stream: Readable, reply: FastifyReply, pace: ReadPace): Promise<FastifyReply> => {
  const { raw } = reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) raw.setHeader(name, value)
  }
  const body = new Writable({
    write: (chunk: Uint8Array, _encoding, done) =>
      raw.write(chunk, (error) => {
        releaseChunk(chunk)
        done(error)
      }),
    final: (done) => raw.end(done),
  })
  raw.once('close', () => body.destroy())
  cutOffSlowReader(reply, pace)
  try {
    await pipeline(stream, body)
  } catch (error) {
    raw.destroy()
    if (codeOf(error) !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
  return reply
}

const lengthOf = (head: ObjectHead, range: ByteRange | undefined) =>
  range === undefined ? head.sizeBytes : range.last - range.first + 1

const describe = (reply: FastifyReply, object: SentObject, head: ObjectHead): FastifyReply =>
  reply.headers({
    'content-type': object.contentType.startsWith('text/')
      ? `${object.contentType}; charset=utf-8`
      : object.contentType,
    'content-disposition': contentDisposition(object.contentType, object.fileName),
    // Whatever the bytes are, they run no script and reach no cookie of this origin.
    'content-security-policy':
      "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox",
    'x-content-type-options': 'nosniff',
    'accept-ranges': 'bytes',
    'cache-control': object.cacheControl,
    etag: head.etag,
    'last-modified': head.modifiedAt.toUTCString(),
  })

const unsatisfiable = (reply: FastifyReply, head: ObjectHead) => {
  reply.header('content-range', `bytes */${head.sizeBytes}`)
  return new AppError(416, 'RANGE_NOT_SATISFIABLE', `The file has only ${head.sizeBytes} bytes.`)
}

/** `bytesWritten` grows only as fast as the client reads, because a chunk waits for the one before. */
const cutOffSlowReader = ({ raw }: FastifyReply, { windowMs, minBytes }: ReadPace) => {
  let written = raw.socket?.bytesWritten ?? 0
  const timer = setInterval(() => {
    const now = raw.socket?.bytesWritten ?? 0
    if (now - written < minBytes) raw.destroy()
    written = now
  }, windowMs)
  raw.once('close', () => clearInterval(timer))
}
