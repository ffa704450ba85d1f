import multipart from '@fastify/multipart'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { clientGone } from '../../../platform/http/client-gone.ts'
import type { App } from '../../../platform/http/http-server.ts'
import { preferredWaitMs } from '../../../platform/http/prefer.ts'
import { originOf } from '../../../platform/storage/request-origin.ts'
import { actorOf } from '../../auth/authenticate.ts'
import { maxInputBytes } from '../generations.jobs.ts'
import type { GenerationRoutesDeps } from '../generations.routes.ts'
import { styles } from '../providers/provider.ts'
import { linkImages, streamImages } from './answer-images.ts'
import { awaitImages, mayBeRepeated } from './await-images.ts'
import { type EditForm, readEditForm } from './edit-form.ts'
import { getModel, listModels } from './models.ts'
import {
  editImagesBody,
  generateImagesBody,
  type ImageHeaders,
  imageHeaders,
  imagesSchema,
  modelParams,
  modelSchema,
  modelsSchema,
  parseSize,
} from './openai-api.schema.ts'
import { openAiErrorSchema, tellOpenAiFault } from './openai-errors.ts'
import { type ImageWish, takeImages } from './take-images.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The pictures of an edit, stored and not yet files. */
    edit: Pick<EditForm, 'photo' | 'mask' | 'size'> | undefined
  }
}

/** Shorter than the 60 s after which many a proxy gives an answer up. */
const usualWaitMs = 55_000
const tags = ['openai']
const formLimits = {
  files: 3,
  fileSize: maxInputBytes + 1,
  fields: 20,
  fieldSize: 16 * 1024,
  parts: 23,
  headerPairs: 50,
}
const fault = {
  description: 'What went wrong, as the API of OpenAI tells it.',
  content: { 'application/json': { schema: openAiErrorSchema } },
}
const faults = { '4xx': fault, '5xx': fault }
const images = {
  description: 'The pictures.',
  content: { 'application/json': { schema: imagesSchema } },
}

/** The part of OpenAI's API that makes pictures, over generations: its own clients work with it unchanged. */
export const openAiRoutes = (deps: GenerationRoutesDeps) => async (app: App) => {
  await app.register(multipart, { limits: formLimits, throwFileSizeLimit: false })
  app.decorateRequest('edit', undefined)
  generateRoute(deps, app)
  editRoute(deps, app)
  modelRoutes(deps, app)
}

const generateRoute = (deps: GenerationRoutesDeps, app: App) => {
  app.post(
    '/images/generations',
    {
      schema: {
        tags,
        summary: 'Make pictures, as `images.generate` of an OpenAI client asks for them',
        description:
          'One generation a picture. Waits for the end. What takes longer is a 503 with `Retry-After`; the repeated request waits on for the same pictures.',
        headers: imageHeaders,
        body: generateImagesBody,
        response: { 200: images, ...faults },
      },
      config: { access: 'generations:create', tellFault: tellOpenAiFault },
      compress: false,
    },
    (request, reply) => {
      const { body } = request
      const style = styles.find((known) => known === body.style)
      const wish = { body, style, size: parseSize(body.size), photo: undefined, mask: undefined }
      return makeImages(deps, request, reply, wish)
    },
  )
}

const editRoute = (deps: GenerationRoutesDeps, app: App) => {
  app.post(
    '/images/edits',
    {
      schema: {
        tags,
        summary: 'Edit a picture, as `images.edit` of an OpenAI client asks for it',
        description:
          'With a `mask`, a PNG as large as the image, only its wholly transparent pixels change. The rest as for `images/generations`.',
        headers: imageHeaders,
        body: editImagesBody,
        consumes: ['multipart/form-data'],
        response: { 200: images, ...faults },
      },
      config: {
        access: 'generations:create',
        tellFault: tellOpenAiFault,
        streamsBody: true,
        ...{ formFile: 'image', formFileRequired: true, secondFormFile: 'mask' },
      },
      compress: false,
      preValidation: async (request) => {
        const { fields, ...edit } = await readEditForm(deps.files, actorOf(request), request)
        Object.assign(request, { body: fields, edit })
      },
    },
    (request, reply) => {
      const { photo, mask, size } = request.edit ?? {}
      return makeImages(deps, request, reply, { body: request.body, style: undefined, photo, mask, size })
    },
  )
}

type ImageRequest = FastifyRequest & { headers: ImageHeaders }

/** Takes the generations, waits for them, and answers. They go on when the client leaves; who repeats the request gets them. */
const makeImages = async (
  deps: GenerationRoutesDeps,
  request: ImageRequest,
  reply: FastifyReply,
  wish: ImageWish,
) => {
  const gone = clientGone(reply)
  const { prefer } = request.headers
  const ids = await takeImages(deps, actorOf(request), wish, {
    idempotencyKey: request.headers['idempotency-key'],
    repetition: Number(request.headers['x-stainless-retry-count'] ?? 0),
    isGone: () => gone.aborted || request.raw.socket.destroyed,
  })
  const waiting = {
    waitMs: prefer === undefined ? usualWaitMs : preferredWaitMs(prefer),
    patience: AbortSignal.any([gone, deps.draining]),
  }
  const made = await awaitImages(deps, ids, waiting).catch((error: unknown) => {
    // The client heeds this before it repeats a request by itself.
    if (!mayBeRepeated(error)) reply.header('x-should-retry', 'false')
    throw error
  })
  const { storage } = deps.files
  if (wish.body.response_format === 'url') {
    return reply.send(await linkImages(storage, made, wish.body, originOf(request, deps.publicUrl)))
  }
  return reply.type('application/json; charset=utf-8').send(streamImages(storage, made, wish.body))
}

const modelRoutes = (deps: GenerationRoutesDeps, app: App) => {
  const config = { access: 'generations:read', tellFault: tellOpenAiFault } as const
  app.get(
    '/models',
    {
      schema: {
        tags,
        summary: 'List what `model` may be, as OpenAI clients ask for it',
        response: { 200: modelsSchema, ...faults },
      },
      config,
    },
    () => listModels(deps),
  )
  app.get(
    '/models/:id',
    {
      schema: {
        tags,
        summary: 'Get a model, as OpenAI clients ask for it',
        params: modelParams,
        response: { 200: modelSchema, ...faults },
      },
      config,
    },
    (request) => getModel(deps, request.params.id),
  )
}
