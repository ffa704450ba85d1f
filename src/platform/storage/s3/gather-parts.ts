/** So much may be unsent of one object: a part that leaves, and the next that gathers. */
export const partBytes = 8 * 1024 ** 2
const firstBytes = 64 * 1024

export type Part = {
  data: Buffer<ArrayBuffer>
  isLast: boolean
}

/**
 * Copies chunks together into parts of exactly `partBytes`, but for the last, which may be shorter or empty. Each has memory
 * of its own. Small content takes little.
 */
export async function* gatherParts(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Part> {
  let data = Buffer.allocUnsafeSlow(firstBytes)
  let filled = 0
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      if (filled === partBytes) {
        yield { data, isLast: false }
        data = Buffer.allocUnsafeSlow(partBytes)
        filled = 0
      }
      const taken = Math.min(chunk.length - at, partBytes - filled)
      data = withRoomFor(data, filled, filled + taken)
      data.set(chunk.subarray(at, at + taken), filled)
      filled += taken
      at += taken
    }
  }
  yield { data: data.subarray(0, filled), isLast: true }
}

const withRoomFor = (data: Buffer<ArrayBuffer>, filled: number, bytes: number): Buffer<ArrayBuffer> => {
  if (bytes <= data.length) return data
  const larger = Buffer.allocUnsafeSlow(Math.min(partBytes, Math.max(bytes, 2 * data.length)))
  larger.set(data.subarray(0, filled))
  return larger
}
