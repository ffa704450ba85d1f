import { boxBlur } from '../kernels/box-blur.ts'
import { hash32 } from '../kernels/counter-hash.ts'
import { levelAt } from '../kernels/luma.ts'
import { createRaster, type Raster, scalePx } from '../raster.ts'

/**
 * High-contrast monochrome film: a red filter's mix (skies go dark, faces light), hard local and overall
 * contrast, a halo round the lights, heavy corners, grain that is strongest in the midtones.
 */
export function noir(photo: Raster, seed: number): Raster {
  const { width, height } = photo
  const film = exposeFilm(photo)
  const surroundings = boxBlur(film, width, height, scalePx(photo, 40))
  const curve = contrastCurve(film)
  const dark = createRaster(width, height)
  for (let y = 0, i = 0, p = 0; y < height; y++) {
    const down = (2 * (y + 0.5)) / height - 1
    for (let x = 0; x < width; x++, i++, p += 3) {
      const across = (2 * (x + 0.5)) / width - 1
      const corner = across * across + down * down
      const around = surroundings[i]!
      const local = film[i]! + 0.5 * (film[i]! - around)
      const tone = curve[local <= 0 ? 0 : local >= 255 ? 255 : local | 0]!
      const halo = around > 150 ? (around - 150) * 0.25 : 0
      const noise = hash32(seed, i)
      const grain = ((noise & 0xff) + ((noise >>> 8) & 0xff) - 255) * (0.03 + tone * (255 - tone) * 0.0000055)
      const level = (tone + halo) * (1 - 0.34 * corner) + grain
      dark.rgb[p] = level
      dark.rgb[p + 1] = level
      dark.rgb[p + 2] = level
    }
  }
  return dark
}

function exposeFilm({ width, height, rgb }: Raster): Float32Array<ArrayBuffer> {
  const film = new Float32Array(width * height)
  for (let i = 0, p = 0; i < film.length; i++, p += 3) {
    const mixed = 0.68 * rgb[p]! + 0.4 * rgb[p + 1]! - 0.08 * rgb[p + 2]!
    film[i] = mixed < 0 ? 0 : mixed > 255 ? 255 : mixed
  }
  return film
}

/** A steep S about the picture's own median, moved a little down: more shadow than light. */
function contrastCurve(film: Float32Array): Float32Array {
  const middle = Math.max(80, Math.min(165, levelAt(film, 0.5) + 14))
  const curve = new Float32Array(256)
  for (let level = 0; level < 256; level++) curve[level] = 250 / (1 + Math.exp(-(level - middle) / 30))
  return curve
}
