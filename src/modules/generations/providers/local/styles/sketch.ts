import { boxBlur } from '../kernels/box-blur.ts'
import { hash32, hashFraction } from '../kernels/counter-hash.ts'
import { inkLines } from '../kernels/ink-lines.ts'
import { exposurePower, lumaOf } from '../kernels/luma.ts'
import { smoothNoise } from '../kernels/smooth-noise.ts'
import { createRaster, type Raster, scalePx } from '../raster.ts'

type Hatch = {
  /** Unit vector across the strokes, divided by their distance. */
  cos: number
  sin: number
  /** Tone (0 to 1) below which this layer is drawn. */
  below: number
  strokePx: number
  seed: number
}

/**
 * Graphite on toothed paper: a dodge blend and edges for the contours, and layers of hatching that cross where
 * the picture is darker.
 */
export function sketch(photo: Raster, seed: number): Raster {
  const { width, height } = photo
  const luma = lumaOf(photo)
  const around = boxBlur(luma, width, height, scalePx(photo, 5))
  const contours = inkLines(luma, {
    width,
    height,
    radiusPx: scalePx(photo, 1.4),
    threshold: 3,
    softness: 14,
  })
  const tones = paperTones(around)
  const tooth = smoothNoise(width, height, { seed: hash32(seed, 1), cellPx: scalePx(photo, 2.4), octaves: 2 })
  const sway = smoothNoise(width, height, { seed: hash32(seed, 2), cellPx: scalePx(photo, 160), octaves: 1 })
  const hatches = hatchLayers(photo, seed)
  const page = createRaster(width, height)
  for (let y = 0, i = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++, p += 3) {
      const tone = tones[around[i]! | 0]!
      const dodge = Math.max(0, 1 - (luma[i]! + 6) / (around[i]! + 6))
      let graphite = 1.15 * dodge + 0.75 * contours[i]! + (1 - tone) * 0.12
      for (const hatch of hatches) {
        if (tone < hatch.below) graphite += hatchAt(hatch, x, y, sway[i]!, hatch.below - tone)
      }
      const caught = graphite * (0.92 + 0.55 * tooth[i]!)
      const cover = caught >= 1 ? 0.94 : caught <= 0 ? 0 : caught * 0.94
      const sheen = 3 * tooth[i]!
      page.rgb[p] = 250 + sheen - cover * 206
      page.rgb[p + 1] = 248 + sheen - cover * 204
      page.rgb[p + 2] = 242 + sheen - cover * 194
    }
  }
  return page
}

/** Levels in, tones (0 to 1) out, with the picture's median brought to a light grey, as on paper. */
function paperTones(luma: Float32Array): Float32Array {
  const power = exposurePower(luma, 0.68)
  const tones = new Float32Array(256)
  for (let level = 0; level < 256; level++) tones[level] = (level / 255) ** power
  return tones
}

function hatchLayers(photo: Raster, seed: number): Hatch[] {
  const first = (42 + 24 * hashFraction(seed, 3)) * (Math.PI / 180)
  const layers = [
    { turn: 0, below: 0.78, pitch: 6 },
    { turn: 1.25, below: 0.56, pitch: 5.5 },
    { turn: -0.62, below: 0.36, pitch: 5 },
  ]
  return layers.map(({ turn, below, pitch }, layer) => ({
    cos: Math.cos(first + turn) / scalePx(photo, pitch),
    sin: Math.sin(first + turn) / scalePx(photo, pitch),
    below,
    strokePx: scalePx(photo, 46),
    seed: hash32(seed, 8 + layer),
  }))
}

/** Graphite of one layer at a pixel: parallel strokes that sway, differ in pressure and thicken with the shade. */
function hatchAt(hatch: Hatch, x: number, y: number, sway: number, shade: number): number {
  const across = x * hatch.cos + y * hatch.sin + sway * 2
  const line = Math.floor(across)
  const along = (y * hatch.cos - x * hatch.sin) * 6
  const pressure =
    hash32(hatch.seed ^ line, Math.floor(along / hatch.strokePx + (line & 7) * 0.37)) / 0x1_0000_0000
  const offCentre = Math.abs(across - line - 0.5) * 2
  const half = 0.3 + Math.min(0.45, shade * 1.5)
  const cover = (half - offCentre) * 2.4
  if (cover <= 0) return 0
  return Math.min(1, cover) * (0.25 + 0.55 * pressure) * Math.min(1, 0.35 + shade * 2.4)
}
