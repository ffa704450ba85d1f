import { open } from 'node:fs/promises'
import type { RtmpMessage } from '../rtmp/message.ts'

const headerBytes = 13
const tagHeaderBytes = 11
const tagEndBytes = 4
const readBytes = 1_024 ** 2
const tagTypes = new Set([8, 9, 18])

/**
 * The messages of an FLV file that `Recorder` wrote, some at a time, up to where it breaks off: a file whose writer was killed
 * has half a tag at its end, and after a power cut zeros.
 * @param onRead is told how many bytes were read
 */
export async function* readFlv(
  file: string,
  onRead: (bytes: number) => void = () => undefined,
): AsyncGenerator<RtmpMessage[]> {
  await using handle = await open(file, 'r')
  let rest: Buffer = Buffer.alloc(0)
  let position = headerBytes
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(readBytes), 0, readBytes, position)
    if (bytesRead === 0) return
    position += bytesRead
    onRead(bytesRead)
    const data = Buffer.concat([rest, buffer.subarray(0, bytesRead)])
    const { messages, used, isBroken } = readTags(data)
    if (messages.length > 0) yield messages
    if (isBroken) return
    rest = data.subarray(used)
  }
}

const readTags = (data: Buffer) => {
  const messages: RtmpMessage[] = []
  let used = 0
  while (data.length - used >= tagHeaderBytes) {
    const type = data.readUInt8(used)
    if (!tagTypes.has(type)) return { messages, used, isBroken: true }
    const size = data.readUIntBE(used + 1, 3)
    const end = used + tagHeaderBytes + size
    if (end + tagEndBytes > data.length) break
    const timestamp = data.readUIntBE(used + 4, 3) + data.readUInt8(used + 7) * 2 ** 24
    messages.push({ type, streamId: 0, timestamp, payload: data.subarray(used + tagHeaderBytes, end) })
    used = end + tagEndBytes
  }
  return { messages, used, isBroken: false }
}
