import { createRaster, type Raster } from '../raster.ts'

/** Rec. 601 luma of each pixel, 0 to 255. */
export function lumaOf({ width, height, rgb }: Raster): Float32Array<ArrayBuffer> {
  const luma = new Float32Array(width * height)
  for (let i = 0, p = 0; i < luma.length; i++, p += 3) {
    luma[i] = 0.299 * rgb[p]! + 0.587 * rgb[p + 1]! + 0.114 * rgb[p + 2]!
  }
  return luma
}

/** The level (0 to 255) that `share` (0 to 1) of the pixels do not exceed: 0.5 is the median. */
export function levelAt(luma: Float32Array, share: number): number {
  const counts = new Uint32Array(256)
  for (let i = 0; i < luma.length; i++) counts[luma[i]! | 0]!++
  const wanted = luma.length * share
  let level = 0
  for (let sum = counts[0]!; level < 255 && sum < wanted; sum += counts[level]!) level++
  return level
}

/**
 * The power to which a tone (0 to 1) is raised so that the picture's median becomes `median` (0 to 1), within bounds
 * that keep a night a night.
 */
export function exposurePower(luma: Float32Array, median: number): number {
  const level = Math.max(16, Math.min(248, levelAt(luma, 0.5)))
  return Math.max(0.55, Math.min(1.5, Math.log(median) / Math.log(level / 255)))
}

/** The picture with its median tone brought to `median` (0 to 1), so that flattening spares what is in the dark. */
export function expose(raster: Raster, median: number): Raster {
  const power = exposurePower(lumaOf(raster), median)
  const levels = Uint8ClampedArray.from({ length: 256 }, (_, level) => 255 * (level / 255) ** power)
  const exposed = createRaster(raster.width, raster.height)
  for (let c = 0; c < exposed.rgb.length; c++) exposed.rgb[c] = levels[raster.rgb[c]!]!
  return exposed
}
