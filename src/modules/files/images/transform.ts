import sharp, { type Metadata, type Sharp } from 'sharp'
import { z } from 'zod'
import { AppError } from '../../../platform/errors.ts'
import { maxPixels, readImageHeader } from '../../../platform/images/inspect-image.ts'
import { inDecodeTurn, longestDecodeSeconds } from './decode-turns.ts'

/** Pixels. Few enough that the pictures made of one file are few. */
const sides = [16, 32, 64, 96, 128, 192, 256, 384, 512, 640, 768, 1024, 1280, 1536, 2048, 3072, 4096] as const
const qualities = [30, 50, 65, 80, 90] as const
const longestSide = sides[sides.length - 1] ?? 0

export const fits = ['cover', 'contain', 'inside'] as const
export const outputFormats = ['jpeg', 'webp', 'avif', 'png'] as const
export type OutputFormat = (typeof outputFormats)[number]

const stepUp = (steps: readonly number[], wish: number): number => steps.find((step) => step >= wish) ?? wish

const side = z.coerce
  .number()
  .int()
  .min(1)
  .max(longestSide)
  .transform((wish) => stepUp(sides, wish))

/** Each value is rounded up to one of a few. */
export const transformQuery = z.object({
  w: side.optional().describe(`Pixels, rounded up to one of ${sides.join(', ')}.`),
  h: side.optional().describe('The same. Without one of the two, it follows from the other.'),
  fit: z
    .enum(fits)
    .default('inside')
    .describe(
      '`cover` fills the box and cuts what stands out; `contain` fills it up; `inside` does neither.',
    ),
  format: z
    .enum([...outputFormats, 'auto'])
    .default('auto')
    .describe(
      "`auto`: AVIF or WebP where the request's `Accept` names it; else PNG for what is transparent, or JPEG.",
    ),
  quality: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .transform((wish) => stepUp(qualities, Math.min(wish, 90)))
    .default(80)
    .describe(`Rounded up to one of ${qualities.join(', ')}; above, to the last. PNG has none.`),
})
export type Transform = z.output<typeof transformQuery>

/** A transform whose format is decided. */
export type Rendering = Omit<Transform, 'format'> & { format: OutputFormat | 'opaque-or-png' }

/** @param accept the header of the request (RFC 9110, 12.5.1); weights do not matter here, refusals by `q=0` do */
export const decideFormat = ({ format, ...transform }: Transform, accept = ''): Rendering => {
  if (format !== 'auto') return { ...transform, format }
  const takes = (type: string) =>
    new RegExp(`(^|[ ,])image/${type}(?! *; *q=0(\\.0*)? *(,|$))`, 'i').test(accept)
  return { ...transform, format: takes('avif') ? 'avif' : takes('webp') ? 'webp' : 'opaque-or-png' }
}

/** The same for what makes the same picture of a file, and for nothing else. */
export const nameOf = ({ w = 0, h = 0, fit, format, quality }: Rendering): string =>
  `${w}x${h}-${fit}-${format}-${format === 'png' ? 0 : quality}`

/**
 * The first frame of a picture, upright, resized, and without metadata. It is never made larger than it is: a box that is
 * too large shrinks in its own proportions.
 * @throws 422 `IMAGE_DAMAGED` and what `readImageHeader` finds; 503 when too many pictures wait for a decoder
 */
export const renderVariant = async (
  data: Buffer,
  wish: Rendering,
): Promise<{ data: Buffer; contentType: string }> => {
  const options = { limitInputPixels: maxPixels, failOn: 'error' } as const
  try {
    // By the bytes: what is no picture of ours, such as an SVG, never reaches its decoder.
    await readImageHeader(data)
    const { hasAlpha, autoOrient } = await sharp(data, options).metadata()
    const format = wish.format === 'opaque-or-png' ? (hasAlpha ? 'png' : 'jpeg') : wish.format
    const upright = sharp(data, options).timeout({ seconds: longestDecodeSeconds }).autoOrient()
    const picture = encode(resize(upright, { ...wish, format }, autoOrient), format, wish.quality)
    return { data: await inDecodeTurn(() => picture.toBuffer()), contentType: `image/${format}` }
  } catch (cause) {
    const [fault] = cause instanceof AppError ? cause.errors : []
    if (fault !== undefined) throw new AppError(422, fault.code, fault.message)
    if (cause instanceof AppError) throw cause
    throw new AppError(422, 'IMAGE_DAMAGED', 'The image is damaged or its end is missing.', { cause })
  }
}

const resize = (picture: Sharp, { w, h, fit, format }: Rendering, source: Metadata['autoOrient']): Sharp => {
  const background = format === 'jpeg' ? '#ffffff' : { r: 0, g: 0, b: 0, alpha: 0 }
  if (w === undefined || h === undefined || fit === 'inside') {
    return picture.resize({ width: w, height: h, fit: 'inside', withoutEnlargement: true })
  }
  const scales = [w / source.width, h / source.height]
  const enlarged = Math.max(1, fit === 'cover' ? Math.max(...scales) : Math.min(...scales))
  const boxed = (side: number) => Math.max(1, Math.round(side / enlarged))
  return picture.resize({ width: boxed(w), height: boxed(h), fit, background })
}

/** Without `keep...`, sharp writes no metadata; colours are turned into sRGB. */
const encode = (picture: Sharp, format: OutputFormat, quality: number): Sharp => {
  switch (format) {
    case 'jpeg':
      return picture.flatten({ background: '#ffffff' }).jpeg({ quality, mozjpeg: false })
    case 'webp':
      return picture.webp({ quality })
    case 'avif':
      // More effort takes seconds for a large picture.
      return picture.avif({ quality, effort: 2 })
    case 'png':
      return picture.png()
  }
}
