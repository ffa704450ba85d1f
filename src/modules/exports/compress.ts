import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Format } from './formats/format.ts'
import { deflateLevel, type ZipEntry, zipStream } from './zip-stream.ts'

export const compressions = ['none', 'gzip', 'zip'] as const
export type Compression = (typeof compressions)[number]

/** `name` has its extension. */
export type EncodedFile = { name: string; content: AsyncIterable<Uint8Array> }

export type CompressedFile = {
  /** All of it, such as `.csv.gz`. */
  extension: string
  contentType: string
  content: AsyncIterable<Uint8Array>
}

/**
 * Makes one file of the encoded ones: as it is, as gzip (RFC 1952), or in a zip. Several always go into a zip. Contents are
 * read one after the other, as fast as the result is read; they are closed when the reader stops or one of them fails.
 */
export const compressed = (
  format: Pick<Format, 'extension' | 'contentType' | 'compressible'>,
  compression: Compression,
  files: EncodedFile[],
): CompressedFile => {
  const [only, ...more] = files
  if (only === undefined || more.length > 0 || compression === 'zip') {
    const compress = format.compressible && compression !== 'none'
    return {
      extension: '.zip',
      contentType: 'application/zip',
      content: zipStream(entriesOf(files, compress)),
    }
  }
  if (compression === 'none') {
    return { extension: format.extension, contentType: format.contentType, content: only.content }
  }
  return {
    extension: `${format.extension}.gz`,
    contentType: 'application/gzip',
    content: gzipStream(only.content),
  }
}

async function* gzipStream(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gzip = createGzip({ level: deflateLevel, chunkSize: gzipChunkBytes })
  // The error reaches whoever reads, by the stream that the pipeline destroys.
  const written = pipeline(Readable.from(content, { objectMode: false }), gzip).catch(() => {})
  try {
    yield* gzip
  } finally {
    await written
  }
}

const gzipChunkBytes = 64 * 1024

async function* entriesOf(files: EncodedFile[], compress: boolean): AsyncGenerator<ZipEntry> {
  const taken = new Set<string>()
  for (const { name, content } of files) yield { name: entryName(name, taken), content, compress }
}

/** A name that every system can unpack, used once: tables may be called `a/b`, or `A` and `a`. */
const entryName = (name: string, taken: Set<string>): string => {
  const safe = name.replaceAll(/[<>:"/\\|?*\p{Cc}]/gu, '_')
  const dot = safe.lastIndexOf('.')
  const [stem, extension] = dot > 0 ? [safe.slice(0, dot), safe.slice(dot)] : [safe, '']
  let unique = safe
  for (let number = 2; taken.has(unique.toLowerCase()); number += 1)
    unique = `${stem} (${number})${extension}`
  taken.add(unique.toLowerCase())
  return unique
}
