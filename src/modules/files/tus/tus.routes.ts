import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError } from '../../../platform/errors.ts'
import type { App } from '../../../platform/http/http-server.ts'
import { actorOf } from '../../auth/authenticate.ts'
import { fileParams } from '../files.schema.ts'
import type { FilesDeps } from '../files.service.ts'
import { answerTus, extensions, maxSizeBytes } from './tus-protocol.ts'
import { finishUpload, getOwnUpload, type TusDeps } from './tus-uploads.ts'

const tags = ['files']
const config = { access: 'files:create', streamsBody: true } as const
const nothing = (description: string) => z.null().describe(description)

const version = '1.0.0'
const versionHeader = z
  .string()
  .regex(/^[\x21-\x7e]{1,16}$/)
  .optional()
  .describe(`\`${version}\`.`)
const createHeaders = z.object({
  'tus-resumable': versionHeader,
  'upload-length': z
    .string()
    .regex(/^\d{1,15}$/)
    .optional()
    .describe('The exact size in bytes.'),
  'upload-metadata': z
    .string()
    .regex(/^[\x20-\x7e]{1,4096}$/)
    .optional()
    .describe('`filename`, `filetype` (a content type that the kind takes) and `kind`, each in Base64.'),
})
const patchHeaders = z.object({
  'tus-resumable': versionHeader,
  'upload-offset': z
    .string()
    .regex(/^\d{1,15}$/)
    .optional()
    .describe('As the last answer told it.'),
})
const onlyVersion = z.object({ 'tus-resumable': versionHeader })

/** Uploads that survive broken connections and processes, by tus 1.0. */
export const tusRoutes = (deps: FilesDeps) => async (app: App) => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/offset+octet-stream', (_request, body, done) => done(null, body))
  // The library answers another version as it answers bad headers (tus 1.0, "Tus-Version").
  app.addHook('preHandler', async ({ method, headers }) => {
    if (method === 'OPTIONS' || headers['tus-resumable'] === version) return
    throw new AppError(412, 'TUS_VERSION_UNSUPPORTED', `Send Tus-Resumable: ${version}.`)
  })
  app.addHook('onSend', async ({ method }, reply) => {
    reply.header('tus-resumable', version)
    if (method !== 'OPTIONS' && reply.statusCode !== 412) return
    reply.headers({
      'tus-version': version,
      'tus-extension': extensions.join(','),
      'tus-max-size': String(maxSizeBytes),
    })
  })
  const answer = async (request: FastifyRequest, reply: FastifyReply) => {
    const { status, headers } = await answerTus(deps, actorOf(request), request)
    for (const [name, value] of headers) if (!ownHeaders.test(name)) reply.header(name, value)
    return reply.status(status).header('cache-control', 'no-store').send()
  }

  // Whoever is no preflight is answered like one; the route is there for the headers above.
  for (const url of ['/uploads/tus', '/uploads/tus/:id']) {
    app.options(url, { schema: { hide: true }, config: { access: 'public' } }, (_request, reply) =>
      reply.status(204).send(),
    )
  }
  app.post(
    '/uploads/tus',
    {
      schema: {
        tags,
        summary: 'Open a resumable upload',
        description:
          'By tus 1.0, for any of its clients (https://tus.io). Limits are those of `uploads/presigned`. Send the bytes to the `Location` within 24 hours; the answer to the last of them names the file in `Backlot-File-Id`.',
        headers: createHeaders,
        response: { 201: nothing('Opened, at its `Location`.') },
      },
      config,
    },
    answer,
  )
  app.patch(
    '/uploads/tus/:id',
    {
      schema: {
        tags,
        summary: 'Send bytes of a resumable upload',
        description:
          'As `application/offset+octet-stream`. After the last byte the upload is checked and its processing starts, as by `uploads/confirm`.',
        params: fileParams,
        headers: patchHeaders,
        response: { 204: nothing('`Upload-Offset` tells how far it is.') },
      },
      config,
    },
    answer,
  )
  app.delete(
    '/uploads/tus/:id',
    {
      schema: {
        tags,
        summary: 'Give a resumable upload up',
        params: fileParams,
        headers: onlyVersion,
        response: { 204: nothing('It is gone.') },
      },
      config,
    },
    answer,
  )
  headRoute(deps, app, answer)
}

type Answer = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

const headRoute = (deps: TusDeps, app: App, answer: Answer) => {
  app.head(
    '/uploads/tus/:id',
    {
      schema: {
        tags,
        summary: 'Ask how far a resumable upload is',
        params: fileParams,
        headers: onlyVersion,
        response: { 200: nothing('`Upload-Offset` tells it; `Backlot-File-Id` when it is a file.') },
      },
      config,
    },
    async (request, reply) => {
      const actor = actorOf(request)
      const { upload, draft } = await getOwnUpload(deps, actor, request.params.id)
      // The process that had its last byte may have died before it made a file of it.
      if (draft.receivedBytes === upload.sizeBytes) {
        const { id } = await finishUpload(deps, actor, upload.id)
        reply.header('backlot-file-id', id)
      }
      return answer(request, reply)
    },
  )
}

/** What the pipeline and the server write themselves. */
const ownHeaders = /^(access-control-.*|content-length|tus-resumable|cache-control)$/
