import { z } from 'zod'
import { acceptedJobSchema, jobLinks } from '../../platform/http/envelope.ts'
import { pageQuery } from '../../platform/http/paging.ts'
import { jobStatuses } from '../../platform/jobs/jobs.table.ts'
import type { GenerationRow } from './generations.table.ts'
import { modelName } from './providers/onnx/model-files.ts'
import { sidePxLimits, styles } from './providers/provider.ts'

const largestSeed = 0xffff_ffff
const side = z.int().min(sidePxLimits.min).max(sidePxLimits.max)

const sizeText = z
  .string()
  .regex(/^\d{2,4}x\d{2,4}$/, 'Give a size as WIDTHxHEIGHT, such as 1024x1024.')
  .transform((text) => {
    const [width, height] = text.split('x').map(Number)
    return { width, height }
  })
  .pipe(z.object({ width: side, height: side }))

const prompt = z.string().trim().min(1).max(2_000)
const style = z.enum(styles)

/** Sent as JSON. In a multipart form the same fields are texts, and `image` is the photo itself. */
export const createGenerationBody = z.strictObject({
  prompt,
  style,
  fileId: z
    .uuid()
    .optional()
    .describe('A file of yours to work on. Without one the prompt and the seed draw a picture.'),
  seed: z
    .int()
    .min(0)
    .max(largestSeed)
    .optional()
    .describe('The same input and seed give the same picture (provider `local`).'),
  strength: z.number().min(0).max(1).default(1).describe('0 leaves the photo as it is, 1 is all style.'),
  size: sizeText.optional(),
  model: modelName
    .optional()
    .describe(
      'Provider `onnx`: a model of `GET /generations/models`; by default the one named as the style.',
    ),
})
export type CreateGeneration = z.infer<typeof createGenerationBody>

export const generationParams = z.object({ id: z.uuid() })

export const listGenerationsQuery = pageQuery.extend({
  status: z.enum(jobStatuses).optional(),
  style: style.optional(),
  q: z.string().trim().min(1).max(200).optional().describe('Part of the prompt.'),
  ownerId: z.uuid().optional().describe("Another user's generations: managers and admins only."),
})
export type ListGenerations = z.infer<typeof listGenerationsQuery>

const resultSchema = z.object({
  fileId: z.uuid(),
  url: z.string().describe('Signed; valid for an hour. Ask again for a new one.'),
  thumbnailUrl: z.string().nullable(),
  contentType: z.string(),
  sizeBytes: z.int(),
  width: z.int().nullable(),
  height: z.int().nullable(),
})
export type GenerationResultView = z.infer<typeof resultSchema>

export const generationSchema = z
  .object({
    id: z.uuid(),
    jobId: z.uuid(),
    ownerId: z.uuid(),
    status: z.enum(jobStatuses),
    prompt: z.string(),
    style,
    seed: z.int(),
    strength: z.number(),
    size: z.string().nullable(),
    inputFileId: z.uuid().nullable(),
    maskFileId: z.uuid().nullable(),
    provider: z.string(),
    model: z.string().nullable(),
    durationMs: z.int().nullable(),
    result: resultSchema.nullable(),
    errorCode: z.string().nullable(),
    errorMessage: z.string().nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    statusUrl: z.string(),
    eventsUrl: z.string(),
    cancelUrl: z.string(),
  })
  .meta({ id: 'Generation' })

export const acceptedGenerationSchema = acceptedJobSchema.extend({ generationId: z.uuid() })

export const styleSchema = z.object({ name: style, description: z.string() })

export const modelSchema = z.object({ name: z.string(), description: z.string() })

export const viewGeneration = (row: GenerationRow, result: GenerationResultView | undefined) => ({
  id: row.id,
  jobId: row.jobId,
  ownerId: row.ownerId,
  status: row.status,
  prompt: row.prompt,
  style: row.style,
  seed: row.seed,
  // The database keeps 4 bytes; the 7 digits that they hold are what was given.
  strength: Number(row.strength.toPrecision(7)),
  size: row.width === null || row.height === null ? null : `${row.width}x${row.height}`,
  inputFileId: row.inputFileId,
  maskFileId: row.maskFileId,
  provider: row.provider,
  model: row.model,
  durationMs: row.durationMs,
  result: result ?? null,
  errorCode: row.errorCode,
  errorMessage: row.errorMessage,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
  ...jobLinks(row.jobId),
})

export const styleDescriptions: z.infer<typeof styleSchema>[] = [
  { name: 'photorealistic', description: 'Clear light, fine contrast, natural colours.' },
  { name: 'cartoon', description: 'Flat colours in ink outlines.' },
  { name: 'anime', description: 'Cel shading, bright skies, thin lines.' },
  { name: 'pixel-art', description: 'Large pixels from a small palette.' },
  { name: 'oil-painting', description: 'Broad strokes along the shapes.' },
  { name: 'watercolor', description: 'Washes with dark edges on rough paper.' },
  { name: 'sketch', description: 'Pencil lines and hatching.' },
  { name: 'noir', description: 'Black and white, hard light, grain.' },
]
