import { boxBlur } from '../kernels/box-blur.ts'
import { hash32 } from '../kernels/counter-hash.ts'
import { exposurePower, levelAt, lumaOf } from '../kernels/luma.ts'
import { smoothEdgeAware } from '../kernels/smooth-edge-aware.ts'
import { createRaster, type Raster, scalePx } from '../raster.ts'

/**
 * A photographer's development: noise out of the flat parts, levels stretched, local contrast ("clarity") in the
 * midtones, an S-curve, more colour where there is little, cool shadows and warm lights, a breath of grain.
 */
export function photorealistic(photo: Raster, seed: number): Raster {
  const { width, height } = photo
  const clean = smoothEdgeAware(photo, { spatialPx: scalePx(photo, 3), range: 0.1, iterations: 1 })
  const luma = lumaOf(photo)
  const surroundings = boxBlur(luma, width, height, scalePx(photo, 22))
  const tone = toneCurve(luma)
  const graded = createRaster(width, height)
  for (let i = 0, p = 0; i < luma.length; i++, p += 3) {
    const light = luma[i]!
    const offMiddle = light / 127.5 - 1
    const clarity = 0.4 * (light - surroundings[i]!) * (1 - offMiddle * offMiddle)
    const grain = (hash32(seed, i) & 7) - 3.5
    const target = tone[Math.max(0, Math.min(1023, ((light + clarity) * 4) | 0))]! + grain * 0.6
    const r = clean.rgb[p]!
    const g = clean.rgb[p + 1]!
    const b = clean.rgb[p + 2]!
    const cleanLight = 0.299 * r + 0.587 * g + 0.114 * b
    const spread = Math.max(r, g, b) - Math.min(r, g, b)
    const colour = (1.3 - 0.0014 * spread) * (0.55 + (0.45 * (target + 24)) / (cleanLight + 24))
    const warmth = (target - 118) * 0.04
    graded.rgb[p] = target + (r - cleanLight) * colour + warmth
    graded.rgb[p + 1] = target + (g - cleanLight) * colour
    graded.rgb[p + 2] = target + (b - cleanLight) * colour - warmth
  }
  return graded
}

/** Quarter levels in, levels out: the histogram's ends (0.5 %) go most of the way to black and white, then an S. */
function toneCurve(luma: Float32Array): Float32Array {
  const low = 0.8 * Math.min(100, levelAt(luma, 0.005))
  const high = 255 - 0.8 * Math.min(100, 255 - levelAt(luma, 0.995))
  const power = 0.6 + 0.4 * Math.min(1, exposurePower(luma, 0.42))
  const curve = new Float32Array(1024)
  for (let i = 0; i < curve.length; i++) {
    const t = Math.max(0, Math.min(1, (i / 4 - low) / (high - low))) ** power
    const s = t * t * (3 - 2 * t)
    curve[i] = 255 * (0.75 * t + 0.25 * s)
  }
  return curve
}
