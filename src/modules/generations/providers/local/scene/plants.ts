import { hash32, hashFraction } from '../kernels/counter-hash.ts'
import { fillDisc, fillSpan } from '../kernels/shapes.ts'
import type { Raster } from '../raster.ts'
import { type Light, lit, mix, scale } from './light.ts'
import type { Rgb, Scene } from './read-prompt.ts'

const snowColour: Rgb = [236, 242, 250]

/** Rows of conifers (in autumn: of broad trees in colour) from far and pale to near and dark. */
export function paintForest(raster: Raster, scene: Scene, light: Light, fromY: number): void {
  const { width, height } = raster
  const rowCount = 6
  for (let row = 0; row < rowCount; row++) {
    const near = row / (rowCount - 1)
    const seed = hash32(scene.seed, 100 + row)
    const size = height * (0.07 + 0.3 * near ** 1.4)
    const baseY = fromY + (height * 1.02 - fromY) * near ** 1.15 + size * 0.15
    const spacing = size * 0.22
    for (
      let x = -spacing, n = 0;
      x < width + spacing;
      x += spacing * (0.6 + 0.8 * hashFraction(seed, n)), n++
    ) {
      if (near > 0.5 && hashFraction(seed, n + 5000) < 0.3) continue
      const tall = size * (0.65 + 0.55 * hashFraction(seed, n + 10_000))
      const haze = mix(light.horizon, light.middle, 0.3)
      const tree = {
        x,
        baseY: baseY + size * 0.1 * hashFraction(seed, n + 20_000),
        height: tall,
        seed: hash32(seed, n),
      }
      const leaf = mix(
        lit(leafColour(scene, tree.seed), light),
        haze,
        (scene.autumn ? 0.4 : 0.62) * (1 - near) ** 1.3,
      )
      if (scene.autumn) paintBroadTree(raster, light, tree, leaf)
      else paintConifer(raster, tree, leaf, scene.weather === 'snow' ? lit(snowColour, light) : undefined)
    }
  }
}

/** One big tree that stands on `baseY`. */
export function paintLoneTree(raster: Raster, scene: Scene, light: Light, baseY: number): void {
  const x = raster.width * (0.25 + 0.5 * hashFraction(scene.seed, 120))
  const seed = hash32(scene.seed, 121)
  const tree = { x, baseY, height: raster.height * 0.46, seed }
  paintBroadTree(raster, light, tree, lit(leafColour(scene, seed), light))
}

function leafColour(scene: Scene, seed: number): Rgb {
  const way = hashFraction(seed, 3)
  if (scene.autumn) return mix([186, 52, 28], [238, 176, 44], way)
  return mix([28, 74, 46], [66, 112, 46], way)
}

type Tree = { x: number; baseY: number; height: number; seed: number }

function paintConifer(raster: Raster, tree: Tree, leaf: Rgb, snow: Rgb | undefined): void {
  const top = tree.baseY - tree.height
  const tiers = 7 + (tree.seed % 4)
  for (let y = Math.max(0, Math.floor(top)); y < tree.baseY; y++) {
    const down = (y - top) / tree.height
    if (down < 0) continue
    const tier = down * tiers
    const flare = 0.55 + 0.45 * (tier - Math.floor(tier))
    const ragged = 0.82 + 0.36 * hashFraction(tree.seed, y)
    const half = tree.height * 0.19 * (0.08 + down) * flare * ragged
    const shade = 0.78 + 0.3 * (tier - Math.floor(tier))
    fillSpan(raster, y, tree.x - half, tree.x + half * 0.25, scale(leaf, shade * 1.12))
    fillSpan(raster, y, tree.x + half * 0.25, tree.x + half, scale(leaf, shade * 0.78))
    if (snow && tier - Math.floor(tier) > 0.72)
      fillSpan(raster, y, tree.x - half, tree.x + half * 0.6, snow, 0.75)
  }
}

function paintBroadTree(raster: Raster, light: Light, tree: Tree, leaf: Rgb): void {
  const trunk = lit([86, 62, 44], light)
  const crown = tree.height * 0.36
  for (let y = Math.floor(tree.baseY - tree.height * 0.6); y < tree.baseY; y++) {
    const half = tree.height * (0.018 + 0.03 * Math.max(0, 1 - (tree.baseY - y) / (tree.height * 0.25)) ** 2)
    fillSpan(raster, y, tree.x - half, tree.x + half, trunk)
  }
  const tufts = 90
  for (let tuft = 0; tuft < tufts; tuft++) {
    const angle = hashFraction(tree.seed, tuft * 3) * Math.PI * 2
    const out = Math.sqrt(hashFraction(tree.seed, tuft * 3 + 1))
    const lift = Math.sin(angle) * out
    const radius = crown * (0.12 + 0.16 * hashFraction(tree.seed, tuft * 3 + 2))
    const spot = {
      x: tree.x + Math.cos(angle) * out * crown,
      y: tree.baseY - tree.height * 0.68 + lift * crown * 0.8,
      radius,
    }
    const shade = 0.72 + 0.28 * (tuft / tufts) - 0.26 * lift - 0.1 * Math.cos(angle) * out
    fillDisc(raster, { ...spot, softPx: radius * 0.4 }, scale(leaf, shade), 0.94)
  }
}

/** Grass and flowers over the ground below `fromY`, larger towards the viewer. */
export function paintFlowers(raster: Raster, scene: Scene, light: Light, fromY: number): void {
  const { width, height } = raster
  const seed = hash32(scene.seed, 130)
  const count = 1500
  for (let n = 0; n < count; n++) {
    const near = (n / count) ** 0.75
    const x = hashFraction(seed, n * 3) * width
    const y = fromY + (height * 1.04 - fromY) * near
    const size = (width / 1024) * (1.4 + 17 * near ** 2.2) * (0.7 + 0.6 * hashFraction(seed, n * 3 + 1))
    paintStem(raster, x, y, size, lit([58, 112 + 40 * hashFraction(seed, n), 44], light))
    if (hash32(seed, n * 3 + 2) % 3 === 0) continue
    paintBlossom(
      raster,
      { x, y: y - size * 2.6, size, seed: hash32(seed, n) },
      blossomColour(scene, seed, n, light),
    )
  }
}

function blossomColour(scene: Scene, seed: number, n: number, light: Light): Rgb {
  const others: Rgb[] = [scene.accent, scene.accent, [244, 236, 226], [236, 92, 132], [246, 196, 62]]
  return lit(others[hash32(seed, 70_000 + n) % others.length] ?? scene.accent, light)
}

function paintStem(raster: Raster, x: number, y: number, size: number, colour: Rgb): void {
  const half = Math.max(0.5, size * 0.12)
  for (let row = Math.floor(y - size * 2.6); row < y; row++) {
    const lean = Math.sin(x) * (y - row) * 0.2
    fillSpan(raster, row, x + lean - half, x + lean + half, colour)
  }
}

type Blossom = { x: number; y: number; size: number; seed: number }

function paintBlossom(raster: Raster, blossom: Blossom, colour: Rgb): void {
  const x = blossom.x + Math.sin(blossom.x) * blossom.size * 0.52
  const petals = 5 + (blossom.seed % 3)
  const turn = hashFraction(blossom.seed, 1) * Math.PI
  for (let petal = 0; petal < petals; petal++) {
    const angle = turn + (petal / petals) * Math.PI * 2
    const spot = {
      x: x + Math.cos(angle) * blossom.size * 0.62,
      y: blossom.y + Math.sin(angle) * blossom.size * 0.46,
      radius: blossom.size * 0.46,
    }
    fillDisc(raster, spot, scale(colour, 0.88 + 0.2 * hashFraction(blossom.seed, 2 + petal)))
  }
  fillDisc(raster, { x, y: blossom.y, radius: blossom.size * 0.32 }, [232, 184, 60])
}
