import type { ImageSize } from '../provider.ts'
import type { ModelSettings } from './model-files.ts'
import type { OpenModel } from './open-model.ts'
import { type Raster, resize } from './raster.ts'
import { type PixelReader, pixelReader, sizeOf, toTensor } from './tensor-form.ts'

/** How much neighbouring tiles have in common, in pixels of the input: they fade into each other there. */
const mostOverlapPx = 32

/**
 * Runs a model over a picture, and returns one `scale` times as large. What is larger than the model takes at once goes through
 * it in overlapping tiles, or in one piece made smaller when its settings say so.
 */
export async function applyModel(
  model: OpenModel,
  picture: Raster,
  settings: ModelSettings,
  progress: (fraction: number) => void,
): Promise<Raster> {
  const { fixed, scale } = model
  const isResized = fixed !== undefined && settings.oversize === 'resize'
  const source = isResized ? await resize(picture, fixed) : picture
  const tile = tileSize(source, fixed, settings)
  const made = await applyInTiles(model, source, tile, progress)
  return isResized ? resize(made, { width: picture.width * scale, height: picture.height * scale }) : made
}

function tileSize({ width, height }: ImageSize, fixed: ImageSize | undefined, settings: ModelSettings) {
  if (fixed !== undefined) return fixed
  const { multipleOf, tile } = settings
  const most = Math.max(multipleOf, Math.floor(tile / multipleOf) * multipleOf)
  const fitted = (side: number) => Math.min(most, Math.ceil(side / multipleOf) * multipleOf)
  return { width: fitted(width), height: fitted(height) }
}

async function applyInTiles(
  { run, input, output, scale }: OpenModel,
  picture: Raster,
  tile: ImageSize,
  progress: (fraction: number) => void,
): Promise<Raster> {
  const lefts = offsets(picture.width, tile.width)
  const tops = offsets(picture.height, tile.height)
  const canvas = createCanvas(picture.width * scale, picture.height * scale)
  let done = 0
  for (const top of tops) {
    for (const left of lefts) {
      const tensor = await run(toTensor(picture, left, top, tile, input))
      canvas.lay(pixelReader(tensor, output), sizeOf(tensor, output), left * scale, top * scale, scale)
      tensor.dispose()
      progress(++done / (lefts.length * tops.length))
    }
  }
  return canvas.finish()
}

const overlapOf = (side: number) => Math.min(mostOverlapPx, Math.floor(side / 4))

/** Where tiles begin along one side: the last one ends where the picture does. */
function offsets(length: number, side: number): number[] {
  if (length <= side) return [0]
  const step = side - overlapOf(side)
  const count = Math.ceil((length - side) / step) + 1
  return Array.from({ length: count }, (_, n) => Math.min(n * step, length - side))
}

/** Takes tiles that overlap; each pixel becomes their mean, weighted by how far it lies from a tile's edge. */
function createCanvas(width: number, height: number) {
  const sums = new Float32Array(width * height * 3)
  const weights = new Float32Array(width * height)
  const rgb = new Float32Array(3)

  return {
    lay(read: PixelReader, size: ImageSize, left: number, top: number, scale: number) {
      const across = fades(size.width, scale)
      const down = fades(size.height, scale)
      const columns = Math.min(size.width, width - left)
      const rows = Math.min(size.height, height - top)
      for (let y = 0; y < rows; y++) {
        for (let x = 0; x < columns; x++) {
          read(y * size.width + x, rgb)
          const weight = (across[x] ?? 0) * (down[y] ?? 0)
          const at = (top + y) * width + left + x
          weights[at] = (weights[at] ?? 0) + weight
          for (let c = 0; c < 3; c++) {
            const value = Math.min(255, Math.max(0, rgb[c] ?? 0))
            sums[at * 3 + c] = (sums[at * 3 + c] ?? 0) + value * weight
          }
        }
      }
    },
    finish(): Raster {
      const bytes = new Uint8ClampedArray(sums.length)
      for (let at = 0; at < bytes.length; at++) {
        bytes[at] = (sums[at] ?? 0) / (weights[Math.floor(at / 3)] ?? 1)
      }
      return { width, height, rgb: new Uint8Array(bytes.buffer) }
    },
  }
}

/** 1 in the middle of a tile, and less towards both ends. */
function fades(length: number, scale: number): Float32Array {
  const overlap = overlapOf(length / scale) * scale
  return Float32Array.from({ length }, (_, at) => Math.min(1, Math.min(at + 1, length - at) / (overlap + 1)))
}
