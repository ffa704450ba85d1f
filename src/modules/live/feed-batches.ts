import type { Feed } from './relay/feed.ts'
import type { FeedEntry } from './relay/feed-entry.ts'

const batchBytes = 256 * 1_024

/**
 * A feed in batches of what is there, as fast as they are asked for, until `signal` ends it; what had arrived by then still
 * comes. Who asks too slowly misses groups of pictures: it holds no more memory than one batch.
 * @param keepsUpMs how far behind it may be before it misses something
 */
export async function* feedBatches(
  feed: Feed,
  { keepsUpMs, signal }: { keepsUpMs: number; signal: AbortSignal },
): AsyncGenerator<FeedEntry[]> {
  let wake: () => void = () => undefined
  const reader = feed.openReader({ keepsUpMs, onAvailable: () => wake() })
  const onAbort = () => wake()
  signal.addEventListener('abort', onAbort)
  const takeBatch = () => {
    const batch: FeedEntry[] = []
    for (let bytes = 0; bytes < batchBytes; ) {
      const entry = reader.next()
      if (entry === undefined) break
      batch.push(entry)
      bytes += entry.message.payload.length + 1
    }
    return batch
  }
  try {
    for (;;) {
      const batch = takeBatch()
      if (batch.length > 0) yield batch
      else if (signal.aborted) return
      else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    reader.close()
  }
}
