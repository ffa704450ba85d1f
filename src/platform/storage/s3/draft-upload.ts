import type { boundedTurns } from '../../bounded-turns.ts'
import { tooLarge } from '../../errors.ts'
import { releaseChunk } from '../release-chunk.ts'
import type { Draft, DraftProgress, DraftWriter } from '../storage.ts'
import { uploadLost } from '../storage-faults.ts'
import { deleteTail, putTail, readTail } from './draft-tails.ts'
import { PartFile } from './part-file.ts'
import type { S3Bucket } from './s3-bucket.ts'
import { unlessMissing } from './s3-faults.ts'
import { beginUpload, mostParts, sendPart, type UploadInParts } from './upload-in-parts.ts'

/** The least that S3 takes, for a tail, which is shorter than a part, is sent again with each commit. */
const partBytes = 5 * 1024 ** 2
const mostBytes = mostParts * partBytes

type Deps = {
  bucket: S3Bucket
  /** For the part that gathers. */
  directory: string
  inTurn: ReturnType<typeof boundedTurns>
}
/** A draft on S3 while bytes are appended to it. */
export class DraftUpload implements DraftWriter {
  readonly #deps: Deps
  readonly #draft: Draft
  /** Begun with the first bytes that are sent: requests that bring none leave nothing behind. */
  #upload: UploadInParts | undefined
  /** What fills no part yet. */
  readonly #rest: PartFile
  readonly #etags: string[]
  #tailKey: string | null
  #receivedBytes: number

  private constructor(deps: Deps, draft: Draft, rest: PartFile) {
    this.#deps = deps
    this.#draft = draft
    this.#upload = draft.parts === null ? undefined : { key: draft.key, uploadId: draft.parts.uploadId }
    this.#rest = rest
    this.#etags = [...(draft.parts?.etags ?? [])]
    this.#tailKey = draft.parts?.tailKey ?? null
    this.#receivedBytes = draft.receivedBytes
  }

  /** @throws 409 `UPLOAD_LOST`, 413, 507 */
  static async open(deps: Deps, draft: Draft): Promise<DraftUpload> {
    const { totalBytes, receivedBytes, parts } = draft
    if (totalBytes > mostBytes) throw tooLarge(`At most ${mostBytes} bytes can be sent bit by bit here.`)
    if (parts === null && receivedBytes > 0) throw uploadLost()
    const rest = await PartFile.open(deps.directory)
    try {
      if (parts !== null && parts.tailKey !== null) await readInto(rest, deps.bucket, parts.tailKey)
      return new DraftUpload(deps, draft, rest)
    } catch (error) {
      await rest[Symbol.asyncDispose]()
      throw error
    }
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.byteLength; ) {
      const bytes = chunk.subarray(at, at + partBytes - this.#rest.sizeBytes)
      await this.#rest.append(bytes)
      at += bytes.byteLength
      this.#receivedBytes += bytes.byteLength
      if (this.#rest.sizeBytes === partBytes) await this.#sendRestAsPart()
    }
  }

  async commit(note: (progress: DraftProgress) => Promise<void>): Promise<void> {
    const replacedTail = this.#tailKey
    const receivedBytes = this.#receivedBytes
    // The last part may be shorter.
    if (this.#rest.sizeBytes > 0 && receivedBytes === this.#draft.totalBytes) await this.#sendRestAsPart()
    this.#tailKey =
      this.#rest.sizeBytes === 0 ? null : await this.#sendRest((data) => putTail(this.#deps.bucket, data))
    const { uploadId } = await this.#begunUpload()
    await note({ receivedBytes, parts: { uploadId, etags: [...this.#etags], tailKey: this.#tailKey } })
    if (replacedTail !== null) await deleteTail(this.#deps.bucket, replacedTail)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#rest[Symbol.asyncDispose]()
  }

  async #sendRestAsPart(): Promise<void> {
    const upload = await this.#begunUpload()
    const number = this.#etags.length + 1
    const send = (data: Buffer<ArrayBuffer>) => sendPart(this.#deps.bucket, upload, number, data)
    const etag = await unlessMissing(this.#sendRest(send))
    if (etag === undefined) throw uploadLost()
    this.#etags.push(etag)
    this.#rest.clear()
  }

  async #begunUpload(): Promise<UploadInParts> {
    this.#upload ??= await beginUpload(this.#deps.bucket, this.#draft.key)
    return this.#upload
  }

  #sendRest<T>(send: (data: Buffer<ArrayBuffer>) => Promise<T>): Promise<T> {
    return this.#deps.inTurn(async () => {
      const data = await this.#rest.read()
      const sent = await send(data)
      releaseChunk(data)
      return sent
    })
  }
}

const readInto = async (file: PartFile, bucket: S3Bucket, tailKey: string): Promise<void> => {
  const tail = await readTail(bucket, tailKey)
  if (tail === undefined) throw uploadLost()
  for await (const chunk of tail) await file.append(chunk)
}
