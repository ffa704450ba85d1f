/**
 * Gives the memory of a chunk back at once: it is empty after this, so nobody else may hold it. Left to the garbage
 * collector, which lets 60 MB of them gather, chunks are what a large transfer costs. A chunk that shares its memory with
 * others is left alone.
 */
export const releaseChunk = ({ buffer, byteLength }: Uint8Array): void => {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}

/** Passes chunks on, each of which is gone when the next one is asked for. */
export async function* releaseEach(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    yield chunk
    releaseChunk(chunk)
  }
}
