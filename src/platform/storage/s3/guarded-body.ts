import { Readable } from 'node:stream'
import { storageAway, toS3Fault } from './s3-faults.ts'

const longestSilenceMs = 20_000
const bufferedBytes = 256 * 1024

/**
 * The body of an answer of S3, given up when S3 sends nothing for 20 s while we wait. That the reader lets us wait does not
 * count. Destroying it ends the connection.
 */
export const guardedBody = (body: unknown, silenceMs = longestSilenceMs): Readable => {
  if (!(body instanceof Readable)) throw new TypeError('The answer of S3 has no body')
  const guarded = Readable.from(chunksInTime(body, silenceMs), {
    objectMode: false,
    highWaterMark: bufferedBytes,
  })
  guarded.once('close', () => body.destroy())
  return guarded
}

async function* chunksInTime(body: Readable, silenceMs: number): AsyncGenerator<unknown> {
  const chunks: AsyncIterator<unknown> = body.iterator()
  for (;;) {
    const timer = setTimeout(() => body.destroy(storageAway(new Error('S3 fell silent'))), silenceMs)
    const next = await chunks
      .next()
      .catch((error: unknown) => {
        throw toS3Fault(error)
      })
      .finally(() => clearTimeout(timer))
    if (next.done) return
    yield next.value
  }
}
