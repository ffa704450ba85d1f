import multipart from '@fastify/multipart'
import { successOf } from '../../platform/http/envelope.ts'
import type { App } from '../../platform/http/http-server.ts'
import { idempotencyHeaders } from '../../platform/http/idempotency.ts'
import { actorOf } from '../auth/authenticate.ts'
import { uploadKinds } from '../files/file-kinds.ts'
import { discardStagedFile, type StagedFile } from '../files/files.service.ts'
import { acceptedUploadSchema, uploadFields } from './imports.schema.ts'
import { type ImportsDeps, takeUpload } from './imports.service.ts'
import { readUploadForm } from './upload-form.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The file of a multipart form, stored and not yet a file. */
    uploaded: StagedFile | undefined
  }
}

const formLimits = {
  // A second one is read as far as its name, to say that it is one too many.
  files: 2,
  fileSize: uploadKinds.table.maxBytes + 1,
  fields: 5,
  fieldSize: 4 * 1024,
  parts: 6,
  headerPairs: 50,
}

export const importRoutes = (deps: ImportsDeps) => async (app: App) => {
  await app.register(multipart, { limits: formLimits, throwFileSizeLimit: false })
  app.decorateRequest('uploaded', undefined)
  app.post(
    '/upload',
    {
      schema: {
        operationId: 'datasets.upload',
        tags: ['data'],
        summary: 'Upload a file; tables become datasets',
        description:
          'Send `multipart/form-data` with the part `file`. .csv, .tsv, .json, .ndjson, .jsonl, .xlsx and .parquet are read row by row into a dataset; pictures, videos and documents become files.',
        headers: idempotencyHeaders,
        body: uploadFields,
        consumes: ['multipart/form-data'],
        response: { 201: successOf(acceptedUploadSchema) },
      },
      config: { access: 'files:create', streamsBody: true, formFile: 'file', formFileRequired: true },
      preValidation: async (request) => {
        const { fields, file } = await readUploadForm(deps.files, actorOf(request), request)
        if (file !== undefined && !uploadFields.safeParse(fields).success) {
          await discardStagedFile(deps.files, file)
        }
        Object.assign(request, { body: fields, uploaded: file })
      },
    },
    async (request, reply) => {
      const key = request.headers['idempotency-key']
      const { body, replayed } = await takeUpload(deps, actorOf(request), request.uploaded, request.body, key)
      if (replayed) reply.header('idempotency-replayed', 'true')
      reply.status(201).header('location', body.data.statusUrl)
      return body
    },
  )
}
