import { ReadableStream } from 'node:stream/web'
import { DataStore, ERRORS, type Locker, Metadata, Server, Upload } from '@tus/server'
import type { FastifyRequest } from 'fastify'
import { newId } from '../../../platform/database/new-id.ts'
import { AppError, tooLarge } from '../../../platform/errors.ts'
import { pacedChunks } from '../../../platform/storage/paced-chunks.ts'
import type { Actor } from '../../auth/permissions.ts'
import { uploadKinds } from '../file-kinds.ts'
import { appendBytes } from './append-bytes.ts'
import { TusLock } from './tus-lock.ts'
import {
  deleteUpload,
  finishUpload,
  forgettingLost,
  getOwnUpload,
  openUpload,
  readWish,
  type TusDeps,
  uploadGoodForMs,
} from './tus-uploads.ts'

export const tusPath = '/v1/uploads/tus'
export const extensions = ['creation', 'expiration', 'termination']
export const maxSizeBytes = Math.max(...Object.values(uploadKinds).map(({ maxBytes }) => maxBytes))

/** What the protocol's own library reads. Nothing else of the request reaches it. */
const passedHeaders = [
  'tus-resumable',
  'content-type',
  'content-length',
  'upload-length',
  'upload-defer-length',
  'upload-offset',
  'upload-metadata',
  'upload-concat',
]

/** Without a body that is read, the library would wait for one that they tell of. */
const ofBody = new Set(['content-type', 'content-length'])

/**
 * Answers one request of tus 1.0 (https://tus.io/protocols/resumable-upload) for one actor. The protocol is `@tus/server`'s; where the
 * bytes go, whose they are and who may write them is ours.
 * @throws what operations on uploads throw, and the refusals of the protocol as errors with codes
 */
export const answerTus = async (deps: TusDeps, actor: Actor, request: FastifyRequest): Promise<Response> => {
  let fault: unknown
  const locks: { held?: TusLock } = {}
  const server = new Server({
    path: tusPath,
    relativeLocation: true,
    maxSize: maxSizeBytes,
    disableTerminationForFinishedUploads: true,
    // What holds a lock is done as soon as it is waited for.
    lockDrainTimeout: 1,
    datastore: storeFor(deps, actor, locks),
    locker: lockerFor(deps, actor, request, locks),
    namingFunction: () => newId(deps.db),
    onUploadFinish: async (_request, { id }) => ({
      headers: { 'Backlot-File-Id': (await finishUpload(deps, actor, id)).id },
    }),
    onResponseError: (_request, error) => {
      fault ??= error
      return undefined
    },
  })
  const body =
    request.method === 'PATCH' ? ReadableStream.from(noting(request, (error) => (fault = error))) : null
  const headers = passedHeaders.flatMap((name): [string, string][] => {
    const value = request.headers[name]
    return typeof value === 'string' && (body !== null || !ofBody.has(name)) ? [[name, value]] : []
  })
  const url = new URL(request.url, 'http://localhost')
  // The library takes a query for a part of the id.
  url.search = ''
  const answer = await server.handleWeb(
    new Request(url, { method: request.method, headers, ...(body && { body, duplex: 'half' }) }),
  )
  if (fault !== undefined || answer.status >= 400) throw await asError(fault, answer)
  return answer
}

/** The body, whose own fault is told before the library makes another of it. */
async function* noting(request: FastifyRequest, onFault: (error: unknown) => void) {
  try {
    yield* pacedChunks(request.raw)
  } catch (error) {
    onFault(error)
    throw error
  }
}

const codes: Record<number, string> = {
  403: 'UPLOAD_HEADER_MISSING',
  404: 'UPLOAD_NOT_FOUND',
  409: 'UPLOAD_OFFSET_MISMATCH',
  410: 'UPLOAD_EXPIRED',
  412: 'TUS_VERSION_UNSUPPORTED',
  413: 'PAYLOAD_TOO_LARGE',
  501: 'TUS_EXTENSION_UNSUPPORTED',
}

const asError = async (fault: unknown, answer: Response): Promise<unknown> => {
  if (fault instanceof Error && 'status_code' in fault && fault.status_code === 413)
    return tooLarge('More bytes came than `Upload-Length` has told.')
  if (fault instanceof Error) return fault
  const text = (await answer.text()).trim().replace(/\.+$/, '')
  // That an extension is not there is no failure of ours, which would be logged as one for each that asks.
  const status = answer.status === 501 ? 400 : answer.status
  return new AppError(status, codes[answer.status] ?? 'TUS_REQUEST_INVALID', `${text}.`)
}

const storeFor = (deps: TusDeps, actor: Actor, locks: { held?: TusLock }): DataStore =>
  Object.assign(new DataStore(), {
    extensions,
    getExpiration: () => uploadGoodForMs,
    create: async (upload: Upload) => {
      const wish = readWish(upload.metadata ?? {}, upload.size ?? 0)
      await openUpload(deps, actor, upload.id, wish, Metadata.stringify(upload.metadata ?? {}))
      const { upload: opened } = await getOwnUpload(deps, actor, upload.id)
      upload.creation_date = openedAt(opened.expiresAt)
      return upload
    },
    getUpload: async (id: string) => {
      const { upload, draft, metadata } = await getOwnUpload(deps, actor, id)
      return new Upload({
        id,
        size: upload.sizeBytes,
        offset: draft.receivedBytes,
        metadata: Metadata.parse(metadata),
        creation_date: openedAt(upload.expiresAt),
      })
    },
    remove: (id: string) => deleteUpload(deps, actor, id),
    write: async (body: AsyncIterable<Uint8Array>, id: string) => {
      if (locks.held === undefined) throw ERRORS.FILE_WRITE_ERROR
      const { draft } = await getOwnUpload(deps, actor, id)
      // Its draft is an object by now, or is just made one.
      if (draft.receivedBytes === draft.totalBytes) return draft.receivedBytes
      return forgettingLost(deps, id, appendBytes(deps.storage.drafts, locks.held, draft, body))
    },
  })

/** The library adds the time to live to it. */
const openedAt = (expiresAt: Date) => new Date(expiresAt.getTime() - uploadGoodForMs).toISOString()

const lockerFor =
  (deps: TusDeps, actor: Actor, { method }: FastifyRequest, locks: { held?: TusLock }) =>
  (): Locker => ({
    newLock: (id) => {
      const lock = new TusLock(deps.db, id)
      // Nobody knows yet of what is being opened.
      if (method === 'POST') return { lock: async () => undefined, unlock: async () => undefined }
      return {
        lock: async (signal, letGo) => {
          await getOwnUpload(deps, actor, id)
          await lock.lock(signal, letGo)
          locks.held = lock
        },
        unlock: () => lock.unlock(),
      }
    },
  })
