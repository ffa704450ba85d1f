import sharp from 'sharp'
import { AppError } from '../../../platform/errors.ts'
import { maxPixels, readImageHeader, truncated } from '../../../platform/images/inspect-image.ts'
import {
  ImageProviderError,
  type ImageRequest,
  type ImageSize,
  longestSidePx,
  squareSidePx,
} from './provider.ts'

export type PreparedPhoto = { png: Uint8Array<ArrayBuffer>; size: ImageSize }

/**
 * The photo as every server takes it, and without what its metadata tells about its owner: an upright PNG of at most
 * `longestSidePx`. Throws the 422s of `inspectImage`.
 */
export async function preparePhoto(image: Buffer): Promise<PreparedPhoto> {
  await readImageHeader(image)
  const { data, info } = await sharp(image, {
    limitInputPixels: maxPixels,
    failOn: 'error',
    sequentialRead: true,
  })
    .autoOrient()
    .resize(longestSidePx, longestSidePx, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .png()
    .toBuffer({ resolveWithObject: true })
    .catch(() => {
      throw truncated()
    })
  return { png: new Uint8Array(data), size: { width: info.width, height: info.height } }
}

/** A photo that is refused fails its generation for good. */
export function refusePhoto(error: unknown): never {
  if (!(error instanceof AppError)) throw error
  throw new ImageProviderError('permanent', error.errors[0]?.code ?? error.code, error.message)
}

/** The size to ask for: latent models make sides that are multiples of 8. */
export function sizeInEights({ size }: ImageRequest, photo: PreparedPhoto | undefined): ImageSize {
  const { width, height } = size ?? photo?.size ?? { width: squareSidePx, height: squareSidePx }
  const toStep = (px: number) => Math.max(64, Math.round(px / 8) * 8)
  return { width: toStep(width), height: toStep(height) }
}
