import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { type Style, styles } from '../provider.ts'
import { lumaOf } from './kernels/luma.ts'
import type { Raster } from './raster.ts'
import { type RenderTask, render } from './render.ts'
import { applyStyle } from './styles/apply-style.ts'
import { pixelArtBlockPx, pixelArtColours } from './styles/pixel-art.ts'

const fixture = (name: string) =>
  readFileSync(new URL(`../../../../../test/fixtures/${name}`, import.meta.url))
const flowers = fixture('flowers.jpg')
const portrait = fixture('portrait-exif-orientation-6.jpg')
const park = fixture('cmyk.jpg')
const square = { width: 400, height: 400 }

const draw = (style: Style, task: Partial<RenderTask> = {}) =>
  render({ prompt: '', style, seed: 7, strength: 1, size: square, image: flowers, ...task }, () => {})

async function pixels(encoded: Uint8Array): Promise<Raster> {
  const { data, info } = await sharp(encoded).raw().toBuffer({ resolveWithObject: true })
  expect(info.channels).toBe(3)
  return { width: info.width, height: info.height, rgb: Uint8ClampedArray.from(data) }
}

const drawPixels = async (style: Style, task: Partial<RenderTask> = {}) =>
  pixels((await draw(style, task)).data)
const original = (task: Partial<RenderTask> = {}) => drawPixels('noir', { strength: 0, ...task })

/** Mean difference of the channels, in levels. */
function difference(a: Raster, b: Raster): number {
  expect([a.width, a.height]).toEqual([b.width, b.height])
  return a.rgb.reduce((sum, value, i) => sum + Math.abs(value - (b.rgb[i] ?? 0)), 0) / a.rgb.length
}

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length

/** Mean distance between each pixel's largest and smallest channel, in levels. */
const colourfulness = ({ rgb }: Raster) =>
  mean(chunks(rgb).map((pixel) => Math.max(...pixel) - Math.min(...pixel)))

function chunks(rgb: Uint8ClampedArray): number[][] {
  return Array.from({ length: rgb.length / 3 }, (_, i) => [...rgb.subarray(i * 3, i * 3 + 3)])
}

function deviation(raster: Raster): number {
  const luma = lumaOf(raster)
  const middle = mean(luma)
  return Math.sqrt(mean(luma.map((value) => (value - middle) ** 2)))
}

/** Mean step of the luma between neighbours in a row, in levels: texture and edges. */
function texture(raster: Raster): number {
  const luma = lumaOf(raster)
  return mean(luma.subarray(1).map((value, i) => Math.abs(value - (luma[i] ?? 0))))
}

describe('every style', () => {
  it.each(styles)('%s keeps the size, repeats its bytes and follows its seed', async (style) => {
    const first = await draw(style)
    expect(first).toMatchObject({
      ...square,
      contentType: style === 'pixel-art' ? 'image/png' : 'image/jpeg',
    })
    expect(Buffer.from(first.data).equals((await draw(style)).data)).toBe(true)
    expect(Buffer.from(first.data).equals((await draw(style, { seed: 8 })).data)).toBe(false)
  })

  it.each([
    ['flowers', flowers],
    ['park', park],
  ])('differs clearly from the photo of the %s and from every other style', async (_, image) => {
    const pictures = new Map<string, Raster>([['photo', await original({ image })]])
    for (const style of styles) pictures.set(style, await drawPixels(style, { image }))
    for (const [name, a] of pictures) {
      for (const [other, b] of pictures) {
        if (name < other) expect(difference(a, b), `${name} and ${other}`).toBeGreaterThan(5)
      }
    }
  })

  it.each(styles)('%s turns a photo upright and drops what the camera noted', async (style) => {
    const { data, width, height } = await draw(style, { image: portrait, size: undefined })
    expect([width, height]).toEqual([450, 600])
    const metadata = await sharp(data).metadata()
    expect([metadata.exif, metadata.icc, metadata.xmp, metadata.orientation]).toEqual(
      Array(4).fill(undefined),
    )
  })

  it.each(styles)('%s takes rasters of any size', (style) => {
    for (const [width, height] of [
      [1, 1],
      [3, 2],
      [1, 90],
      [131, 67],
    ] as const) {
      const rgb = Uint8ClampedArray.from({ length: width * height * 3 }, (_, i) => (i * 37) % 256)
      const before = rgb.slice()
      expect(applyStyle(style, { width, height, rgb }, 1).rgb).toHaveLength(rgb.length)
      expect(rgb).toEqual(before)
    }
  })

  it.each(styles)('%s draws a prompt without a photo', async (style) => {
    const sea = { image: undefined, prompt: 'sunset over the sea' }
    const first = await draw(style, sea)
    expect(Buffer.from(first.data).equals((await draw(style, sea)).data)).toBe(true)
    const city = await drawPixels(style, { ...sea, prompt: 'city at night' })
    expect(difference(await pixels(first.data), city)).toBeGreaterThan(8)
  })
})

describe('strength', () => {
  it.each(styles)('of 0 leaves %s the original, and a half lies between', async (style) => {
    const photo = await original()
    const none = await drawPixels(style, { strength: 0 })
    const half = await drawPixels(style, { strength: 0.5 })
    const all = await drawPixels(style)
    expect(difference(none, photo)).toBeLessThan(2)
    expect(difference(half, photo)).toBeGreaterThan(difference(all, photo) * 0.35)
    expect(difference(half, photo)).toBeLessThan(difference(all, photo) * 0.65)
  })
})

describe('the original', () => {
  it('is turned as the EXIF orientation says', async () => {
    const turned = async (degrees: number) => pixels(await sharp(portrait).rotate(degrees).png().toBuffer())
    const drawn = await original({ image: portrait, size: undefined })
    expect(difference(drawn, await turned(90))).toBeLessThan(5)
    expect(difference(drawn, await turned(270))).toBeGreaterThan(30)
  })

  it('keeps the aspect up to 1536 pixels and is never enlarged', async () => {
    expect(await draw('noir', { size: undefined })).toMatchObject({ width: 1536, height: 864 })
    expect(await draw('noir', { size: undefined, image: park })).toMatchObject({ width: 500, height: 333 })
    expect(await draw('noir', { size: undefined, image: undefined })).toMatchObject({
      width: 1024,
      height: 1024,
    })
  })

  it('has the colours of a CMYK photo', async () => {
    const { rgb, width } = await original({ image: park, size: undefined })
    const grass = chunks(rgb.subarray(170 * width * 3, 180 * width * 3)).slice(20, 140)
    const [red, green, blue] = [0, 1, 2].map((c) => mean(grass.map((pixel) => pixel[c] ?? 0)))
    expect(green).toBeGreaterThan((red ?? 0) + 10)
    expect(green).toBeGreaterThan((blue ?? 0) + 40)
  })

  it('shows white where a picture is transparent, and greys as greys', async () => {
    const clear = await sharp({ create: { width: 80, height: 80, channels: 4, background: '#00000000' } })
      .png()
      .toBuffer()
    expect(mean((await original({ image: clear, size: undefined })).rgb)).toBeGreaterThan(253)
    const grey = await sharp(park).greyscale().png().toBuffer()
    expect(colourfulness(await drawPixels('photorealistic', { image: grey, strength: 0 }))).toBeLessThan(3)
  })

  it.each([
    ['cut', flowers.subarray(0, 60_000), 'IMAGE_TRUNCATED'],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'IMAGE_TYPE_UNSUPPORTED'],
    ['too large', fixture('bomb-65536-wide.png'), 'IMAGE_TOO_LARGE'],
  ])('is refused when it is %s', async (_, image, code) => {
    await expect(draw('noir', { image })).rejects.toMatchObject({ errors: [{ path: 'image', code }] })
  })
})

describe('a style is itself:', () => {
  it('photorealistic is nearest to the photo, with more contrast', async () => {
    const photo = await original({ image: park })
    const developed = await drawPixels('photorealistic', { image: park })
    for (const style of styles.slice(1)) {
      expect(difference(await drawPixels(style, { image: park }), photo)).toBeGreaterThan(
        difference(developed, photo),
      )
    }
    expect(deviation(developed)).toBeGreaterThan(deviation(photo) * 1.05)
  })

  it('cartoon gathers tones and inks edges', async () => {
    const luma = lumaOf(await drawPixels('cartoon'))
    const counts = new Uint32Array(32)
    for (const value of luma) counts[value >> 3] = (counts[value >> 3] ?? 0) + 1
    const most = counts.toSorted((a, b) => b - a).subarray(0, 6)
    expect(mean(most) * 6).toBeGreaterThan(luma.length * 0.75)
    const inked = lumaOf(await drawPixels('cartoon', { image: park })).filter((value) => value < 30).length
    const dark = lumaOf(await original({ image: park })).filter((value) => value < 30).length
    expect(inked).toBeGreaterThan(dark * 1.5)
  })

  it('anime is bright and colourful', async () => {
    const photo = await original({ image: park })
    const cel = await drawPixels('anime', { image: park })
    expect(colourfulness(cel)).toBeGreaterThan(colourfulness(photo) * 1.3)
    expect(mean(lumaOf(cel))).toBeGreaterThan(mean(lumaOf(photo)) + 8)
  })

  it('pixel-art has square blocks and a small palette', async () => {
    const { width, height, rgb } = await drawPixels('pixel-art', { image: park })
    const blockPx = pixelArtBlockPx({ width, height, rgb })
    const colours = new Set<string>()
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const own = (y * width + x) * 3
        const corner = ((y - (y % blockPx)) * width + x - (x % blockPx)) * 3
        const colour = rgb.subarray(own, own + 3).join()
        if (colour !== rgb.subarray(corner, corner + 3).join())
          throw new Error(`The block at ${x}, ${y} is not flat.`)
        colours.add(colour)
      }
    }
    expect(colours.size).toBeGreaterThan(4)
    expect(colours.size).toBeLessThanOrEqual(pixelArtColours)
  })

  it('oil-painting lays strokes where the photo is smooth', async () => {
    expect(texture(await drawPixels('oil-painting'))).toBeGreaterThan(texture(await original()) * 4)
  })

  it('watercolor leaves a paper margin and is light', async () => {
    const sheet = await drawPixels('watercolor', { image: park })
    const edge = sheet.rgb.subarray(0, sheet.width * 3)
    expect(mean(edge)).toBeGreaterThan(235)
    expect(mean(lumaOf(sheet))).toBeGreaterThan(mean(lumaOf(await original({ image: park }))) + 10)
  })

  it('sketch is graphite on light paper', async () => {
    const page = await drawPixels('sketch', { image: park })
    expect(colourfulness(page)).toBeLessThan(14)
    const luma = lumaOf(page)
    expect(luma.filter((value) => value > 180).length).toBeGreaterThan(luma.length * 0.55)
    expect(luma.filter((value) => value < 100).length).toBeGreaterThan(luma.length * 0.02)
  })

  it('noir is grey, contrasty and dark in the corners', async () => {
    const film = await drawPixels('noir', { image: park })
    expect(colourfulness(film)).toBe(0)
    expect(deviation(film)).toBeGreaterThan(deviation(await original({ image: park })) * 1.15)
    const flat = await sharp({ create: { width: 200, height: 200, channels: 3, background: '#999' } })
      .png()
      .toBuffer()
    const luma = lumaOf(await drawPixels('noir', { image: flat, size: undefined }))
    expect(mean(luma.subarray(0, 20))).toBeLessThan(mean(luma.subarray(100 * 200 + 90, 100 * 200 + 110)) - 40)
  })
})
