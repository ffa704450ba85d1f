import { open } from 'node:fs/promises'
import { fileTypeFromBuffer, fileTypeFromFile } from 'file-type'
import sharp, { type Metadata } from 'sharp'
import { invalidField } from '../errors.ts'

const formats = {
  'image/jpeg': 'jpeg',
  'image/png': 'png',
  'image/apng': 'png',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'avif',
} as const

export type ImageFormat = (typeof formats)[keyof typeof formats]

export type ImageFacts = {
  format: ImageFormat
  contentType: string
  /** Pixels as the picture is meant to be seen, after its EXIF orientation. */
  width: number
  height: number
}

/** Above what phones take in full resolution, and about 150 MB when decoded, if it is not of a rare kind. */
export const maxPixels = 50_000_000
/** 50 megapixels of eight-bit RGBA that are sent in several passes. */
const maxDecodedBytes = 400_000_000
const longestDecodeSeconds = 60

/**
 * What a picture is, by its bytes alone, after decoding it once in small: JPEG, PNG, WebP, GIF (first frame) or AVIF.
 * Throws 422 for `field` with `IMAGE_UNREADABLE`, `IMAGE_TYPE_UNSUPPORTED` (SVG too, which can run scripts and
 * fetch), `IMAGE_TOO_LARGE` (from the header, before any pixel is decoded) or `IMAGE_TRUNCATED`.
 */
export async function inspectImage(source: Buffer | string, field = 'image'): Promise<ImageFacts> {
  const facts = await readImageHeader(source, field)
  try {
    // A JPEG is decoded at an eighth of its size; every format is read to its last row, on a thread of libuv's pool.
    await sharp(source, { limitInputPixels: maxPixels, failOn: 'error', sequentialRead: true })
      .timeout({ seconds: longestDecodeSeconds })
      .resize(64, 64, { fit: 'inside' })
      .raw()
      .toBuffer()
  } catch {
    throw truncated(field)
  }
  return facts
}

/** 422: the first bytes are an image's, the rest is not. */
export const truncated = (field = 'image') =>
  invalidField(field, 'IMAGE_TRUNCATED', 'The image is damaged or its end is missing.')

/** The same facts from the header alone, for bytes that are decoded next in any case. Throws the same. */
export async function readImageHeader(source: Uint8Array | string, field = 'image'): Promise<ImageFacts> {
  const format = await detectFormat(source, field)
  // The pixel limit is checked here instead, to tell a picture that is too large from one that is broken.
  const metadata = await sharp(source, { limitInputPixels: false })
    .metadata()
    .catch(() => undefined)
  if (!metadata) throw truncated(field)
  const excess = excessOf(metadata)
  if (excess !== undefined) throw invalidField(field, 'IMAGE_TOO_LARGE', excess)
  const { width, height } = metadata.autoOrient
  return { format, contentType: `image/${format}`, width, height }
}

/** Says why a picture is too large to be decoded, by its header; undefined when it is not. */
export function excessOf({ width, height, channels, depth, isProgressive }: Metadata): string | undefined {
  if (width * height > maxPixels) {
    return `The image has ${width} x ${height} pixels; at most ${maxPixels / 1e6} megapixels are taken.`
  }
  // What is sent in several passes is held as it came, beside what is made of it.
  const copies = isProgressive ? 2 : 1
  const decodedBytes = width * height * channels * (depth === 'uchar' ? 1 : 2) * copies
  if (decodedBytes <= maxDecodedBytes) return undefined
  const [needed, most] = [Math.ceil(decodedBytes / 1e6), maxDecodedBytes / 1e6]
  return `The image takes ${needed} MB to decode; at most ${most} MB are spent. Send fewer pixels or 8 bits a channel.`
}

async function detectFormat(source: Uint8Array | string, field: string): Promise<ImageFormat> {
  const type = await (typeof source === 'string' ? fileTypeFromFile(source) : fileTypeFromBuffer(source))
  const format = Object.entries(formats).find(([mime]) => mime === type?.mime)?.[1]
  if (format) return format
  if (type || (await looksLikeSvg(source))) {
    throw invalidField(field, 'IMAGE_TYPE_UNSUPPORTED', 'Send a JPEG, PNG, WebP, GIF or AVIF image.')
  }
  throw invalidField(field, 'IMAGE_UNREADABLE', 'This is not an image that can be read.')
}

async function looksLikeSvg(source: Uint8Array | string): Promise<boolean> {
  const start = typeof source === 'string' ? await readStart(source, 1024) : source.subarray(0, 1024)
  return /<svg[\s>]/i.test(new TextDecoder().decode(start))
}

async function readStart(path: string, lengthBytes: number): Promise<Uint8Array> {
  await using file = await open(path)
  const start = new Uint8Array(lengthBytes)
  const { bytesRead } = await file.read(start, 0, lengthBytes, 0)
  return start.subarray(0, bytesRead)
}
