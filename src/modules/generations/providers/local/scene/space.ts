import { hash32, hashFraction } from '../kernels/counter-hash.ts'
import { smoothNoise } from '../kernels/smooth-noise.ts'
import type { Raster } from '../raster.ts'
import { mix, scale } from './light.ts'
import type { Scene } from './read-prompt.ts'
import { paintStars } from './sky.ts'

/** A nebula in the scene's colour, stars, and a banded planet lit from one side. */
export function paintSpace(raster: Raster, scene: Scene): void {
  const { width, height, rgb } = raster
  const gas = smoothNoise(width, height, { seed: hash32(scene.seed, 1), cellPx: width * 0.45, octaves: 6 })
  const dust = smoothNoise(width, height, { seed: hash32(scene.seed, 2), cellPx: width * 0.3, octaves: 6 })
  for (let i = 0, p = 0; i < gas.length; i++, p += 3) {
    const glow = Math.max(0, gas[i]! * 1.5 + 0.28) ** 2 * Math.max(0.1, 1 - Math.max(0, dust[i]!) * 1.7)
    const share = Math.max(0, Math.min(1, 0.5 + dust[i]! * 1.4))
    for (let c = 0; c < 3; c++) {
      rgb[p + c] = 6 + 5 * c + glow * (scene.accent[c]! + (scene.second[c]! - scene.accent[c]!) * share)
    }
  }
  paintStars(raster, scene, height)
  paintPlanet(raster, scene)
}

function paintPlanet(raster: Raster, scene: Scene): void {
  const { width, height, rgb } = raster
  const radius = Math.min(width, height) * (0.16 + 0.14 * hashFraction(scene.seed, 3))
  const centreX = width * (0.3 + 0.4 * hashFraction(scene.seed, 4))
  const centreY = height * (0.35 + 0.3 * hashFraction(scene.seed, 5))
  const bands = smoothNoise(width, height, {
    seed: hash32(scene.seed, 6),
    cellPx: radius * 1.4,
    octaves: 5,
    aspect: 0.16,
  })
  const land = mix(scene.accent, [236, 214, 180], 0.45)
  const shade = scale(mix(scene.accent, [60, 50, 70], 0.4), 0.8)
  for (let y = Math.max(0, Math.floor(centreY - radius)); y < Math.min(height, centreY + radius); y++) {
    for (let x = Math.max(0, Math.floor(centreX - radius)); x < Math.min(width, centreX + radius); x++) {
      const dx = (x - centreX) / radius
      const dy = (y - centreY) / radius
      const inside = 1 - dx * dx - dy * dy
      if (inside <= 0) continue
      const facing = Math.max(0.02, -0.62 * dx - 0.4 * dy + 0.68 * Math.sqrt(inside))
      const share = Math.max(0, Math.min(1, 0.5 + bands[y * width + x]! * 1.5))
      const edge = Math.min(1, inside * radius * 0.5)
      const p = (y * width + x) * 3
      for (let c = 0; c < 3; c++) {
        const seen = (shade[c]! + (land[c]! - shade[c]!) * share) * facing * 1.15
        rgb[p + c] = rgb[p + c]! + (seen - rgb[p + c]!) * edge
      }
    }
  }
}
