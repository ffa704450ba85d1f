import multipart from '@fastify/multipart'
import { z } from 'zod'
import { listOf, ok, successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { idempotencyHeaders } from '../../platform/http/idempotency.ts'
import { preferHeaders } from '../../platform/http/prefer.ts'
import { type AnswerAcceptedDeps, answerAccepted } from '../../platform/jobs/answer-accepted.ts'
import { originOf } from '../../platform/storage/request-origin.ts'
import { actorOf } from '../auth/authenticate.ts'
import type { StagedFile } from '../files/files.service.ts'
import { readGenerationForm } from './generation-form.ts'
import { maxInputBytes } from './generations.jobs.ts'
import {
  acceptedGenerationSchema,
  createGenerationBody,
  generationParams,
  generationSchema,
  listGenerationsQuery,
  modelSchema,
  styleSchema,
} from './generations.schema.ts'
import {
  cancelGeneration,
  createGeneration,
  deleteGeneration,
  type GenerationsDeps,
  listGenerations,
  retryGeneration,
  showGeneration,
} from './generations.service.ts'
import { offeredModels, offeredStyles } from './offer.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The photo of a multipart form, stored and not yet a file. */
    photo: StagedFile | undefined
  }
}

export type GenerationRoutesDeps = GenerationsDeps & AnswerAcceptedDeps & { publicUrl: string | undefined }

const tags = ['images']
const formLimits = {
  files: 1,
  fileSize: maxInputBytes + 1,
  fields: 10,
  fieldSize: 16 * 1024,
  parts: 11,
  headerPairs: 50,
}

export const generationRoutes = (deps: GenerationRoutesDeps) => async (app: App) => {
  await app.register(multipart, { limits: formLimits, throwFileSizeLimit: false })
  app.decorateRequest('photo', undefined)
  createRoutes(deps, app)
  readRoutes(deps, app)
  changeRoutes(deps, app)
}

const createRoutes = (deps: GenerationRoutesDeps, app: App) => {
  app.post(
    '/generations',
    {
      schema: {
        tags,
        summary: 'Make a picture',
        description:
          'Answers 202 with the job. Send JSON, with `fileId` to work on a file of yours, or `multipart/form-data` with the same fields and the photo as `image`. Without a photo the prompt and the seed draw a picture.',
        headers: idempotencyHeaders.extend(preferHeaders.shape),
        body: createGenerationBody,
        consumes: ['application/json', 'multipart/form-data'],
        response: { 202: successOf(acceptedGenerationSchema) },
      },
      config: { access: 'generations:create', batchable: true, streamsBody: true, formFile: 'image' },
      preValidation: async (request) => {
        if (!request.isMultipart()) return
        const { fields, photo } = await readGenerationForm(deps.files, actorOf(request), request)
        Object.assign(request, { body: fields, photo })
      },
    },
    async (request, reply) => {
      const input = { ...request.body, photo: request.photo }
      const key = request.headers['idempotency-key']
      return answerAccepted(deps, request, reply, await createGeneration(deps, actorOf(request), input, key))
    },
  )
}

const readRoutes = (deps: GenerationRoutesDeps, app: App) => {
  app.get(
    '/generations',
    {
      schema: {
        tags,
        summary: 'List generations, newest first',
        querystring: listGenerationsQuery,
        response: { 200: listOf(generationSchema) },
      },
      config: { access: 'generations:read', batchable: true },
    },
    (request) => listGenerations(deps, actorOf(request), request.query, originOf(request, deps.publicUrl)),
  )

  app.get(
    '/generations/styles',
    {
      schema: { tags, summary: 'List the styles', response: { 200: successOf(z.array(styleSchema)) } },
      config: { access: 'generations:read' },
    },
    async () => ok(await offeredStyles(deps)),
  )

  app.get(
    '/generations/models',
    {
      schema: {
        tags,
        summary: 'List the models that a request may name',
        description: 'Only provider `onnx` offers models by name; with the others this list is empty.',
        response: { 200: successOf(z.array(modelSchema)) },
      },
      config: { access: 'generations:read' },
    },
    async () => ok(await offeredModels(deps)),
  )

  app.get(
    '/generations/:id',
    {
      schema: {
        tags,
        summary: 'Get a generation, with the signed address of its picture',
        params: generationParams,
        response: { 200: successOf(generationSchema) },
      },
      config: { access: 'generations:read', batchable: true },
    },
    async (request) =>
      ok(await showGeneration(deps, actorOf(request), request.params.id, originOf(request, deps.publicUrl))),
  )
}

const changeRoutes = (deps: GenerationRoutesDeps, app: App) => {
  const changes = [
    {
      action: 'cancel',
      summary: 'Cancel a generation',
      description:
        'One that waits ends at once, one that runs when its worker has stopped. 409 `JOB_ENDED` when it ' +
        'has ended before.',
      change: cancelGeneration,
    },
    {
      action: 'retry',
      summary: 'Make a failed or cancelled generation again',
      description: 'The same wish under the same id. 409 `JOB_NOT_RETRYABLE` in any other state.',
      change: retryGeneration,
    },
  ] as const
  for (const { action, summary, change } of changes) {
    app.post(
      `/generations/:id/${action}`,
      {
        schema: { tags, summary, params: generationParams, response: { 202: successOf(generationSchema) } },
        config: { access: 'generations:update', batchable: true },
      },
      async (request, reply) => {
        const { id } = request.params
        await change(deps, actorOf(request), id)
        reply.status(202)
        return ok(
          await showGeneration(
            { ...deps, readDb: deps.db },
            actorOf(request),
            id,
            originOf(request, deps.publicUrl),
          ),
        )
      },
    )
  }

  app.delete(
    '/generations/:id',
    {
      schema: {
        tags,
        summary: 'Delete a generation and its picture',
        params: generationParams,
        response: { 204: z.null() },
      },
      config: { access: 'generations:delete', batchable: true },
    },
    async (request, reply) => {
      await deleteGeneration(deps, actorOf(request), request.params.id)
      return reply.status(204).send(null)
    },
  )
}
