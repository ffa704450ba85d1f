import { hash32, hashFraction } from '../kernels/counter-hash.ts'
import { fillDisc } from '../kernels/shapes.ts'
import { smoothNoise } from '../kernels/smooth-noise.ts'
import type { Raster } from '../raster.ts'
import { type Light, mix, scale } from './light.ts'
import type { Rgb, Scene } from './read-prompt.ts'

/** Where the sun or the moon stands, in pixels. */
export type SkyDisc = { x: number; y: number; radius: number }

export function placeDisc(scene: Scene, width: number, horizonY: number): SkyDisc {
  const low = scene.time === 'sunset' || scene.time === 'dawn'
  const height = low ? 0.8 + 0.12 * hashFraction(scene.seed, 11) : 0.25 + 0.3 * hashFraction(scene.seed, 11)
  return {
    x: width * (0.22 + 0.56 * hashFraction(scene.seed, 10)),
    y: horizonY * height,
    radius: width * (low ? 0.055 : scene.time === 'night' ? 0.04 : 0.032),
  }
}

/** Fills the raster down to `horizonY` with sky: gradient, glow, stars, sun or moon, clouds. */
export function paintSky(raster: Raster, scene: Scene, light: Light, disc: SkyDisc, horizonY: number): void {
  const hidden = scene.weather === 'storm' || scene.weather === 'fog'
  paintGradient(raster, light, disc, horizonY, hidden ? 0.15 : scene.time === 'night' ? 0.35 : 0.75)
  if (scene.time === 'night' && !hidden) paintStars(raster, scene, horizonY)
  if (!hidden) {
    fillDisc(raster, disc, light.disc)
    if (scene.time === 'night') paintCraters(raster, scene, disc)
  }
  paintClouds(raster, scene, light, disc, horizonY)
}

function paintGradient(raster: Raster, light: Light, disc: SkyDisc, horizonY: number, glow: number): void {
  const { width, height, rgb } = raster
  const rows = Math.min(height, Math.ceil(horizonY) + 1)
  const reach = width * 0.42
  for (let y = 0, p = 0; y < rows; y++) {
    const down = y / horizonY
    const sky: Rgb =
      down < 0.55
        ? mix(light.zenith, light.middle, down / 0.55)
        : mix(light.middle, light.horizon, (down - 0.55) / 0.45)
    for (let x = 0; x < width; x++, p += 3) {
      const away = Math.hypot(x - disc.x, (y - disc.y) * 1.25) / reach
      const shine = glow / (1 + away * away * 14)
      rgb[p] = sky[0] + (light.disc[0] - sky[0]) * shine
      rgb[p + 1] = sky[1] + (light.disc[1] - sky[1]) * shine
      rgb[p + 2] = sky[2] + (light.disc[2] - sky[2]) * shine
    }
  }
}

export function paintStars(raster: Raster, scene: Scene, bottomY: number): void {
  const count = Math.round((raster.width * bottomY) / 1500)
  const seed = hash32(scene.seed, 20)
  for (let star = 0; star < count; star++) {
    const x = hashFraction(seed, star * 4) * raster.width
    const y = hashFraction(seed, star * 4 + 1) ** 1.2 * bottomY
    const size = hashFraction(seed, star * 4 + 2)
    const tint = hashFraction(seed, star * 4 + 3) * 50
    const radius = (0.3 + 1.3 * size ** 8) * (raster.width / 1024)
    fillDisc(
      raster,
      { x, y, radius, softPx: 1.4 },
      [235 - tint, 236 - tint / 2, 255 - tint / 4],
      0.3 + 0.65 * size,
    )
  }
}

function paintCraters(raster: Raster, scene: Scene, disc: SkyDisc): void {
  for (let crater = 0; crater < 7; crater++) {
    const angle = hashFraction(scene.seed, 60 + crater) * Math.PI * 2
    const out = Math.sqrt(hashFraction(scene.seed, 70 + crater)) * 0.66 * disc.radius
    const radius = disc.radius * (0.1 + 0.16 * hashFraction(scene.seed, 80 + crater))
    const spot = {
      x: disc.x + Math.cos(angle) * out,
      y: disc.y + Math.sin(angle) * out,
      radius,
      softPx: radius,
    }
    fillDisc(raster, spot, [186, 190, 204], 0.5)
  }
}

const coverOf: Record<Scene['weather'], number> = {
  clear: -0.16,
  cloudy: 0.1,
  storm: 0.5,
  fog: 0.2,
  snow: 0.26,
}

function paintClouds(raster: Raster, scene: Scene, light: Light, disc: SkyDisc, horizonY: number): void {
  const { width, rgb } = raster
  const rows = Math.min(raster.height, Math.ceil(horizonY))
  const seed = hash32(scene.seed, 30)
  const puffs = smoothNoise(width, rows, { seed, cellPx: width * 0.3, octaves: 6, aspect: 0.36 })
  const cover = coverOf[scene.weather]
  const bright = mix(light.horizon, light.disc, scene.time === 'night' ? 0.05 : 0.5)
  const dark = scale(mix(light.middle, light.zenith, 0.45), 0.9)
  const lift = Math.max(1, Math.round(width * 0.012)) * width
  for (let y = 0, i = 0, p = 0; y < rows; y++) {
    const thin = Math.min(1, (1 - y / horizonY) * 3)
    for (let x = 0; x < width; x++, i++, p += 3) {
      const density = (puffs[i]! + cover) * 3.2 * thin
      if (density <= 0) continue
      const above = i >= lift ? puffs[i - lift]! : puffs[i]!
      const near = 1 / (1 + (Math.hypot(x - disc.x, y - disc.y) / width) * 3)
      const lightShare = Math.max(
        0,
        Math.min(1, 0.55 + (puffs[i]! - above) * 2.4 + near * 0.35 - density * 0.2),
      )
      const share = Math.min(0.94, density)
      for (let c = 0; c < 3; c++) {
        const cloud = dark[c]! + (bright[c]! - dark[c]!) * lightShare
        rgb[p + c] = rgb[p + c]! + (cloud - rgb[p + c]!) * share
      }
    }
  }
}
