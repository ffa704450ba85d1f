import { Readable } from 'node:stream'
import { notFound } from '../../../platform/errors.ts'
import { releaseChunk } from '../../../platform/storage/release-chunk.ts'
import type { Storage } from '../../../platform/storage/storage.ts'
import { signedFileUrl } from '../../files/files.service.ts'
import type { FinishedImage } from './await-images.ts'
import type { ImagesBody } from './openai-api.schema.ts'

const noUsage = {
  input_tokens: 0,
  output_tokens: 0,
  total_tokens: 0,
  input_tokens_details: { text_tokens: 0, image_tokens: 0 },
}

const headOf = ([first]: FinishedImage[], body: ImagesBody) => {
  const { width, height } = first?.file.metadata ?? {}
  return {
    created: Math.floor((first?.generation.createdAt.getTime() ?? 0) / 1_000),
    output_format: body.output_format ?? 'png',
    ...(width === undefined ? {} : { size: `${width}x${height}` }),
    usage: noUsage,
  }
}

/** The answer with a signed link to each picture. */
export const linkImages = async (
  storage: Storage,
  images: FinishedImage[],
  body: ImagesBody,
  origin: string,
) => {
  const data = await Promise.all(
    images.map(async ({ file }) => ({ url: await signedFileUrl({ storage }, file, origin) })),
  )
  return { ...headOf(images, body), data }
}

/** The answer as JSON text with the pictures in it, of which one piece at a time is in memory. */
export const streamImages = (storage: Storage, images: FinishedImage[], body: ImagesBody): Readable =>
  Readable.from(jsonOf(storage, images, body), { objectMode: false })

async function* jsonOf(storage: Storage, images: FinishedImage[], body: ImagesBody): AsyncGenerator<string> {
  yield `${JSON.stringify(headOf(images, body)).slice(0, -1)},"data":[`
  for (const [index, { file }] of images.entries()) {
    const content = await storage.read(file.storageKey)
    if (content === undefined) throw notFound('file')
    yield `${index === 0 ? '' : ','}{"b64_json":"`
    yield* base64Of(content)
    yield '"}'
  }
  yield ']}'
}

/** Three bytes are four characters; what is left of a chunk waits for the next one. */
async function* base64Of(content: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let left = Buffer.alloc(0)
  for await (const chunk of content) {
    const bytes = Buffer.concat([left, chunk])
    releaseChunk(chunk)
    const whole = bytes.length - (bytes.length % 3)
    left = bytes.subarray(whole)
    yield bytes.toString('base64', 0, whole)
  }
  yield left.toString('base64')
}
