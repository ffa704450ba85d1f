import { z } from 'zod'
import type { ReadDb } from '../../platform/database/database.ts'
import { jobLinks, listOf, ok, successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { idempotencyHeaders } from '../../platform/http/idempotency.ts'
import { originOf } from '../../platform/storage/request-origin.ts'
import { sendObject } from '../../platform/storage/send-object.ts'
import { actorOf } from '../auth/authenticate.ts'
import { can } from '../auth/permissions.ts'
import { deleteOwnFile, getReadyFile, listFiles } from './browse-files.ts'
import { confirmUpload } from './confirm-upload.ts'
import {
  confirmBody,
  confirmedSchema,
  fileParams,
  fileSchema,
  jobStatusOf,
  listFilesQuery,
  presignBody,
  presignedSchema,
  viewFile,
  viewUpload,
} from './files.schema.ts'
import { type FilesDeps, getFile } from './files.service.ts'
import { imageRoutes } from './images/images.routes.ts'
import { presignUpload } from './presign-upload.ts'
import { tusRoutes } from './tus/tus.routes.ts'

export type FileRoutesDeps = FilesDeps & {
  readDb: ReadDb
  /** What links begin with; undefined: with the host that each client asked. */
  publicUrl: string | undefined
  /** Signs the links to resized pictures. */
  signingKey: Uint8Array
}

const tags = ['files']

export const fileRoutes = (deps: FileRoutesDeps) => async (app: App) => {
  uploadRoutes(deps, app)
  readRoutes(deps, app)
  await app.register(imageRoutes(deps))
  await app.register(tusRoutes(deps))

  app.delete(
    '/files/:id',
    {
      schema: {
        tags,
        summary: 'Delete a file',
        description:
          'Its bytes are removed about a day later, the pictures that were resized from it within 20 minutes.',
        params: fileParams,
        response: { 204: z.null() },
      },
      config: { access: 'files:delete' },
    },
    async (request, reply) => {
      await deleteOwnFile(deps, actorOf(request), request.params.id)
      return reply.status(204).send(null)
    },
  )
}

const uploadRoutes = (deps: FileRoutesDeps, app: App) => {
  const { publicUrl } = deps
  app.post(
    '/uploads/presigned',
    {
      schema: {
        tags,
        summary: 'Get a URL to upload a file to',
        description:
          'PUT the bytes to the URL with the given headers within 15 minutes, then confirm the upload.',
        headers: idempotencyHeaders,
        body: presignBody,
        response: { 201: successOf(presignedSchema) },
      },
      config: { access: 'files:create' },
    },
    async (request, reply) => {
      const upload = await presignUpload(
        deps,
        actorOf(request),
        request.body,
        request.headers['idempotency-key'],
      )
      reply.status(201).header('cache-control', 'no-store')
      return ok(await viewUpload(deps.storage, upload, originOf(request, publicUrl)))
    },
  )

  app.post(
    '/uploads/confirm',
    {
      schema: {
        tags,
        summary: 'Make a file of an upload',
        description: 'Checks what has arrived, and starts its processing. Repeating it gives the same file.',
        body: confirmBody,
        response: { 202: successOf(confirmedSchema) },
      },
      config: { access: 'files:create' },
    },
    async (request, reply) => {
      const actor = actorOf(request)
      const file = await confirmUpload(deps, actor, request.body.uploadId)
      const jobId = file.jobId ?? ''
      reply.status(202).header('location', jobLinks(jobId).statusUrl)
      const view = await viewFile(deps.storage, file, originOf(request, publicUrl))
      // Who may add files is not always who may read them, and a repetition finds the file ready.
      const links = can(actor, 'files:read', file.ownerId) ? {} : { url: null, thumbnailUrl: null }
      return ok({ file: { ...view, ...links }, jobId, status: jobStatusOf[file.status], ...jobLinks(jobId) })
    },
  )
}

const readRoutes = ({ readDb, storage, publicUrl }: FileRoutesDeps, app: App) => {
  const deps = { db: readDb, storage }
  app.get(
    '/files',
    {
      schema: {
        tags,
        summary: 'List files, newest first',
        querystring: listFilesQuery,
        response: { 200: listOf(fileSchema) },
      },
      config: { access: 'files:read' },
    },
    (request) => listFiles(deps, actorOf(request), request.query, originOf(request, publicUrl)),
  )

  app.get(
    '/files/:id',
    {
      schema: {
        tags,
        summary: 'Get a file',
        description: 'With a link to its bytes when it is `ready`, which is good for an hour.',
        params: fileParams,
        response: { 200: successOf(fileSchema) },
      },
      config: { access: 'files:read' },
    },
    async (request) => {
      const file = await getFile(deps, actorOf(request), request.params.id)
      return ok(await viewFile(deps.storage, file, originOf(request, publicUrl)))
    },
  )

  app.route({
    method: ['GET', 'HEAD'],
    url: '/files/:id/content',
    schema: {
      tags,
      summary: 'Download a file',
      description:
        'Answers ranges and conditional requests. Types that can carry scripts are only ever downloaded.',
      params: fileParams,
      response: {
        200: bytes('All of it.'),
        206: bytes('The range that was asked for.'),
        304: z.null().describe('What the client has is still right.'),
      },
    },
    config: { access: 'files:read' },
    compress: false,
    handler: async (request, reply) => {
      const { storageKey, contentType, name } = await getReadyFile(deps, actorOf(request), request.params.id)
      const object = { key: storageKey, contentType, fileName: name, cacheControl: 'private, no-cache' }
      return sendObject(deps.storage, request, reply, object)
    },
  })
}

const bytes = (description: string) => ({
  description,
  content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } },
})
