import sharp from 'sharp'
import { maxPixels, readImageHeader, truncated } from '../../../../platform/images/inspect-image.ts'
import type { ImageSize } from '../provider.ts'

/** Upright sRGB without alpha or metadata, 3 bytes a pixel. */
export type Raster = ImageSize & { rgb: Uint8Array }

/** Fills `size`, or is at most `longestSide` and never enlarged. Throws the 422s of `inspectImage`. */
export async function decodePhoto(
  image: Uint8Array,
  size: ImageSize | undefined,
  longestSide: number,
): Promise<Raster> {
  await readImageHeader(image)
  const photo = sharp(image, {
    limitInputPixels: maxPixels,
    failOn: 'error',
    sequentialRead: true,
  }).autoOrient()
  const fitted = size
    ? photo.resize(size.width, size.height, { fit: 'cover' })
    : photo.resize(longestSide, longestSide, { fit: 'inside', withoutEnlargement: true })
  const { data, info } = await fitted
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(() => {
      throw truncated()
    })
  return { width: info.width, height: info.height, rgb: data }
}

export async function resize(raster: Raster, { width, height }: ImageSize): Promise<Raster> {
  if (raster.width === width && raster.height === height) return raster
  const rgb = await toSharp(raster).resize(width, height, { fit: 'fill' }).raw().toBuffer()
  return { width, height, rgb }
}

/** Lays `styled` over the original: 0 shows the original, 1 none of it. */
export async function blend(original: Raster, styled: Raster, strength: number): Promise<Raster> {
  if (strength >= 1) return styled
  const { rgb: from } = await resize(original, styled)
  const { rgb: to } = styled
  for (let at = 0; at < to.length; at++) {
    const start = from[at] ?? 0
    to[at] = Math.round(start + ((to[at] ?? 0) - start) * strength)
  }
  return styled
}

export const encodePng = (raster: Raster): Promise<Buffer> =>
  toSharp(raster).png({ compressionLevel: 6 }).toBuffer()

const toSharp = ({ rgb, width, height }: Raster) => sharp(rgb, { raw: { width, height, channels: 3 } })
