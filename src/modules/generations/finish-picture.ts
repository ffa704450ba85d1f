import sharp from 'sharp'
import { boundedTurns } from '../../platform/bounded-turns.ts'
import { maxPixels } from '../../platform/images/inspect-image.ts'
import type { OutputFormat } from './generations.table.ts'
import type { ImageResult, ImageSize } from './providers/provider.ts'

/** Of a picture that is edited by a mask: two of this size are held decoded, and the mask: 9 bytes a pixel. */
export const maxMaskedPixels = 4096 * 4096

const usualQuality = 90
const inTurn = boundedTurns('finishing of pictures', { atOnce: 1, maxWaiting: 100 })

export type Finish = {
  /** Undefined: as the provider gave it. */
  format: OutputFormat | undefined
  /** 0 to 100. */
  quality: number | undefined
  /** What was edited, and where: both encoded, of the same size when upright. */
  masked: { original: Buffer; mask: Buffer } | undefined
}

/**
 * Gives a provider's picture the format that was asked for. With a mask every pixel of the original whose mask is not wholly
 * transparent stays exactly as it was, whatever the provider made of it; such a picture is PNG, or WebP without loss.
 */
export const finishPicture = async (picture: ImageResult, finish: Finish): Promise<ImageResult> => {
  const { format, masked } = finish
  if (masked !== undefined)
    return inTurn(() => mergeByMask(picture, masked, format === 'webp' ? 'webp' : 'png'))
  if (format === undefined || picture.contentType === `image/${format}`) return picture
  return inTurn(async () => {
    const decoded = sharp(picture.data, { limitInputPixels: maxPixels })
    const opaque = format === 'jpeg' ? decoded.flatten({ background: '#ffffff' }) : decoded
    const quality = finish.quality ?? usualQuality
    const data = await opaque.toFormat(format, format === 'png' ? {} : { quality }).toBuffer()
    return { ...picture, data, contentType: `image/${format}` }
  })
}

type Raw = { data: Buffer; size: ImageSize }

const mergeByMask = async (
  picture: ImageResult,
  { original, mask }: NonNullable<Finish['masked']>,
  format: 'png' | 'webp',
): Promise<ImageResult> => {
  const { data: pixels, size } = await decode(original)
  const edited = await decode(picture.data, size)
  const alpha = await sharp(mask, { limitInputPixels: maxMaskedPixels })
    .autoOrient()
    .extractChannel('alpha')
    .raw()
    .toBuffer()
  const from = wordsOf(edited.data)
  const to = wordsOf(pixels)
  for (let at = 0; at < to.length; at++) if (alpha[at] === 0) to[at] = from[at] ?? 0
  const merged = sharp(pixels, { raw: { ...size, channels: 4 } })
  // `exact` keeps the colours below transparent pixels too.
  const encoded = format === 'png' ? merged.png() : merged.webp({ lossless: true, exact: true })
  return { ...picture, ...size, data: await encoded.toBuffer(), contentType: `image/${format}` }
}

/** Upright eight-bit sRGB with alpha, four bytes a pixel; covers `size` when that is given. */
const decode = async (image: Buffer, size?: ImageSize): Promise<Raw> => {
  const upright = sharp(image, { limitInputPixels: maxPixels, failOn: 'error' }).autoOrient()
  const fitted = size === undefined ? upright : upright.resize(size.width, size.height, { fit: 'cover' })
  const { data, info } = await fitted
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, size: { width: info.width, height: info.height } }
}

/** One word a pixel. */
const wordsOf = (rgba: Buffer) => new Uint32Array(rgba.buffer, rgba.byteOffset, rgba.length / 4)
