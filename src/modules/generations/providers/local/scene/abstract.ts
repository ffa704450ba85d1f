import { hash32, hashFraction } from '../kernels/counter-hash.ts'
import { fillDisc } from '../kernels/shapes.ts'
import { smoothNoise } from '../kernels/smooth-noise.ts'
import type { Raster } from '../raster.ts'
import { mix, scale } from './light.ts'
import type { Rgb, Scene } from './read-prompt.ts'

/** Flowing bands of a few related colours, and overlapping discs: what is drawn when no word is known. */
export function paintAbstract(raster: Raster, scene: Scene): void {
  const { width, height, rgb } = raster
  const ramp = colourRamp(scene)
  const warp = smoothNoise(width, height, { seed: hash32(scene.seed, 1), cellPx: width * 0.55, octaves: 3 })
  const fine = smoothNoise(width, height, { seed: hash32(scene.seed, 2), cellPx: width * 0.22, octaves: 4 })
  const angle = hashFraction(scene.seed, 3) * Math.PI
  const cos = Math.cos(angle) / width
  const sin = Math.sin(angle) / width
  for (let y = 0, i = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++, p += 3) {
      const along = (x * cos + y * sin + warp[i]! * 0.55 + fine[i]! * 0.1 + 2) * 5
      const band = Math.floor(along)
      const within = along - band
      const blend = within * within * (3 - 2 * within)
      const from = ramp[band % ramp.length]!
      const to = ramp[(band + 1) % ramp.length]!
      const light = 0.84 + 0.3 * within + fine[i]! * 0.1
      for (let c = 0; c < 3; c++) rgb[p + c] = (from[c]! + (to[c]! - from[c]!) * blend) * light
    }
  }
  paintDiscs(raster, scene, ramp)
}

function colourRamp(scene: Scene): Rgb[] {
  const { accent, second } = scene
  return [
    scale(accent, 0.35),
    accent,
    mix(accent, [250, 240, 222], 0.75),
    second,
    scale(mix(accent, second, 0.7), 0.55),
  ]
}

function paintDiscs(raster: Raster, scene: Scene, ramp: Rgb[]): void {
  for (let n = 0; n < 9; n++) {
    const size = hashFraction(scene.seed, 20 + n) ** 2
    const radius = raster.width * (0.03 + 0.17 * size)
    const x = hashFraction(scene.seed, 40 + n) * raster.width
    const y = hashFraction(scene.seed, 60 + n) * raster.height
    const colour = ramp[hash32(scene.seed, 80 + n) % ramp.length] ?? scene.accent
    fillDisc(
      raster,
      { x: x + radius * 0.05, y: y + radius * 0.08, radius, softPx: radius * 0.3 },
      [10, 8, 20],
      0.3,
    )
    fillDisc(raster, { x, y, radius }, colour, 0.82)
    fillDisc(
      raster,
      { x: x - radius * 0.3, y: y - radius * 0.3, radius: radius * 0.5, softPx: radius },
      [255, 255, 255],
      0.2,
    )
  }
}
