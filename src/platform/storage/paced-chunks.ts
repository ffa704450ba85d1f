import type { Readable } from 'node:stream'
import { AppError } from '../errors.ts'

/** The slowest sender that is waited for: `minBytes` in each `windowMs` of waiting. */
export type Pace = { windowMs: number; minBytes: number }

/** 8 KB/s, over half a minute: a bad mobile connection manages it, and holding a connection open costs an attacker that much. */
export const slowestUpload: Pace = { windowMs: 30_000, minBytes: 8_192 * 30 }

/**
 * The chunks of a body while its sender keeps the pace. Only the time that we wait counts, not the time that we take to
 * store. However this ends, the stream stays open, so that its request can still be answered.
 * @throws 408 `UPLOAD_TOO_SLOW`, 400 `UPLOAD_ABORTED` when the sender goes away
 */
export async function* pacedChunks(body: Readable, pace = slowestUpload): AsyncGenerator<Uint8Array> {
  const chunks: AsyncIterator<unknown> = body.iterator({ destroyOnReturn: false })
  let window = { leftMs: pace.windowMs, bytes: 0 }
  for (;;) {
    const next = chunks.next().catch((cause: unknown) => {
      throw new AppError(400, 'UPLOAD_ABORTED', 'The upload broke off before its end.', { cause })
    })
    while (!(await arrives(next, window))) {
      if (window.bytes < pace.minBytes) {
        throw new AppError(408, 'UPLOAD_TOO_SLOW', 'The upload was too slow and was given up.')
      }
      window = { leftMs: pace.windowMs, bytes: 0 }
    }
    const { done, value } = await next
    if (done) return
    if (!(value instanceof Uint8Array)) throw new TypeError('The body is not a stream of bytes')
    window.bytes += value.byteLength
    yield value
  }
}

/** Waits for the chunk until the window is over, and says whether it came. */
const arrives = async (next: Promise<unknown>, window: { leftMs: number }): Promise<boolean> => {
  const startedAt = performance.now()
  const over = Promise.withResolvers<boolean>()
  const timer = setTimeout(over.resolve, Math.max(0, window.leftMs), false)
  try {
    return await Promise.race([next.then(() => true), over.promise])
  } finally {
    clearTimeout(timer)
    window.leftMs -= performance.now() - startedAt
  }
}
