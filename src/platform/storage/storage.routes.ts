import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError, tooLarge } from '../errors.ts'
import { ok } from '../http/envelope.ts'
import type { App } from '../http/http-server.ts'
import { pacedChunks, slowestUpload } from './paced-chunks.ts'
import { releaseEach } from './release-chunk.ts'
import { sendObject, slowestDownload } from './send-object.ts'
import { readDownloadUrl, readUploadUrl } from './signed-url.ts'
import type { Storage, UploadGrant } from './storage.ts'
import { objectExists } from './storage-faults.ts'

export type StorageRoutesDeps = { storage: Storage; signingKey: Uint8Array }

const params = z.object({ '*': z.string() })

/**
 * What the URLs that `signed-url.ts` signs lead to: all of the disk storage's, and those of S3 that are kept for long. Register it under `/v1`. The signature is the permission.
 * @param paces are given by tests
 */
export const storageRoutes =
  (
    { storage, signingKey }: StorageRoutesDeps,
    paces = { upload: slowestUpload, download: slowestDownload },
  ) =>
  async (app: App) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, body, done) => done(null, body))

    app.put(
      '/storage/*',
      {
        schema: { hide: true, params },
        config: { access: 'public', streamsBody: true },
        decompress: false,
      },
      async (request) => {
        const grant = readUploadUrl(signingKey, request.params['*'], request.url)
        await refuseEarly(storage, request, grant)
        const body = releaseEach(pacedChunks(request.raw, paces.upload))
        const { sizeBytes, sha256 } = await storage.put(grant.key, body, grant)
        return ok({ sizeBytes, sha256 })
      },
    )

    app.route({
      method: ['GET', 'HEAD'],
      url: '/storage/*',
      schema: { hide: true, params },
      config: { access: 'public' },
      compress: false,
      handler: (request, reply) => {
        const grant = readDownloadUrl(signingKey, request.params['*'], request.url)
        const leftSeconds = Math.floor((grant.expiresAt.getTime() - Date.now()) / 1_000)
        const object = { ...grant, cacheControl: `private, max-age=${leftSeconds}, immutable` }
        return sendObject(storage, request, reply, object, paces.download)
      },
    })
  }

/** Refuses by the headers alone what would be refused after the last byte. */
const refuseEarly = async (storage: Storage, { headers }: FastifyRequest, grant: UploadGrant) => {
  const contentType = headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (contentType !== grant.contentType) {
    const message = `Send it with the content type that was agreed on: ${grant.contentType}.`
    throw new AppError(415, 'UNSUPPORTED_MEDIA_TYPE', message)
  }
  if (Number(headers['content-length'] ?? 0) > grant.maxBytes) {
    throw tooLarge(`At most ${grant.maxBytes} bytes can be stored here.`)
  }
  if ((await storage.head(grant.key)) !== undefined) {
    throw objectExists()
  }
}
