import { frameHeaderBytes } from './parse-messages.ts'

/** Far more than the longest row takes. */
const longestFrameBytes = 128 * 1024 ** 2

/** The frames that the child writes, whole; `undefined` where a table ends. Ends with the stream. */
export async function* readFrames(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer | undefined> {
  let parts: Buffer[] = []
  let held = 0
  let needed = frameHeaderBytes
  for await (const piece of stream) {
    parts.push(piece)
    held += piece.length
    if (held < needed) continue
    let bytes = parts.length === 1 ? piece : Buffer.concat(parts)
    needed = frameHeaderBytes
    while (bytes.length >= frameHeaderBytes) {
      const length = bytes.readUInt32LE(0)
      if (length > longestFrameBytes) throw new Error('The parser wrote a frame that is too long')
      needed = frameHeaderBytes + length
      if (bytes.length < needed) break
      yield length === 0 ? undefined : bytes.subarray(frameHeaderBytes, needed)
      bytes = bytes.subarray(needed)
      needed = frameHeaderBytes
    }
    parts = bytes.length === 0 ? [] : [bytes]
    held = bytes.length
  }
}
