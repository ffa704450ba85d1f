import sharp from 'sharp'
import { maxPixels } from '../../../../platform/images/inspect-image.ts'
import { preparePhoto } from '../prepare-photo.ts'
import { type ImageRequest, type ImageSize, squareSidePx } from '../provider.ts'
import { phraseOf } from '../style-words.ts'

export type ImagesCall = { path: string; contentType: string | undefined; body: string | FormData }

/**
 * The call of the OpenAI Images API (platform.openai.com/docs/api-reference/images) that makes the picture: an edit with
 * a photo, a generation without. The API knows neither seed nor strength: the seed is left out, the strength
 * becomes a word. Throws the 422s of `inspectImage`.
 */
export async function buildCall(request: ImageRequest, model: string): Promise<ImagesCall> {
  const photo = request.image && (await preparePhoto(request.image))
  const wanted = request.size ?? photo?.size ?? { width: squareSidePx, height: squareSidePx }
  const fields = {
    model,
    prompt: promptFor(request),
    n: 1,
    size: sizeFor(model, wanted),
    ...formatFor(model),
  }
  if (!photo) {
    return { path: '/images/generations', contentType: 'application/json', body: JSON.stringify(fields) }
  }
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, String(value))
  form.set('image', new Blob([photo.png], { type: 'image/png' }), 'image.png')
  if (request.mask) {
    const mask = await prepareMask(request.mask, photo.size)
    form.set('mask', new Blob([mask], { type: 'image/png' }), 'mask.png')
  }
  return { path: '/images/edits', contentType: undefined, body: form }
}

function promptFor({ prompt, style, strength, image }: ImageRequest): string {
  const phrase = phraseOf(style)
  if (!image) return `${prompt}\n\nStyle: ${phrase}.`
  const much = strength < 0.34 ? 'Lightly restyle' : strength < 0.67 ? 'Restyle' : 'Fully redraw'
  return `${prompt}\n\n${much} the photo as ${phrase}. Keep its composition.`
}

/** GPT image models always answer base64 and refuse the parameter; the others answer URLs unless asked. */
function formatFor(model: string): { response_format?: 'b64_json' } {
  return isGptImage(model) ? {} : { response_format: 'b64_json' }
}

const isGptImage = (model: string) => /^(chat)?gpt-image/.test(model)

function offeredSizes(model: string): ImageSize[] | undefined {
  const square = { width: 1024, height: 1024 }
  if (isGptImage(model)) return [square, { width: 1536, height: 1024 }, { width: 1024, height: 1536 }]
  if (model === 'dall-e-3') return [square, { width: 1792, height: 1024 }, { width: 1024, height: 1792 }]
  if (model === 'dall-e-2') return [{ width: 256, height: 256 }, { width: 512, height: 512 }, square]
  return undefined
}

/** The offered size of the nearest aspect, then area; other servers take any size whose sides are multiples of 8. */
function sizeFor(model: string, wanted: ImageSize): string {
  const badness = (size: ImageSize) =>
    Math.abs(Math.log((size.width * wanted.height) / (size.height * wanted.width))) * 100 +
    Math.abs(Math.log((size.width * size.height) / (wanted.width * wanted.height)))
  const offered = offeredSizes(model)?.toSorted((a, b) => badness(a) - badness(b))[0]
  const toStep = (px: number) => Math.max(64, Math.round(px / 8) * 8)
  const size = offered ?? { width: toStep(wanted.width), height: toStep(wanted.height) }
  return `${size.width}x${size.height}`
}

/** The API wants a mask of exactly the size of its picture. */
async function prepareMask(mask: Buffer, { width, height }: ImageSize): Promise<Uint8Array<ArrayBuffer>> {
  const fitted = sharp(mask, { limitInputPixels: maxPixels, failOn: 'error' })
    .autoOrient()
    .resize(width, height, { fit: 'fill', kernel: 'nearest' })
  return new Uint8Array(await fitted.png().toBuffer())
}
