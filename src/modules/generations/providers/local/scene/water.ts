import { hash32 } from '../kernels/counter-hash.ts'
import { smoothNoise } from '../kernels/smooth-noise.ts'
import type { Raster } from '../raster.ts'
import { type Light, lit } from './light.ts'
import type { Rgb, Scene } from './read-prompt.ts'
import type { SkyDisc } from './sky.ts'

const deep: Rgb = [14, 62, 88]

/** Fills the raster below `horizonY` with water that mirrors what is above, broken by waves, with the sun's glitter. */
export function paintWater(
  raster: Raster,
  scene: Scene,
  light: Light,
  disc: SkyDisc,
  horizonY: number,
): void {
  const { width, height, rgb } = raster
  const first = Math.ceil(horizonY)
  const rows = height - first
  if (rows <= 0) return
  const body = lit(deep, light)
  const calm = smoothNoise(width, rows, {
    seed: hash32(scene.seed, 40),
    cellPx: width * 0.05,
    octaves: 3,
    aspect: 0.1,
  })
  const swell = smoothNoise(width, rows, {
    seed: hash32(scene.seed, 41),
    cellPx: width * 0.2,
    octaves: 4,
    aspect: 0.14,
  })
  const glitters = scene.weather !== 'storm' && scene.weather !== 'fog'
  const rough = scene.weather === 'storm' ? 2 : 1
  for (let row = 0, i = 0, p = first * width * 3; row < rows; row++) {
    const near = row / rows
    const mirror = 0.82 - 0.5 * near
    for (let x = 0; x < width; x++, i++, p += 3) {
      const wave = (calm[i]! * (1 - near) + swell[i]! * near) * rough
      const fromY = horizonY - 1 - row * 0.92 + wave * (6 + 90 * near)
      const fromX = x + calm[i]! * (4 + 26 * near)
      const q = (clamp(fromY, first - 1) * width + clamp(fromX, width - 1)) * 3
      const crest = Math.max(0, wave - 0.22) * 60 * near * rough
      const spread = width * (0.02 + 0.11 * near)
      const off = (x - disc.x) / spread
      const spark = glitters ? Math.max(0, wave * 2.4 + 0.35 - off * off) * 0.75 : 0
      const shine = spark > 0.9 ? 0.9 : spark
      for (let c = 0; c < 3; c++) {
        const water = body[c]! * (1 + wave * 0.5) + crest * light.onGround[c]!
        const seen = water + (rgb[q + c]! - water) * mirror
        rgb[p + c] = seen + (light.disc[c]! - seen) * shine
      }
    }
  }
}

function clamp(value: number, last: number): number {
  return value <= 0 ? 0 : value >= last ? last : value | 0
}
