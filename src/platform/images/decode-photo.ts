import sharp from 'sharp'
import { maxPixels, readImageHeader, truncated } from './inspect-image.ts'

type Size = { width: number; height: number }

/**
 * A photo as upright sRGB without alpha or metadata, 3 bytes a pixel, row by row from the top: filling `size`, or at most
 * `longestSidePx` and never enlarged. Throws the 422s of `inspectImage`.
 */
export const decodePhoto = async (
  image: Uint8Array,
  size: Size | undefined,
  longestSidePx: number,
): Promise<Size & { rgb: Uint8Array }> => {
  await readImageHeader(image)
  const photo = sharp(image, {
    limitInputPixels: maxPixels,
    failOn: 'error',
    sequentialRead: true,
  }).autoOrient()
  const fitted = size
    ? photo.resize(size.width, size.height, { fit: 'cover' })
    : photo.resize(longestSidePx, longestSidePx, { fit: 'inside', withoutEnlargement: true })
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
