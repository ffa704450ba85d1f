import sharp from 'sharp'
import { decodePhoto } from '../../../../platform/images/decode-photo.ts'
import { type ImageSize, longestSidePx, type Style, squareSidePx } from '../provider.ts'
import type { Raster } from './raster.ts'
import { paintScene } from './scene/paint-scene.ts'
import { applyStyle } from './styles/apply-style.ts'

export type RenderTask = {
  prompt: string
  style: Style
  seed: number
  strength: number
  size: ImageSize | undefined
  image: Uint8Array | undefined
}

export type Rendered = { data: Uint8Array; contentType: string; width: number; height: number }

/**
 * The whole picture: the photo, or a scene drawn from the prompt, in the style. The same task gives the same bytes.
 * Blocks the thread for tenths of a second. Throws the 422s of `inspectImage`.
 */
export async function render(
  task: RenderTask,
  progress: (fraction: number, message: string) => void,
): Promise<Rendered> {
  progress(0.05, task.image ? 'Reading the photo' : 'Drawing the scene')
  const original = task.image ? await readPhoto(task.image, task.size) : drawScene(task)
  progress(0.3, `Painting in the style ${task.style}`)
  const styled = blend(original, applyStyle(task.style, original, task.seed), task.strength)
  progress(0.85, 'Encoding the picture')
  return encode(styled, task.style)
}

function drawScene({ prompt, seed, size }: RenderTask): Raster {
  return paintScene(prompt, seed, size?.width ?? squareSidePx, size?.height ?? squareSidePx)
}

const readPhoto = async (image: Uint8Array, size: ImageSize | undefined): Promise<Raster> => {
  const photo = await decodePhoto(image, size, longestSidePx)
  return { ...photo, rgb: new Uint8ClampedArray(photo.rgb) }
}

function blend(original: Raster, styled: Raster, strength: number): Raster {
  if (strength >= 1) return styled
  const from = original.rgb
  const to = styled.rgb
  for (let c = 0; c < to.length; c++) to[c] = from[c]! + (to[c]! - from[c]!) * strength
  return styled
}

/** PNG for pixel art, whose few flat colours it keeps exactly and in little space; JPEG for everything else. */
async function encode({ width, height, rgb }: Raster, style: Style): Promise<Rendered> {
  const picture = sharp(rgb, { raw: { width, height, channels: 3 } })
  if (style === 'pixel-art') {
    const data = await picture.png({ compressionLevel: 6 }).toBuffer()
    return { data, contentType: 'image/png', width, height }
  }
  const data = await picture.jpeg({ quality: 88 }).toBuffer()
  return { data, contentType: 'image/jpeg', width, height }
}
