import { open, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { ReadDb } from '../../../platform/database/database.ts'
import { codeOf } from '../../../platform/database/infrastructure-error.ts'
import { notFound } from '../../../platform/errors.ts'
import { ok, successOf } from '../../../platform/http/envelope.ts'
import type { App } from '../../../platform/http/http-server.ts'
import { originOf } from '../../../platform/storage/request-origin.ts'
import { actorOf } from '../../auth/authenticate.ts'
import { getProject } from '../../projects/projects.service.ts'
import { describePreview, type PreviewDeps } from './preview.service.ts'
import { playlistName, previewFileType, previewFolder, thumbnailName } from './preview-folder.ts'
import { readPreviewLink, signPlaylist } from './preview-links.ts'

export type PreviewRoutesDeps = PreviewDeps & {
  readDb: ReadDb
  /** What links begin with; undefined: with the host that each client asked. */
  publicUrl: string | undefined
}

const tags = ['live']
const projectParams = z.object({ id: z.uuid() })
const fileParams = z.object({ streamId: z.uuid(), file: z.string().max(64) })

const previewSchema = z.object({
  available: z.boolean(),
  playlistUrl: z.string().nullable().describe('HLS, for players that take M3U8. Good for an hour.'),
  thumbnailUrl: z.string().nullable().describe('A JPEG picture, new every few seconds. Good for an hour.'),
  message: z.string().optional().describe('Why there is no preview.'),
})

export const previewRoutes = (deps: PreviewRoutesDeps) => async (app: App) => {
  ownerRoutes(deps, app)

  app.get(
    '/live/preview/:streamId/:file',
    { schema: { hide: true, params: fileParams }, config: { access: 'public' }, compress: false },
    (request, reply) => sendPreviewFile(deps, request.params, request.url, reply),
  )
}

const ownerRoutes = (deps: PreviewRoutesDeps, app: App) => {
  app.get(
    '/projects/:id/preview',
    {
      schema: {
        tags,
        summary: 'Watch what a project sends now',
        description: 'Links to a live HLS playlist and a picture. Whoever has a link can use it for an hour.',
        params: projectParams,
        response: { 200: successOf(previewSchema) },
      },
      config: { access: 'projects:read' },
    },
    async (request, reply) => {
      const project = await getProject(deps, actorOf(request), request.params.id)
      reply.header('cache-control', 'private, no-store')
      return ok(await describePreview(deps, project, originOf(request, deps.publicUrl)))
    },
  )

  app.get(
    '/projects/:id/thumbnail',
    {
      schema: {
        tags,
        summary: 'Get a picture of what a project sends now',
        params: projectParams,
        response: {
          200: {
            description: 'A picture of the last few seconds.',
            content: { 'image/jpeg': { schema: z.string().meta({ format: 'binary' }) } },
          },
        },
      },
      config: { access: 'projects:read' },
      compress: false,
    },
    async (request, reply) => {
      const { liveStreamId } = await getProject(deps, actorOf(request), request.params.id)
      if (liveStreamId === null) throw notFound('thumbnail')
      const file = path.join(previewFolder(deps.dataDir, liveStreamId), thumbnailName)
      return sendFile(reply, file, 'thumbnail')
    },
  )
}

/** The signature is the permission, and the name has passed a strict pattern before it is part of a path. */
const sendPreviewFile = async (
  { dataDir, previewKey }: PreviewDeps,
  wanted: z.infer<typeof fileParams>,
  url: string,
  reply: FastifyReply,
) => {
  const { streamId, file } = wanted
  const expires = readPreviewLink(previewKey, wanted, url)
  if (previewFileType(file) === undefined) throw notFound('preview')
  const target = path.join(previewFolder(dataDir, streamId), file)
  if (file !== playlistName) return sendFile(reply, target, 'preview')
  const playlist = await unlessMissing(readFile(target, 'utf8'), 'preview')
  reply.header('cache-control', 'private, no-store').type(typeOf(file))
  return reply.send(signPlaylist(previewKey, playlist, { streamId, expires }))
}

const typeOf = (file: string) => previewFileType(file) ?? 'application/octet-stream'

/** Files are replaced and never changed, so the length holds. */
const sendFile = async (reply: FastifyReply, file: string, name: string) => {
  const handle = await unlessMissing(open(file, 'r'), name)
  const { size } = await handle.stat()
  reply.header('cache-control', file.endsWith(thumbnailName) ? 'private, no-cache' : 'private, max-age=60')
  reply.header('content-length', size).type(typeOf(path.basename(file)))
  return reply.send(handle.createReadStream())
}

const unlessMissing = async <T>(reading: Promise<T>, name: string): Promise<T> => {
  try {
    return await reading
  } catch (error) {
    throw codeOf(error) === 'ENOENT' ? notFound(name) : error
  }
}
