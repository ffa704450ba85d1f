import sharp, { type Metadata } from 'sharp'
import { excessOf, maxPixels } from '../../../platform/images/inspect-image.ts'
import { PermanentFailure } from '../../../platform/jobs/job-failure.ts'
import type { FileMetadata } from '../files.table.ts'
import { inDecodeTurn, longestDecodeSeconds } from './decode-turns.ts'
import { readCameraFacts } from './exif.ts'
import { stripGif } from './strip-gif.ts'
import { stripJpeg } from './strip-jpeg.ts'
import { stripPng } from './strip-png.ts'
import { stripWebp } from './strip-webp.ts'

const thumbnailPx = 512

export type PreparedImage = {
  metadata: FileMetadata
  /** WebP, upright, at most 512 pixels a side, without metadata. */
  thumbnail: Buffer
  /** The picture to serve: as it came where nothing had to go. */
  clean: Buffer
}

/**
 * Decodes an uploaded picture, makes its thumbnail, and takes everything out of it that tells more than how it looks.
 * @throws PermanentFailure `IMAGE_UNREADABLE`, `IMAGE_TOO_LARGE`, `IMAGE_DAMAGED`
 */
export const prepareImage = async (data: Buffer, contentType: string): Promise<PreparedImage> => {
  const found = await readHeader(data)
  const thumbnail = await makeThumbnail(data)
  const clean = strip(data, contentType, found) ?? (await inDecodeTurn(() => encodeAgain(data, contentType)))
  return { metadata: metadataOf(found), thumbnail, clean }
}

/** @throws PermanentFailure `IMAGE_DAMAGED` */
export const makeThumbnail = async (data: Buffer): Promise<Buffer> => {
  try {
    const picture = sharp(data, { limitInputPixels: maxPixels, failOn: 'error' })
      .timeout({ seconds: longestDecodeSeconds })
      .autoOrient()
      .resize(thumbnailPx, thumbnailPx, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 80 })
    return await inDecodeTurn(() => picture.toBuffer())
  } catch (cause) {
    throw new PermanentFailure('IMAGE_DAMAGED', 'The image is damaged or its end is missing.', { cause })
  }
}

const readHeader = async (data: Buffer): Promise<Metadata> => {
  const header = await sharp(data, { limitInputPixels: false })
    .metadata()
    .catch((cause: unknown) => {
      throw new PermanentFailure('IMAGE_UNREADABLE', 'This is not an image that can be read.', { cause })
    })
  const excess = excessOf(header)
  if (excess !== undefined) throw new PermanentFailure('IMAGE_TOO_LARGE', excess)
  return header
}

const metadataOf = ({ autoOrient, pages, exif }: Metadata): FileMetadata => ({
  width: autoOrient.width,
  height: autoOrient.height,
  ...(pages !== undefined && pages > 1 ? { frames: pages } : {}),
  ...(exif === undefined ? {} : readCameraFacts(exif)),
})

/** Undefined where it takes an encoder. */
const strip = (data: Buffer, contentType: string, found: Metadata): Buffer | undefined => {
  try {
    switch (contentType) {
      case 'image/jpeg':
        return stripJpeg(data, found.orientation ?? 1)
      case 'image/png':
        return stripPng(data, found.orientation ?? 1)
      case 'image/webp':
        return stripWebp(data, found.orientation ?? 1)
      case 'image/gif':
        return stripGif(data)
      default:
        return found.exif === undefined && found.xmp === undefined ? data : undefined
    }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** For AVIF with metadata, and for files that decode although they are not built by the book: encoders write none. */
const encodeAgain = async (data: Buffer, contentType: string): Promise<Buffer> => {
  const picture = sharp(data, { limitInputPixels: maxPixels, failOn: 'error' })
    .timeout({ seconds: longestDecodeSeconds })
    .autoOrient()
    .keepIccProfile()
  switch (contentType) {
    case 'image/jpeg':
      return picture.jpeg({ quality: 92 }).toBuffer()
    case 'image/png':
      return picture.png().toBuffer()
    case 'image/webp':
      return picture.webp({ quality: 90 }).toBuffer()
    case 'image/gif':
      return picture.gif().toBuffer()
    default:
      return picture.avif({ quality: 80, effort: 2 }).toBuffer()
  }
}
