import { hash32, hashFraction } from '../kernels/counter-hash.ts'
import { createRaster, type Raster } from '../raster.ts'
import { paintAbstract } from './abstract.ts'
import { paintCity } from './city.ts'
import { type Light, lightOf, lit, mix } from './light.ts'
import { paintFlowers, paintForest, paintLoneTree } from './plants.ts'
import { type Rgb, readPrompt, type Scene } from './read-prompt.ts'
import { paintSky, placeDisc, type SkyDisc } from './sky.ts'
import { paintSpace } from './space.ts'
import { paintRidge, type Ridge } from './terrain.ts'
import { paintWater } from './water.ts'
import { paintWeather } from './weather.ts'

/** Draws a prompt: a landscape, space or an abstract picture. The same prompt, seed and size give the same pixels. */
export function paintScene(prompt: string, seed: number, width: number, height: number): Raster {
  const scene = readPrompt(prompt, seed)
  const raster = createRaster(width, height)
  if (scene.subject === 'space') paintSpace(raster, scene)
  else if (scene.subject === 'abstract') paintAbstract(raster, scene)
  else paintLandscape(raster, scene)
  return raster
}

function paintLandscape(raster: Raster, scene: Scene): void {
  const { features } = scene
  const light = lightOf(scene)
  const horizonY = raster.height * (0.54 + 0.08 * hashFraction(scene.seed, 4))
  const disc = placeDisc(scene, raster.width, horizonY)
  paintSky(raster, scene, light, disc, horizonY)
  paintDistance(raster, scene, light, disc, horizonY)
  if (features.has('city')) paintCity(raster, scene, light, horizonY)
  const groundY = paintForeground(raster, scene, light, disc, horizonY)
  if (features.has('forest')) paintForest(raster, scene, light, groundY)
  if (features.has('tree')) paintLoneTree(raster, scene, light, groundY + (raster.height - groundY) * 0.55)
  if (features.has('flower')) paintFlowers(raster, scene, light, groundY)
  paintWeather(raster, scene, light)
}

const rock: Rgb = [104, 102, 112]
const grass: Rgb = [94, 138, 62]
const autumnGrass: Rgb = [164, 132, 62]
const wood: Rgb = [44, 82, 48]
const sand: Rgb = [224, 176, 112]
const snow: Rgb = [236, 242, 250]

function groundColour(scene: Scene): Rgb {
  if (scene.weather === 'snow') return snow
  if (scene.features.has('desert')) return sand
  return scene.autumn ? autumnGrass : grass
}

/** The ridges behind the middle of the picture, the farthest first. */
function paintDistance(raster: Raster, scene: Scene, light: Light, disc: SkyDisc, horizonY: number): void {
  const { features } = scene
  const { height } = raster
  const haze = mix(light.horizon, light.middle, 0.25)
  const whole = { baseY: horizonY, haze }
  const ridges: Omit<Ridge, 'seed'>[] = []
  if (features.has('mountain')) {
    const peaks = { ...whole, shape: 'peaks', colour: lit(rock, light), snow: lit(snow, light) } as const
    ridges.push(
      { ...peaks, risePx: height * 0.46, hazeShare: 0.5 },
      { ...peaks, risePx: height * 0.27, hazeShare: 0.3 },
    )
  }
  if (features.has('desert')) {
    const dunes = { ...whole, shape: 'dunes', colour: lit(sand, light) } as const
    ridges.push(
      { ...dunes, risePx: height * 0.12, hazeShare: 0.5 },
      { ...dunes, risePx: height * 0.06, hazeShare: 0.25 },
    )
  }
  const open = !features.has('desert') && (!features.has('sea') || features.has('hill'))
  if (open) {
    const colour = lit(features.has('forest') ? wood : groundColour(scene), light)
    const hills = { ...whole, shape: 'hills', colour } as const
    ridges.push(
      { ...hills, risePx: height * 0.13, hazeShare: 0.48 },
      { ...hills, risePx: height * 0.07, hazeShare: 0.24 },
    )
  }
  ridges.forEach((ridge, index) => {
    paintRidge(raster, { ...ridge, seed: hash32(scene.seed, 300 + index) }, disc.x < raster.width / 2)
  })
}

/** Fills the lower part with water or ground and returns where the ground that things stand on begins (y). */
function paintForeground(
  raster: Raster,
  scene: Scene,
  light: Light,
  disc: SkyDisc,
  horizonY: number,
): number {
  const { features } = scene
  const { height } = raster
  const fromLeft = disc.x < raster.width / 2
  const seed = hash32(scene.seed, 320)
  const near = { haze: light.horizon, hazeShare: 0, seed }
  if (features.has('sea')) {
    paintWater(raster, scene, light, disc, horizonY)
    const standing =
      features.has('beach') || features.has('forest') || features.has('flower') || features.has('tree')
    if (!standing) return horizonY
    const colour = lit(features.has('beach') ? sand : groundColour(scene), light)
    paintRidge(
      raster,
      { ...near, baseY: height * 0.94, risePx: height * 0.14, shape: 'hills', colour },
      fromLeft,
    )
    return height * 0.86
  }
  const ground = groundColour(scene)
  const colour = lit(features.has('forest') && ground === grass ? mix(grass, wood, 0.6) : ground, light)
  const shape = features.has('desert') || scene.weather === 'snow' ? 'dunes' : 'hills'
  const risePx = height * (shape === 'dunes' ? 0.24 : 0.07)
  const baseY = horizonY + height * (shape === 'dunes' ? 0.26 : 0.08)
  paintRidge(raster, { ...near, baseY, risePx, shape, colour }, fromLeft)
  return horizonY + height * 0.06
}
