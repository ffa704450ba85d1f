import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { orientationExif, readCameraFacts } from './exif.ts'
import { prepareImage } from './prepare-image.ts'
import { stripGif } from './strip-gif.ts'
import { stripJpeg } from './strip-jpeg.ts'
import { stripPng } from './strip-png.ts'
import { stripWebp } from './strip-webp.ts'

const place = 'Place-Nobody-May-Know'
const exif = {
  IFD0: { Make: 'Acme', Model: 'Cam 1', ImageDescription: place },
  IFD2: { DateTimeOriginal: '2026:11:05 10:20:30' },
  IFD3: {
    GPSLatitudeRef: 'N',
    GPSLatitude: '51/1 30/1 3230/100',
    GPSLongitudeRef: 'W',
    GPSLongitude: '0/1 7/1 3100/100',
  },
}
const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="51,30N" exif:Place="${place}"/></rdf:RDF></x:xmpmeta>`

/** Two wide, one high: red, then blue; with noise below, so that the scan has every byte. */
const picture = (orientation = 1) => {
  const [width, height] = [64, 32]
  const pixels = Buffer.alloc(width * height * 3)
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = (at * 2_654_435_761) >>> 24
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .withMetadata({ orientation, icc: 'p3' })
    .withExifMerge(exif)
    .withXmp(xmp)
}

const pixelsOf = (data: Buffer) => sharp(data).raw().toBuffer()
const tellsPlace = (data: Buffer) => [place, 'GPSLatitude', 'Acme'].some((text) => data.includes(text))

test.each(['jpeg', 'png', 'webp'] as const)(
  '%s: pixels, profile and orientation stay; place and camera go',
  async (format) => {
    const original = await picture(6).toFormat(format, { lossless: true }).toBuffer()
    expect(tellsPlace(original)).toBe(true)
    const { clean, metadata } = await prepareImage(original, `image/${format}`)
    expect(tellsPlace(clean)).toBe(false)
    const found = await sharp(clean).metadata()
    expect(found.xmp).toBeUndefined()
    expect(found.orientation).toBe(6)
    expect(found.exif?.length ?? 0).toBeLessThanOrEqual(orientationExif(6).length + 6)
    expect(found.icc?.equals((await sharp(original).metadata()).icc ?? Buffer.alloc(0))).toBe(true)
    expect((await pixelsOf(clean)).equals(await pixelsOf(original))).toBe(true)
    expect(metadata).toEqual({ width: 32, height: 64, camera: 'Acme Cam 1', takenAt: '2026-11-05T10:20:30' })
    // Nothing is left to take out.
    expect((await prepareImage(clean, `image/${format}`)).clean.equals(clean)).toBe(true)
  },
)

test('avif is encoded again only when there is something to take out', async () => {
  const original = await picture().avif({ lossless: true, effort: 0 }).toBuffer()
  expect(tellsPlace(original)).toBe(true)
  const { clean } = await prepareImage(original, 'image/avif')
  expect(tellsPlace(clean)).toBe(false)
  const found = await sharp(clean).metadata()
  expect([found.exif, found.xmp, found.width]).toEqual([undefined, undefined, 64])
  const plain = await sharp(original).avif({ effort: 0 }).toBuffer()
  expect((await prepareImage(plain, 'image/avif')).clean.equals(plain)).toBe(true)
})

test('a progressive JPEG of many scans and restarts loses no pixel', async () => {
  const photo = readFileSync(fileURLToPath(new URL('../../../../test/fixtures/flowers.jpg', import.meta.url)))
  const progressive = await sharp(photo).withExif(exif).jpeg({ progressive: true, quality: 95 }).toBuffer()
  const clean = stripJpeg(progressive, 1)
  expect(clean && tellsPlace(clean)).toBe(false)
  expect(clean && (await pixelsOf(clean)).equals(await pixelsOf(progressive))).toBe(true)
})

test('what follows the end of a picture goes: phones put pictures and films there', async () => {
  const trailer = await picture().jpeg().toBuffer()
  for (const [format, strip] of [
    ['jpeg', stripJpeg],
    ['png', stripPng],
    ['webp', stripWebp],
  ] as const) {
    const plain = await sharp(await picture().png().toBuffer())
      .toFormat(format)
      .toBuffer()
    const clean = strip(Buffer.concat([plain, trailer]), 1)
    expect(clean && tellsPlace(clean), format).toBe(false)
    expect(clean?.length, format).toBeLessThanOrEqual(plain.length)
  }
})

test('comments and XMP of a GIF go, its frames and its repetition stay', async () => {
  const frames = await sharp(Buffer.alloc(4 * 8 * 3, 1).fill(200, 48), {
    raw: { width: 4, height: 8, channels: 3, pageHeight: 4 },
  })
    .gif({ loop: 3, delay: [100, 200] })
    .toBuffer()
  const comment = Buffer.concat([
    Buffer.from([0x21, 0xfe, place.length]),
    Buffer.from(place),
    Buffer.from([0]),
  ])
  const application = Buffer.concat([
    Buffer.from([0x21, 0xff, 11]),
    Buffer.from('XMP DataXMP'),
    Buffer.from([place.length]),
    Buffer.from(place),
    Buffer.from([0]),
  ])
  const headerEnd = 13 + ((frames.readUInt8(10) & 0x80) === 0 ? 0 : 3 * 2 ** ((frames.readUInt8(10) & 7) + 1))
  const original = Buffer.concat([
    frames.subarray(0, headerEnd),
    comment,
    application,
    frames.subarray(headerEnd),
    Buffer.from(place),
  ])
  const clean = stripGif(original)
  expect(clean?.equals(frames)).toBe(true)
  const found = await sharp(clean).metadata()
  expect([found.pages, found.loop]).toEqual([2, 3])
  expect((await prepareImage(frames, 'image/gif')).metadata).toEqual({ width: 4, height: 4, frames: 2 })
})

test('a real photograph is upright in its thumbnail', async () => {
  const photo = readFileSync(
    fileURLToPath(new URL('../../../../test/fixtures/portrait-exif-orientation-6.jpg', import.meta.url)),
  )
  const stored = await sharp(photo).metadata()
  const { metadata, thumbnail, clean } = await prepareImage(photo, 'image/jpeg')
  expect([metadata.width, metadata.height]).toEqual([stored.height, stored.width])
  const small = await sharp(thumbnail).metadata()
  expect([small.format, small.exif]).toEqual(['webp', undefined])
  expect(Math.max(small.width, small.height)).toBeLessThanOrEqual(512)
  expect(small.width / small.height).toBeCloseTo((metadata.width ?? 0) / (metadata.height ?? 1), 1)
  expect((await sharp(clean).metadata()).orientation).toBe(stored.orientation)
})

test('what is no picture, too large or damaged says so', async () => {
  const photo = await picture().jpeg().toBuffer()
  await expect(prepareImage(Buffer.from('nothing'), 'image/jpeg')).rejects.toMatchObject({
    code: 'IMAGE_UNREADABLE',
  })
  const damaged = photo.subarray(0, photo.length - 400)
  await expect(prepareImage(damaged, 'image/jpeg')).rejects.toMatchObject({ code: 'IMAGE_DAMAGED' })
  const bomb = await sharp({ create: { width: 10_000, height: 5_001, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
  expect(bomb.length).toBeLessThan(1_000_000)
  await expect(prepareImage(bomb, 'image/png')).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' })
})

test('broken structures are refused, never read past their end', async () => {
  const sources = [
    ['jpeg', stripJpeg],
    ['png', stripPng],
    ['webp', stripWebp],
    ['gif', stripGif],
  ] as const
  for (const [format, strip] of sources) {
    const whole = await picture(6).toFormat(format).toBuffer()
    let seed = 1
    for (let n = 0; n < 400; n += 1) {
      const broken = Buffer.from(whole.subarray(0, 1 + ((n * 7_919) % whole.length)))
      seed = (seed * 48_271) % 2_147_483_647
      broken[seed % broken.length] = seed % 251
      try {
        expect(strip(broken, 6)?.length ?? 0).toBeLessThanOrEqual(broken.length + 100)
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError)
      }
      expect(readCameraFacts(broken)).toBeTypeOf('object')
    }
  }
})
