import { boxBlur } from '../kernels/box-blur.ts'
import { hash32 } from '../kernels/counter-hash.ts'
import { expose, lumaOf } from '../kernels/luma.ts'
import { smoothEdgeAware } from '../kernels/smooth-edge-aware.ts'
import { smoothNoise } from '../kernels/smooth-noise.ts'
import { createRaster, type Raster, scalePx } from '../raster.ts'

/**
 * Washes on rough paper: colours flow together between the edges, borders wander, pigment is denser where a wash
 * dries (its rim), in the flow of the water and in the paper's hollows, and the sheet keeps an unpainted margin.
 * The density model is that of Bousseau et al., "Interactive watercolor rendering with temporal coherence and
 * abstraction", 2006: `c' = c - (c - c^2)(d - 1)` for a colour c and a density d.
 */
export function watercolor(photo: Raster, seed: number): Raster {
  const { width, height } = photo
  const wash = smoothEdgeAware(expose(photo, 0.54), { spatialPx: scalePx(photo, 20), range: 0.2 })
  const flow = smoothNoise(width, height, { seed: hash32(seed, 1), cellPx: scalePx(photo, 150), octaves: 5 })
  const wander = smoothNoise(width, height, { seed: hash32(seed, 2), cellPx: scalePx(photo, 26), octaves: 2 })
  const paper = smoothNoise(width, height, { seed: hash32(seed, 3), cellPx: scalePx(photo, 4), octaves: 2 })
  const wet = spread(wash, wander, scalePx(photo, 5))
  const rims = washRims(wet)
  const sheet = createRaster(width, height)
  const margin = scalePx(photo, 30)
  for (let y = 0, i = 0, p = 0; y < height; y++) {
    const edgeY = Math.min(y, height - 1 - y)
    for (let x = 0; x < width; x++, i++, p += 3) {
      const grain = i >= width + 1 ? paper[i]! - paper[i - width - 1]! : 0
      const inside =
        (Math.min(x, width - 1 - x, edgeY) + (flow[i]! + 0.25 * wander[i]!) * margin) / margin - 0.55
      const painted = inside <= 0 ? 0 : inside >= 0.12 ? 1 : inside / 0.12
      const pooled = inside > 0 && inside < 0.4 ? (0.4 - inside) * 0.8 : 0
      const density = 1 + 0.75 * flow[i]! + 0.3 * wander[i]! + rims[i]! + 0.9 * grain + pooled
      const sheen = 248 + 14 * grain
      for (let c = p; c < p + 3; c++) {
        const colour = wet.rgb[c]! / 255
        const pigment = colour - (colour - colour * colour) * (density - 1)
        sheet.rgb[c] = sheen + (pigment * 255 - sheen) * painted
      }
    }
  }
  return sheet
}

/** Lightens and colours the washes, gathers them into soft steps and lets their borders wander. */
function spread(wash: Raster, wander: Float32Array, reachPx: number): Raster {
  const { width, height, rgb } = wash
  const wet = createRaster(width, height)
  const tones = washTones()
  for (let y = 0, i = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++, p += 3) {
      const offset = (wander[i]! * reachPx * 1.6) | 0
      const fromX = Math.max(0, Math.min(width - 1, x + offset))
      const fromY = Math.max(0, Math.min(height - 1, y - offset))
      const q = (fromY * width + fromX) * 3
      const r = rgb[q]!
      const g = rgb[q + 1]!
      const b = rgb[q + 2]!
      const light = 0.299 * r + 0.587 * g + 0.114 * b
      const diluted = tones[light | 0]!
      wet.rgb[p] = diluted + (r - light) * 1.8
      wet.rgb[p + 1] = diluted + (g - light) * 1.8
      wet.rgb[p + 2] = diluted + (b - light) * 1.8
    }
  }
  return wet
}

/** Levels in, levels out: as light as watercolour on paper, and gathered into soft steps. */
function washTones(): Float32Array {
  return Float32Array.from({ length: 256 }, (_, level) => {
    const at = (level / 255) * 7
    const step = Math.floor(at)
    const t = at - step
    return 44 + 30 * (step + t * t * t * (t * (t * 6 - 15) + 10))
  })
}

/** Extra density where a wash ends: the slope of the lightness, slightly spread. */
function washRims(wet: Raster): Float32Array<ArrayBuffer> {
  const { width, height } = wet
  const luma = lumaOf(wet)
  const rims = new Float32Array(luma.length)
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x
      const slope = Math.abs(luma[i + 1]! - luma[i - 1]!) + Math.abs(luma[i + width]! - luma[i - width]!)
      rims[i] = slope > 48 ? 1.1 : slope * 0.023
    }
  }
  return boxBlur(rims, width, height, 1, 1)
}
