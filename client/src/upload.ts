import type { Body, Data, Options } from './calls.ts'
import { putBytes } from './put-bytes.ts'
import { withRetries } from './retry.ts'

type Presign = Body<'uploads.presigned'>
type Uploads = {
  presigned: (body: Presign, options?: Options) => Promise<Data<'uploads.presigned'>>
  confirm: (body: Body<'uploads.confirm'>, options?: Options) => Promise<Data<'uploads.confirm'>>
}

/** `contentType` is the blob's own when it is left out. */
export type UploadOptions = Pick<Options, 'signal'> &
  Pick<Presign, 'kind' | 'name' | 'sha256'> & {
    contentType?: string
    /** May start again from 0, when the connection broke and the file is sent anew. */
    onProgress?: (sentBytes: number, totalBytes: number) => void
  }

type Settings = { fetch: typeof globalThis.fetch; retries: number; timeoutMs: number }

/** Asks where to send a file, sends it there, and says that it is there. The answer's job then looks into it. */
export const uploadFile = async (
  uploads: Uploads,
  { fetch, retries, timeoutMs }: Settings,
  content: Blob,
  { signal, contentType = content.type, onProgress, ...about }: UploadOptions,
): Promise<Data<'uploads.confirm'>> => {
  const options = signal === undefined ? {} : { signal }
  const presign = { ...about, contentType, sizeBytes: content.size }
  const { uploadId, url, headers } = await uploads.presigned(presign, options)
  await withRetries({ retries, signal }, () =>
    putBytes(fetch, { url, headers, content, signal, onProgress, silenceMs: timeoutMs }),
  )
  return uploads.confirm({ uploadId }, options)
}
