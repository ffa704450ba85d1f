import { createHash, randomBytes } from 'node:crypto'
import { type DetailedError, Upload, type UploadOptions } from 'tus-js-client'
import { expect } from 'vitest'
import type { FilesClient } from './files-app.ts'

export const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')

/** Begins like an MP4 film (ISO/IEC 14496-12, 4.3), and is noise. */
export const film = (sizeBytes: number) =>
  Buffer.concat([
    Buffer.from('00000018667479706d70343200000000', 'hex'),
    Buffer.from('mp42isom', 'latin1'),
    randomBytes(sizeBytes - 24),
  ])
export const filmFields = { filename: 'Fjord ☀.mp4', filetype: 'video/mp4', kind: 'video' }

export const metadataOf = (fields: Record<string, string>) =>
  Object.entries(fields)
    .map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`)
    .join(',')

export const bytesType = { 'content-type': 'application/offset+octet-stream' }
export const uploadIdOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)
export const codeOf = async (answer: Response) => [
  answer.status,
  ((await answer.json()) as { error: { code: string } }).error.code,
]

/** One user's way to resumable uploads: request by request, and by the usual client. */
export const tusClient = (origin: string, user: FilesClient) => {
  const send = (path: string, method: string, headers: Record<string, string> = {}, body?: Uint8Array) =>
    fetch(origin + path, {
      method,
      headers: { authorization: `Bearer ${user.token}`, 'tus-resumable': '1.0.0', ...headers },
      ...(body && { body: Buffer.from(body) }),
    })
  const open = (sizeBytes: number, fields: Record<string, string> = filmFields) =>
    send('/v1/uploads/tus', 'POST', {
      'upload-length': String(sizeBytes),
      'upload-metadata': metadataOf(fields),
    })
  return {
    send,
    open,
    /** The path of a new one. */
    opened: async (sizeBytes: number) => (await open(sizeBytes)).headers.get('location') ?? '',
    patch: (path: string, offset: number, body: Uint8Array) =>
      send(path, 'PATCH', { ...bytesType, 'upload-offset': String(offset) }, body),
    offsetOf: async (path: string) => Number((await send(path, 'HEAD')).headers.get('upload-offset')),

    /** As any app would, with the client as it is. */
    uploadByClient: (content: Buffer, endpoint: string, options: Partial<UploadOptions> = {}) => {
      let fileId: string | undefined
      const done = Promise.withResolvers<string | undefined>()
      const upload = new Upload(content, {
        endpoint,
        headers: { authorization: `Bearer ${user.token}` },
        metadata: filmFields,
        retryDelays: [50, 200, 500, 1_000, 2_000, 3_000],
        onAfterResponse: (_request, response) => {
          fileId = response.getHeader('backlot-file-id') ?? fileId
        },
        onSuccess: () => done.resolve(fileId),
        onError: (error: Error | DetailedError) => done.reject(error),
        ...options,
      })
      upload.start()
      return { done: done.promise, upload }
    },
    expectWhole: async (fileId: string | null | undefined, content: Buffer) => {
      const file = await user.processed(fileId ?? '')
      expect(file).toMatchObject({ status: 'ready', name: filmFields.filename, sizeBytes: content.length })
      expect(file.sha256).toBe(sha256(content))
    },
  }
}
