import { boxBlur } from '../kernels/box-blur.ts'
import { hashFraction } from '../kernels/counter-hash.ts'
import { inkLines } from '../kernels/ink-lines.ts'
import { expose, lumaOf } from '../kernels/luma.ts'
import { smoothEdgeAware } from '../kernels/smooth-edge-aware.ts'
import { createRaster, type Raster, scalePx } from '../raster.ts'

/**
 * An animation background: soft cel tones with violet shadows and warm lights, clear skies, rosy skin, thin
 * coloured lines, bloom, and sun shafts from a corner that the seed chooses.
 */
export function anime(photo: Raster, seed: number): Raster {
  const { width, height } = photo
  const bright = expose(photo, 0.53)
  const flat = smoothEdgeAware(bright, { spatialPx: scalePx(photo, 7), range: 0.12 })
  const luma = lumaOf(flat)
  const lines = inkLines(lumaOf(bright), { width, height, radiusPx: 1, threshold: 6, softness: 12 })
  const cel = paintCel(flat, luma, lines)
  addLight(cel, luma, seed)
  return cel
}

function paintCel(flat: Raster, luma: Float32Array, lines: Float32Array): Raster {
  const cel = createRaster(flat.width, flat.height)
  const tones = celTones()
  for (let i = 0, p = 0; i < luma.length; i++, p += 3) {
    const light = luma[i]!
    const tone = tones[(light * 4) | 0]!
    const r = flat.rgb[p]!
    const g = flat.rgb[p + 1]!
    const b = flat.rgb[p + 2]!
    const sky = Math.max(0, Math.min(1, (b - r + 6) / 46)) * Math.max(0, Math.min(1, (light - 70) / 70))
    const skin =
      r > g && g > b && r - b < 120 ? Math.max(0, Math.min(1, (r - b - 18) / 40)) * (light > 90 ? 1 : 0.3) : 0
    const shade = Math.max(0, (130 - tone) / 130)
    const colour = 1.95 + 0.35 * sky - 0.35 * skin
    const pen = 1 - 0.72 * lines[i]!
    cel.rgb[p] = (tone + (r - light) * colour + 10 * shade - 16 * sky + 12 * skin) * pen
    cel.rgb[p + 1] = (tone + (g - light) * colour - 8 * shade + 8 * sky + 4 * skin) * (pen - 0.04 * lines[i]!)
    cel.rgb[p + 2] = (tone + (b - light) * colour + 34 * shade + 26 * sky + 8 * skin) * pen
  }
  return cel
}

/** Quarter levels in, levels out: most levels gather on four soft steps. */
function celTones(): Float32Array {
  const tones = new Float32Array(1025)
  for (let i = 0; i < tones.length; i++) {
    const level = i / 1024
    const at = level * 4
    const step = Math.floor(at)
    const within = Math.max(0, Math.min(1, (at - step - 0.5) * 3.4 + 0.5))
    tones[i] = 18 + 226 * (0.25 * level + (0.75 * (step + within)) / 4)
  }
  return tones
}

/** Screens a wide glow of the lights and slanted shafts over the picture. */
function addLight(cel: Raster, luma: Float32Array<ArrayBuffer>, seed: number): void {
  const { width, height, rgb } = cel
  const glow = boxBlur(luma, width, height, scalePx(cel, 18))
  const fromRight = hashFraction(seed, 1) < 0.5
  const slope = 0.45 + 0.3 * hashFraction(seed, 2)
  const shafts = shaftProfile(seed)
  for (let y = 0, i = 0, p = 0; y < height; y++) {
    const down = y / height
    for (let x = 0; x < width; x++, i++, p += 3) {
      const across = fromRight ? 1 - x / width : x / width
      const fade = Math.max(0, 1 - 0.8 * across - 0.9 * down)
      const shaft = shafts[((across + slope * down) * 320) | 0]! * fade
      const bloom = Math.max(0, glow[i]! - 140) * 0.0018
      const light = bloom + shaft + fade * fade * 0.1
      rgb[p] = rgb[p]! + (255 - rgb[p]!) * light
      rgb[p + 1] = rgb[p + 1]! + (250 - rgb[p + 1]!) * light
      rgb[p + 2] = rgb[p + 2]! + (232 - rgb[p + 2]!) * light * 0.92
    }
  }
}

function shaftProfile(seed: number): Float32Array<ArrayBuffer> {
  const raw = new Float32Array(640)
  for (let i = 0; i < raw.length; i++) raw[i] = hashFraction(seed, 16 + (i >> 4)) > 0.55 ? 0.17 : 0
  return boxBlur(raw, raw.length, 1, 4)
}
