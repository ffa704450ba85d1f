import { readFileSync } from 'node:fs'
import path from 'node:path'
import OpenAI, { BadRequestError, toFile } from 'openai'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newKeyOf } from '../../../test/harness/api-keys.ts'
import { call, type Person, signUp } from '../../../test/harness/client.ts'
import { startTestApp, type TestApp } from '../../../test/harness/test-app.ts'

let backlot: TestApp
let ada: Person
let openai: OpenAI

beforeAll(async () => {
  backlot = await startTestApp({ worker: true })
  ada = await signUp(backlot)
  const { text } = await newKeyOf(backlot.platform.db, ada.id, ['generations:create'])
  openai = new OpenAI({ apiKey: text, baseURL: `${backlot.url}/v1`, maxRetries: 0 })
})
afterAll(() => backlot.close())

const width = 160
const height = 96
const prompt = 'stormy weather'
const model = 'backlot-noir'
const fixture = (name: string) => readFileSync(path.join(import.meta.dirname, '../../../test/fixtures', name))

/** Every pixel differs from its neighbours, some are see-through, and none is grey, which `noir` would leave as it is. */
const picture = () => {
  const rgba = Buffer.alloc(width * height * 4)
  for (let at = 0; at < rgba.length; at += 4) {
    rgba.set([200 + ((at * 7) % 50), (at * 13) % 60, (at * 29) % 90, at % 3 === 0 ? 255 : at % 256], at)
  }
  return sharp(rgba, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer()
}

/** Transparent in the left half, half-transparent in the next quarter, opaque in the rest. */
const alphaAt = (x: number, across: number) => (x < across / 2 ? 0 : x < (across * 3) / 4 ? 128 : 255)
const maskOf = (across: number, down: number) => {
  const rgba = Buffer.alloc(across * down * 4)
  for (let pixel = 0; pixel < across * down; pixel++) rgba[pixel * 4 + 3] = alphaAt(pixel % across, across)
  return sharp(rgba, { raw: { width: across, height: down, channels: 4 } })
    .png()
    .toBuffer()
}

const pixelsOf = (image: Buffer) =>
  sharp(image).autoOrient().toColourspace('srgb').ensureAlpha().raw().toBuffer({ resolveWithObject: true })

/** How many pixels differ, where the mask lets them and where it does not. */
const changes = async (before: Buffer, after: Buffer) => {
  const [one, other] = [await pixelsOf(before), await pixelsOf(after)]
  expect(other.info).toMatchObject({ width: one.info.width, height: one.info.height })
  const count = { inside: 0, outside: 0 }
  for (let at = 0; at < one.data.length; at += 4) {
    if (one.data.readUInt32LE(at) === other.data.readUInt32LE(at)) continue
    count[alphaAt((at / 4) % one.info.width, one.info.width) === 0 ? 'inside' : 'outside'] += 1
  }
  return count
}

const fileOf = (data: Buffer, name = 'photo.png') => toFile(data, name)
const edit = async (wish: object) => {
  const { data } = await openai.images.edit({ prompt, model, ...wish } as never)
  return (data ?? []).map(({ b64_json = '' }) => Buffer.from(b64_json, 'base64'))
}

test.each(['png', 'webp'] as const)(
  'a mask lets only its transparent pixels change, in %s',
  async (format) => {
    const original = await picture()
    const mask = await fileOf(await maskOf(width, height), 'mask.png')
    const [edited = Buffer.alloc(0)] = await edit({
      image: await fileOf(original),
      mask,
      output_format: format,
    })
    expect((await sharp(edited).metadata()).format).toBe(format)
    const { inside, outside } = await changes(original, edited)
    expect(outside).toBe(0)
    expect(inside).toBeGreaterThan((width * height) / 3)
  },
)

test('it does so for a photo that its camera held upright', async () => {
  const photo = fixture('portrait-exif-orientation-6.jpg')
  const { autoOrient } = await sharp(photo).metadata()
  const mask = await fileOf(await maskOf(autoOrient.width, autoOrient.height), 'mask.png')
  const [edited = Buffer.alloc(0)] = await edit({ image: [await fileOf(photo, 'a.jpg')], mask })
  const { inside, outside } = await changes(photo, edited)
  expect(outside).toBe(0)
  expect(inside).toBeGreaterThan((autoOrient.width * autoOrient.height) / 3)
})

test('without a mask all may change, in any size and number; the photo is a file of the user', async () => {
  const before = (await call(backlot, ada, 'GET', '/v1/files?kind=image')).data.length
  const image = await fileOf(fixture('flowers.jpg'), 'meadow.jpg')
  const edited = await edit({ image, n: 2, size: '128x64', output_format: 'jpeg' })
  expect(edited).toHaveLength(2)
  for (const one of edited) {
    expect(await sharp(one).metadata()).toMatchObject({ format: 'jpeg', width: 128, height: 64 })
  }
  const files = (await call(backlot, ada, 'GET', '/v1/files?kind=image')).data
  expect(files).toHaveLength(before + 1)
  expect(files[0]).toMatchObject({ name: 'meadow.jpg' })
})

type Wrong = {
  mask?: Buffer
  image?: unknown
  n?: string
  stream?: boolean
  size?: string
  output_format?: string
}
const opaque = () => sharp({ create: { width, height, channels: 3, background: '#000' } })
test.each([
  ['mask', 'of another size', async () => ({ mask: await maskOf(width + 1, height) })],
  ['mask', 'that is no PNG', async () => ({ mask: await opaque().webp().toBuffer() })],
  ['mask', 'without alpha', async () => ({ mask: await opaque().png().toBuffer() })],
  ['mask', 'without a hole', async () => ({ mask: await opaque().ensureAlpha().png().toBuffer() })],
  ['mask', 'that is cut', async () => ({ mask: (await maskOf(width, height)).subarray(0, 90) })],
  [
    'mask',
    'that is too large',
    async () => ({ mask: Buffer.concat([await maskOf(1, 1), Buffer.alloc(5e6)]) }),
  ],
  ['mask', 'that is no picture', async () => ({ mask: Buffer.from('a mask') })],
  ['size', 'unlike its picture', async () => ({ mask: await maskOf(width, height), size: '256x256' })],
  [
    'output_format',
    'that loses pixels',
    async () => ({ mask: await maskOf(width, height), output_format: 'jpeg' }),
  ],
  ['image', 'that is GIF', async () => ({ image: await fileOf(await opaque().gif().toBuffer()) })],
  ['image', 'that is a bomb', async () => ({ image: await fileOf(fixture('bomb-65536-wide.png')) })],
  [
    'image',
    'that is two',
    async () => ({ image: [await fileOf(await picture()), await fileOf(await picture())] }),
  ],
  ['image', 'that is missing', async () => ({ image: undefined })],
  ['n', 'that is no number', async () => ({ n: 'many' })],
  ['stream', 'that is wanted', async () => ({ stream: true })],
])('refuses a %s %s, and keeps nothing', async (param, _which, wrong) => {
  const files = async () => (await call(backlot, ada, 'GET', '/v1/files?kind=image')).data.length
  const before = await files()
  const { mask, ...others }: Wrong = await wrong()
  const wish = {
    image: await fileOf(await picture()),
    ...(mask === undefined ? {} : { mask: await fileOf(mask, 'mask.png') }),
    ...others,
  }
  const refused = await edit(wish).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(BadRequestError)
  expect(refused).toMatchObject({ type: 'invalid_request_error', param })
  expect(await files()).toBe(before)
  const { rows } = await backlot.platform.db.execute(
    `select storage_key from object_removals where storage_key like 'uploads/%' and due_at > now() + interval '3 hours'`,
  )
  expect(rows).toEqual([])
})
