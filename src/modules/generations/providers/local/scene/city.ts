import { hash32, hashFraction } from '../kernels/counter-hash.ts'
import { fillDisc, fillSpan } from '../kernels/shapes.ts'
import type { Raster } from '../raster.ts'
import { type Light, lit, mix, scale } from './light.ts'
import type { Rgb, Scene } from './read-prompt.ts'

const facades: Rgb[] = [
  [134, 138, 150],
  [164, 148, 132],
  [112, 120, 136],
  [150, 112, 98],
  [176, 176, 172],
]
const lamps: Rgb[] = [
  [255, 214, 130],
  [255, 236, 186],
  [190, 220, 255],
]

/** Three rows of buildings that stand on `groundY`, the far ones paler; windows are lit after sunset. */
export function paintCity(raster: Raster, scene: Scene, light: Light, groundY: number): void {
  for (let row = 0; row < 3; row++) {
    const seed = hash32(scene.seed, 50 + row)
    const unit = raster.width / 1024
    for (let x = -20 * unit, lot = 0; x < raster.width; lot++) {
      const width = (42 + 58 * hashFraction(seed, lot * 4)) * unit * (0.7 + 0.25 * row)
      const tower = hashFraction(seed, lot * 4 + 1)
      const middle = 1 - Math.abs((x + width / 2) / raster.width - 0.5)
      const height = groundY * (0.16 + 0.5 * tower ** 2.4) * middle * (1.25 - 0.2 * row)
      const facade = facades[hash32(seed, lot * 4 + 2) % facades.length] ?? facades[0]
      if (facade) {
        const distance = 0.62 - 0.27 * row
        const colour = mix(lit(facade, light), mix(light.horizon, light.middle, 0.4), distance)
        paintBuilding(raster, scene, {
          x,
          width,
          top: groundY - height,
          groundY,
          colour,
          seed: hash32(seed, lot),
          row,
        })
      }
      x += width + hashFraction(seed, lot * 4 + 3) * 9 * unit
    }
  }
}

type Building = {
  x: number
  width: number
  top: number
  groundY: number
  colour: Rgb
  seed: number
  /** 0 is the farthest row. */
  row: number
}

function paintBuilding(raster: Raster, scene: Scene, building: Building): void {
  const { x, width, colour } = building
  const top = Math.floor(building.top)
  const lightSide = scale(colour, 1.14)
  const roof = hash32(building.seed, 1) % 4
  const edge = x + width * 0.68
  for (let y = top; y < building.groundY; y++) {
    fillSpan(raster, y, x, edge, lightSide)
    fillSpan(raster, y, edge, x + width, scale(colour, 0.78))
  }
  if (roof === 0) {
    const mast = Math.round(width * (0.4 + 0.5 * hashFraction(building.seed, 2)))
    for (let y = top - mast; y < top; y++) fillSpan(raster, y, x + width / 2 - 1, x + width / 2 + 1, colour)
    if (scene.time === 'night')
      fillDisc(raster, { x: x + width / 2, y: top - mast, radius: 2.5 }, [255, 70, 60])
  } else if (roof === 1) {
    const step = Math.round(width * 0.2)
    for (let y = top - step; y < top; y++) fillSpan(raster, y, x + width * 0.2, x + width * 0.62, lightSide)
  }
  paintWindows(raster, scene, building)
}

function paintWindows(
  raster: Raster,
  scene: Scene,
  { x, width, top, groundY, colour, seed, row }: Building,
): void {
  const size = Math.max(2, Math.round((raster.width / 1024) * (3 + 1.6 * row)))
  const pitch = size * 2
  const chance = scene.time === 'night' ? 0.46 : scene.time === 'day' ? 0 : 0.22
  const dull = scale(colour, 0.8)
  for (let wy = Math.ceil(top) + pitch, floor = 0; wy + size < groundY; wy += pitch * 1.25, floor++) {
    for (let wx = x + size, column = 0; wx + size < x + width - size / 2; wx += pitch, column++) {
      const key = floor * 131 + column
      const on = hashFraction(seed, 1000 + key) < chance
      const lamp = lamps[hash32(seed, 9000 + (key % 97)) % lamps.length] ?? dull
      const glass = on ? mix(colour, lamp, 0.55 + 0.2 * row) : dull
      const from = Math.round(wx)
      for (let y = 0; y < size * 1.3; y++) fillSpan(raster, Math.round(wy) + y, from, from + size, glass)
    }
  }
}
