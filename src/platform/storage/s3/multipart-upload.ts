import { releaseChunk } from '../release-chunk.ts'
import type { S3Bucket } from './s3-bucket.ts'
import { abortUpload, beginUpload, completeUpload, sendPart, type UploadInParts } from './upload-in-parts.ts'

/** An object that is sent in parts, one on its way at a time. It is there when it is completed; else abort it. */
export class MultipartUpload {
  readonly #bucket: S3Bucket
  readonly #upload: UploadInParts
  readonly #signal: AbortSignal | undefined
  readonly #aborted = new AbortController()
  readonly #etags: string[] = []
  #leaving: Promise<void> = Promise.resolve()

  private constructor(bucket: S3Bucket, upload: UploadInParts, signal: AbortSignal | undefined) {
    this.#bucket = bucket
    this.#upload = upload
    this.#signal = signal
  }

  static async begin(bucket: S3Bucket, key: string, signal?: AbortSignal): Promise<MultipartUpload> {
    return new MultipartUpload(bucket, await beginUpload(bucket, key, signal), signal)
  }

  /** Begins to send the next part when the one before has left. The memory of `data` is given back when it has. */
  async send(data: Buffer<ArrayBuffer>): Promise<void> {
    await this.#leaving
    this.#leaving = this.#sendPart(data)
    // Who gathers the next part meets its failure then.
    this.#leaving.catch(() => undefined)
  }

  async complete(): Promise<void> {
    await this.#leaving
    await completeUpload(this.#bucket, this.#upload, this.#etags, this.#signal)
  }

  async abort(): Promise<void> {
    this.#aborted.abort()
    // A part that arrives after the end of its upload would stay for ever.
    await this.#leaving.catch(() => undefined)
    await abortUpload(this.#bucket, this.#upload)
  }

  async #sendPart(data: Buffer<ArrayBuffer>): Promise<void> {
    const signals = this.#signal === undefined ? [] : [this.#signal]
    const signal = AbortSignal.any([this.#aborted.signal, ...signals])
    this.#etags.push(await sendPart(this.#bucket, this.#upload, this.#etags.length + 1, data, signal))
    releaseChunk(data)
  }
}
