import { constants, zstdCompress } from 'node:zlib'

/** Enough to keep every core busy, and a small part of the memory that a row group takes. */
const mostBytesInFlight = 8 * 1024 ** 2
/** Each takes memory of ZSTD's own besides, however few its bytes are. */
const mostPagesInFlight = 32
/** Higher levels take several times as long for a few percent. */
const level = 1

export type Compressor = {
  /** The compressed bytes. The given ones must stay as they are until then. */
  compress: (bytes: Uint8Array) => Promise<Buffer>
  /** Waits until little enough is being compressed that more may be given. */
  ready: () => Promise<void>
  /** Waits for all that was given, whether it succeeds or not. */
  close: () => Promise<void>
}

/** ZSTD in the thread pool, so that rows are scanned meanwhile. */
export const openCompressor = (): Compressor => {
  const inFlight = new Set<Promise<unknown>>()
  let bytesInFlight = 0
  const compress = async (bytes: Uint8Array): Promise<Buffer> => {
    const done = zstd(bytes)
    inFlight.add(done)
    bytesInFlight += bytes.length
    try {
      return await done
    } finally {
      inFlight.delete(done)
      bytesInFlight -= bytes.length
    }
  }
  return {
    compress,
    ready: async () => {
      while (bytesInFlight > mostBytesInFlight || inFlight.size > mostPagesInFlight) {
        await Promise.race(inFlight)
      }
    },
    close: async () => {
      await Promise.allSettled(inFlight)
    },
  }
}

const zstd = (bytes: Uint8Array): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const options = {
      params: { [constants.ZSTD_c_compressionLevel]: level },
      // What does not fit into one chunk takes one more turn in the pool for each further chunk.
      chunkSize: bytes.length + 1024,
    }
    zstdCompress(bytes, options, (error, compressed) => (error ? reject(error) : resolve(compressed)))
  })
