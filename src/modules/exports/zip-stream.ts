import { PassThrough, Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { ZipFile } from 'yazl'

export type ZipEntry = { name: string; content: AsyncIterable<Uint8Array>; compress: boolean }

/** The level of deflate: a good part of what the highest saves, at half the time of the default. */
export const deflateLevel = 4

/** The same entries make the same bytes, whenever and wherever: local time is what a zip has. */
const noTime = new Date(1980, 0, 1)

/**
 * A zip file, made as it is read. The next entry is asked for when the one before is read to its end, so entries may be made
 * of what the former held. Sizes follow the content (data descriptors), in zip64 once they need it.
 * When the reader stops early or an entry fails, the sources are closed.
 */
export async function* zipStream(entries: AsyncIterable<ZipEntry>): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile()
  const output = zip.outputStream.pipe(new PassThrough())
  let content: Readable | undefined
  let stopped = false
  const feed = async () => {
    for await (const entry of entries) {
      if (stopped) return
      content = Readable.from(entry.content, { objectMode: false })
      zip.addReadStream(content, entry.name, {
        mtime: noTime,
        forceDosTimestamp: true,
        compressionLevel: entry.compress ? deflateLevel : 0,
      })
      await finished(content)
    }
    zip.end()
  }
  const fed = feed().catch((error: Error) => {
    if (!stopped) output.destroy(error)
  })
  try {
    yield* output
  } finally {
    stopped = true
    content?.destroy()
    await fed
  }
}
