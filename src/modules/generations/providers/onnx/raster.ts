import sharp from 'sharp'
import type { ImageSize } from '../provider.ts'

/** Upright sRGB without alpha or metadata, 3 bytes a pixel. */
export type Raster = ImageSize & { rgb: Uint8Array }

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
