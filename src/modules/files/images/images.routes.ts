import { z } from 'zod'
import { conflict } from '../../../platform/errors.ts'
import { ok, successOf } from '../../../platform/http/envelope.ts'
import type { App } from '../../../platform/http/http-server.ts'
import { originOf } from '../../../platform/storage/request-origin.ts'
import { sendObject } from '../../../platform/storage/send-object.ts'
import { actorOf } from '../../auth/authenticate.ts'
import { isPicture } from '../file-kinds.ts'
import { fileParams } from '../files.schema.ts'
import { type FilesDeps, getFile } from '../files.service.ts'
import { longestLinkSeconds, readImageUrl, signImageUrl } from './image-links.ts'
import { showVariant } from './show-variant.ts'
import { decideFormat, outputFormats, transformQuery } from './transform.ts'

export type ImageRoutesDeps = FilesDeps & { publicUrl: string | undefined; signingKey: Uint8Array }

const tags = ['files']

const imageUrlQuery = transformQuery.extend({
  expiresInSeconds: z.coerce.number().int().min(60).max(longestLinkSeconds).default(3_600),
})

const imageUrlSchema = z.object({
  url: z.url().describe('GET it, as it is, without signing in.'),
  expiresAt: z.iso.datetime(),
  w: z.int().nullable().describe('As rounded.'),
  h: z.int().nullable().describe('As rounded.'),
  quality: z.int().describe('As rounded.'),
})

const signedQuery = z
  .object({
    w: z.string().optional(),
    h: z.string().optional(),
    fit: z.string().optional(),
    format: z.string().optional(),
    quality: z.string().optional(),
    expires: z.string().optional(),
    signature: z.string().optional().describe('Covers all of the query.'),
  })
  .loose()

/** Files that are pictures, in other sizes and formats. */
export const imageRoutes = (deps: ImageRoutesDeps) => async (app: App) => {
  linkRoute(deps, app)
  showRoute(deps, app)
}

const linkRoute = ({ publicUrl, signingKey, ...deps }: ImageRoutesDeps, app: App) => {
  app.get(
    '/files/:id/image-url',
    {
      schema: {
        tags,
        summary: 'Get a URL to show a picture in another size or format',
        description:
          'The URL is signed, and can be used by whoever has it until it expires or the file is deleted. Pictures are never made larger than they are; of animations, the first frame is shown.',
        params: fileParams,
        querystring: imageUrlQuery,
        response: { 200: successOf(imageUrlSchema) },
      },
      config: { access: 'files:read' },
    },
    async (request, reply) => {
      const { expiresInSeconds, ...transform } = request.query
      const file = await getFile(deps, actorOf(request), request.params.id)
      if (!isPicture(file.contentType)) throw conflict('FILE_NOT_A_PICTURE', 'This file is not a picture.')
      const { url, expiresAt } = signImageUrl(signingKey, file.id, transform, expiresInSeconds)
      reply.header('cache-control', 'no-store')
      return ok({
        url: new URL(url, originOf(request, publicUrl)).href,
        expiresAt: expiresAt.toISOString(),
        w: transform.w ?? null,
        h: transform.h ?? null,
        quality: transform.quality,
      })
    },
  )
}

const showRoute = (deps: ImageRoutesDeps, app: App) => {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/files/:id/image',
    schema: {
      tags,
      summary: 'Show a picture as its signed URL says',
      description:
        'Take the whole URL from `image-url`. Answers ranges and conditional requests. `Accept` chooses among formats when the format is `auto`.',
      params: fileParams,
      querystring: signedQuery,
      response: {
        200: picture('All of it.'),
        206: picture('The range that was asked for.'),
        304: z.null().describe('What the client has is still right.'),
      },
    },
    config: { access: 'public' },
    compress: false,
    handler: async (request, reply) => {
      const { id } = request.params
      const { transform, expiresAt } = readImageUrl(deps.signingKey, id, request.url)
      const { storageKey, contentType, name } = await showVariant(
        deps,
        id,
        decideFormat(transform, request.headers.accept),
      )
      if (transform.format === 'auto') {
        const vary = reply.getHeader('vary')
        reply.header('vary', vary === undefined ? 'Accept' : `${vary}, Accept`)
      }
      const leftSeconds = Math.floor((expiresAt.getTime() - Date.now()) / 1_000)
      const cacheControl = `private, max-age=${leftSeconds}, immutable`
      return sendObject(deps.storage, request, reply, {
        key: storageKey,
        contentType,
        fileName: name,
        cacheControl,
      })
    },
  })
}

const picture = (description: string) => ({
  description,
  content: Object.fromEntries(
    outputFormats.map((format) => [`image/${format}`, { schema: z.string().meta({ format: 'binary' }) }]),
  ),
})
