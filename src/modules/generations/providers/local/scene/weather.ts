import { hash32, hashFraction } from '../kernels/counter-hash.ts'
import { fillDisc, fillSpan } from '../kernels/shapes.ts'
import { smoothNoise } from '../kernels/smooth-noise.ts'
import type { Raster } from '../raster.ts'
import type { Light } from './light.ts'
import type { Scene } from './read-prompt.ts'

/** What hangs or falls between the viewer and the scene. */
export function paintWeather(raster: Raster, scene: Scene, light: Light): void {
  if (scene.weather === 'snow') paintSnowfall(raster, scene)
  if (scene.weather === 'storm') paintRain(raster, scene)
  if (scene.weather === 'fog') paintFog(raster, scene, light)
}

function paintSnowfall(raster: Raster, scene: Scene): void {
  const seed = hash32(scene.seed, 200)
  for (let flake = 0; flake < 900; flake++) {
    const size = hashFraction(seed, flake * 3) ** 4
    const radius = (0.8 + 5 * size) * (raster.width / 1024)
    const x = hashFraction(seed, flake * 3 + 1) * raster.width
    const y = hashFraction(seed, flake * 3 + 2) * raster.height
    fillDisc(raster, { x, y, radius, softPx: 1 + radius }, [250, 252, 255], 0.75 - 0.3 * size)
  }
}

function paintRain(raster: Raster, scene: Scene): void {
  const seed = hash32(scene.seed, 210)
  const unit = raster.width / 1024
  for (let drop = 0; drop < 1400; drop++) {
    const lengthPx = (14 + 40 * hashFraction(seed, drop * 3)) * unit
    const x = hashFraction(seed, drop * 3 + 1) * raster.width * 1.1
    const y = Math.floor(hashFraction(seed, drop * 3 + 2) * raster.height)
    for (let row = 0; row < lengthPx; row++) {
      const at = x - row * 0.22
      fillSpan(raster, y + row, at, at + 1.1 * unit, [206, 216, 226], 0.28)
    }
  }
}

function paintFog(raster: Raster, scene: Scene, light: Light): void {
  const { width, height, rgb } = raster
  const drift = smoothNoise(width, height, {
    seed: hash32(scene.seed, 220),
    cellPx: width * 0.4,
    octaves: 4,
    aspect: 0.3,
  })
  drift.forEach((value, i) => {
    const down = i / drift.length
    const share = Math.max(0, Math.min(0.85, 0.42 + value * 0.6 - Math.abs(down - 0.62) * 0.7))
    for (let c = 0; c < 3; c++) {
      const own = rgb[i * 3 + c] ?? 0
      rgb[i * 3 + c] = own + ((light.horizon[c] ?? 0) - own) * share
    }
  })
}
