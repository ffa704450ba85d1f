import { hashFraction } from '../kernels/counter-hash.ts'
import { inkLines } from '../kernels/ink-lines.ts'
import { expose, lumaOf } from '../kernels/luma.ts'
import { smoothEdgeAware } from '../kernels/smooth-edge-aware.ts'
import { createRaster, type Raster, scalePx } from '../raster.ts'

const toneCount = 5

/** A printed comic: flat, loud colours in a few tones, screen dots in the shadows, thick black ink on the edges. */
export function cartoon(photo: Raster, seed: number): Raster {
  const { width, height } = photo
  const flat = smoothEdgeAware(expose(photo, 0.42), { spatialPx: scalePx(photo, 11), range: 0.13 })
  const luma = lumaOf(flat)
  const ink = inkLines(luma, { width, height, radiusPx: scalePx(photo, 2), threshold: 4, softness: 5 })
  const tones = posterTones()
  const screen = dotScreen(photo, seed)
  const page = createRaster(width, height)
  for (let y = 0, i = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++, p += 3) {
      const light = luma[i]!
      const tone = tones[light | 0]!
      const dot = tone < 100 && screen.at(x, y) ? 0.74 : 1
      const paper = (1 - ink[i]!) * dot
      const lift = tone - light * 1.9
      page.rgb[p] = (flat.rgb[p]! * 1.9 + lift) * paper
      page.rgb[p + 1] = (flat.rgb[p + 1]! * 1.9 + lift) * paper
      page.rgb[p + 2] = (flat.rgb[p + 2]! * 1.9 + lift) * paper
    }
  }
  return page
}

/** Levels in, levels out: gathered into a few tones, with narrow ramps so that borders are smooth. */
function posterTones(): Float32Array {
  return Float32Array.from({ length: 256 }, (_, level) => {
    const at = (level / 255) * toneCount
    const tone = Math.floor(at)
    const ramp = Math.max(0, Math.min(1, (at - tone - 0.5) * 7 + 0.5))
    return 16 + (245 * (tone + ramp)) / toneCount
  })
}

/** Dots on a square grid turned by 45 degrees give or take a little, as a printer's screen is. */
function dotScreen(photo: Raster, seed: number): { at(x: number, y: number): boolean } {
  const pitch = scalePx(photo, 7) * Math.SQRT2
  const angle = Math.PI / 4 + (hashFraction(seed, 1) - 0.5) * 0.5
  const cos = Math.cos(angle) / pitch
  const sin = Math.sin(angle) / pitch
  const shiftX = hashFraction(seed, 2)
  const shiftY = hashFraction(seed, 3)
  return {
    at(x, y) {
      const u = x * cos + y * sin + shiftX
      const v = y * cos - x * sin + shiftY
      const du = u - Math.floor(u) - 0.5
      const dv = v - Math.floor(v) - 0.5
      return du * du + dv * dv < 0.075
    },
  }
}
