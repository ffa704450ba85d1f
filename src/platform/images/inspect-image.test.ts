import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { inspectImage } from './inspect-image.ts'

const fixture = (name: string) => fileURLToPath(new URL(`../../../test/fixtures/${name}`, import.meta.url))
const refusal = (code: string, path = 'image') => ({ status: 422, errors: [{ path, code }] })
const drawing = () =>
  sharp({ create: { width: 300, height: 200, channels: 3, background: '#3a7', noise: noise() } })
const noise = () => ({ type: 'gaussian' as const, mean: 128, sigma: 30 })

describe('inspectImage', () => {
  it('tells a photo by path and by bytes, with the size after its EXIF orientation', async () => {
    const path = fixture('portrait-exif-orientation-6.jpg')
    const facts = { format: 'jpeg', contentType: 'image/jpeg', width: 450, height: 600 }
    expect(await inspectImage(path)).toEqual(facts)
    expect(await inspectImage(await readFile(path))).toEqual(facts)
    expect(await inspectImage(fixture('cmyk.jpg'))).toMatchObject({ format: 'jpeg', width: 500, height: 333 })
  })

  it.each(['png', 'webp', 'gif', 'avif', 'jpeg'] as const)(
    'takes %s, whatever the file is called',
    async (format) => {
      const folder = await mkdtemp(join(tmpdir(), 'inspect-'))
      try {
        const path = join(folder, 'picture.txt')
        await writeFile(path, await drawing().toFormat(format).toBuffer())
        const facts = { format, contentType: `image/${format}`, width: 300, height: 200 }
        expect(await inspectImage(path)).toEqual(facts)
      } finally {
        await rm(folder, { recursive: true })
      }
    },
  )

  it('looks at the first frame of an animation', async () => {
    const frames = [drawing(), drawing()].map((frame) => frame.png().toBuffer())
    const gif = await sharp(await Promise.all(frames), { join: { animated: true } })
      .gif()
      .toBuffer()
    expect(await inspectImage(gif)).toMatchObject({ format: 'gif', width: 300, height: 200 })
  })

  it('refuses a bomb by its header, in milliseconds', async () => {
    const bomb = await readFile(fixture('bomb-65536-wide.png'))
    const startedAt = performance.now()
    await expect(inspectImage(bomb)).rejects.toMatchObject(refusal('IMAGE_TOO_LARGE'))
    expect(performance.now() - startedAt).toBeLessThan(250)
  })

  it('refuses few pixels that take much memory, by their header', async () => {
    const deep = (side: number, progressive: boolean) =>
      sharp({ create: { width: side, height: side, channels: 4, background: '#1238' } })
        .toColourspace('rgb16')
        .png({ progressive, compressionLevel: 1 })
        .toBuffer()
    await expect(inspectImage(await deep(5_050, true))).rejects.toMatchObject(refusal('IMAGE_TOO_LARGE'))
    expect(await inspectImage(await deep(5_050, false))).toMatchObject({ width: 5_050 })
  }, 20_000)

  it.each([
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>',
    '%PDF-1.7\n1 0 obj\n<<>>\nendobj\n',
  ])('refuses the type of %j', async (text) => {
    await expect(inspectImage(Buffer.from(text), 'photo')).rejects.toMatchObject(
      refusal('IMAGE_TYPE_UNSUPPORTED', 'photo'),
    )
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('a picture of a cat')],
  ])('refuses %s', async (_, bytes) => {
    await expect(inspectImage(bytes)).rejects.toMatchObject(refusal('IMAGE_UNREADABLE'))
  })

  it.each(['jpeg', 'png', 'webp', 'gif', 'avif'] as const)('notices that a %s was cut', async (format) => {
    const whole = await drawing().toFormat(format).toBuffer()
    for (const share of [0.1, 0.6, 0.9]) {
      await expect(inspectImage(whole.subarray(0, whole.length * share))).rejects.toMatchObject(
        refusal('IMAGE_TRUNCATED'),
      )
    }
  })

  it('notices that a large photo lacks its last rows', async () => {
    const photo = await readFile(fixture('flowers.jpg'))
    await expect(inspectImage(photo.subarray(0, photo.length - 2_000))).rejects.toMatchObject(
      refusal('IMAGE_TRUNCATED'),
    )
  })
})
