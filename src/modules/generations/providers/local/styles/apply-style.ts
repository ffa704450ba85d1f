import type { Style } from '../../provider.ts'
import type { Raster } from '../raster.ts'
import { anime } from './anime.ts'
import { cartoon } from './cartoon.ts'
import { noir } from './noir.ts'
import { oilPainting } from './oil-painting.ts'
import { photorealistic } from './photorealistic.ts'
import { pixelArt } from './pixel-art.ts'
import { sketch } from './sketch.ts'
import { watercolor } from './watercolor.ts'

const painters: Record<Style, (photo: Raster, seed: number) => Raster> = {
  photorealistic,
  cartoon,
  anime,
  'pixel-art': pixelArt,
  'oil-painting': oilPainting,
  watercolor,
  sketch,
  noir,
}

/** A new picture in the style; the photo stays as it is. The same photo and seed (uint32) give the same pixels. */
export function applyStyle(style: Style, photo: Raster, seed: number): Raster {
  return painters[style](photo, seed)
}
