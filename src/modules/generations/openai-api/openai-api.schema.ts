import { z } from 'zod'
import { idempotencyHeaders } from '../../../platform/http/idempotency.ts'
import { preferHeaders } from '../../../platform/http/prefer.ts'
import { outputFormats } from '../generations.table.ts'
import { type ImageSize, sidePxLimits, styles } from '../providers/provider.ts'

export const imageHeaders = idempotencyHeaders.extend({
  prefer: preferHeaders.shape.prefer.describe(
    '`wait=N`, up to 60: wait N seconds for the pictures; 55 without.',
  ),
  'x-stainless-retry-count': z
    .string()
    .regex(/^\d{1,6}$/, 'Must be a number.')
    .optional()
    .describe('How many times the client has repeated this request; the `openai` client counts by itself.'),
})
export type ImageHeaders = z.infer<typeof imageHeaders>

/** @returns pixels; undefined for `auto` */
export const parseSize = (text: string | null | undefined): ImageSize | undefined => {
  const [width, height] = (text ?? 'auto').split('x').map(Number)
  return width === undefined || height === undefined ? undefined : { width, height }
}

const isPossible = (text: string): boolean =>
  Object.values(parseSize(text) ?? {}).every((px) => px >= sidePxLimits.min && px <= sidePxLimits.max)

const { min, max } = sidePxLimits
const size = z
  .string()
  .regex(/^(auto|\d{2,4}x\d{2,4})$/, 'Must be auto, or WIDTHxHEIGHT such as 1024x1024.')
  .refine(isPossible, `Must have sides of ${min} to ${max} pixels.`)

const fields = {
  prompt: z.string().trim().min(1).max(2_000),
  model: z.string().max(200).nullish().describe('`GET /v1/models` lists them; `backlot` when left out.'),
  n: z.int().min(1).max(10).nullish(),
  size: size.nullish(),
  output_format: z.enum(outputFormats).nullish().describe('`png` when left out.'),
  output_compression: z.int().min(0).max(100).nullish().describe('The quality of JPEG and WebP.'),
  response_format: z
    .enum(['b64_json', 'url'])
    .nullish()
    .describe('`b64_json` when left out. A URL is signed, and good for an hour.'),
  quality: z
    .enum(['auto', 'low', 'medium', 'high', 'xhigh', 'max', 'standard', 'hd'])
    .nullish()
    .describe('Taken, and changes nothing.'),
  background: z.enum(['auto', 'opaque'], 'Only opaque pictures are made.').nullish(),
  stream: z.literal(false, 'Streaming is not offered: leave it out.').nullish(),
  partial_images: z.literal(0, 'Streaming is not offered: leave it out.').nullish(),
  user: z.string().max(512).nullish().describe('Taken, and not kept.'),
  safety_identifier: z.string().max(512).nullish().describe('Taken, and not kept.'),
}

/** The parameters of `images.generate` (platform.openai.com/docs/api-reference/images/create). */
export const generateImagesBody = z.strictObject({
  ...fields,
  style: z
    .enum([...styles, 'vivid', 'natural'])
    .nullish()
    .describe("One of Backlot's styles goes before the model's. `vivid` and `natural` change nothing."),
  moderation: z.enum(['auto', 'low']).nullish().describe('Taken, and changes nothing.'),
})

/** The same of `images.edit` (platform.openai.com/docs/api-reference/images/createEdit): texts in a form. */
export const editImagesBody = z.strictObject({
  ...fields,
  input_fidelity: z.enum(['high', 'low']).nullish().describe('Taken, and changes nothing.'),
})
export type ImagesBody = z.infer<typeof generateImagesBody> | z.infer<typeof editImagesBody>

const usageSchema = z
  .object({
    input_tokens: z.int(),
    output_tokens: z.int(),
    total_tokens: z.int(),
    input_tokens_details: z.object({ text_tokens: z.int(), image_tokens: z.int() }),
  })
  .describe('Always zero: Backlot counts pictures, not tokens.')

export const imagesSchema = z
  .object({
    created: z.int().describe('Unix time, in seconds.'),
    output_format: z.enum(outputFormats),
    size: z.string().optional(),
    usage: usageSchema,
    data: z.array(
      z.object({
        b64_json: z.string().optional(),
        url: z.string().optional().describe('Good for an hour.'),
      }),
    ),
  })
  .meta({ id: 'OpenAiImages' })

export const modelSchema = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: z.int(),
  owned_by: z.string(),
})
export const modelParams = z.object({ id: z.string().max(200) })
export const modelsSchema = z.object({ object: z.literal('list'), data: z.array(modelSchema) })
