import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { releaseChunk } from '../release-chunk.ts'
import type { S3Bucket } from './s3-bucket.ts'

/** A part at 140 KB/s. */
export const sendTimes = { attemptTimeoutMs: 60_000, timeoutMs: 150_000 }
/** S3 puts the parts together before it answers. */
const completeTimes = { attemptTimeoutMs: 120_000, timeoutMs: 120_000 }

type Upload = { Bucket: string; Key: string; UploadId: string | undefined }

/** An object that is sent in parts, one on its way at a time. It is there when it is completed; else abort it. */
export class MultipartUpload {
  readonly #bucket: S3Bucket
  readonly #upload: Upload
  readonly #signal: AbortSignal | undefined
  readonly #aborted = new AbortController()
  readonly #etags: (string | undefined)[] = []
  #leaving: Promise<void> = Promise.resolve()

  private constructor(bucket: S3Bucket, upload: Upload, signal: AbortSignal | undefined) {
    this.#bucket = bucket
    this.#upload = upload
    this.#signal = signal
  }

  static async begin(bucket: S3Bucket, key: string, signal?: AbortSignal): Promise<MultipartUpload> {
    const target = { Bucket: bucket.name, Key: key }
    const { UploadId } = await bucket.call(
      (sending) => bucket.client.send(new CreateMultipartUploadCommand(target), sending),
      { signal },
    )
    return new MultipartUpload(bucket, { ...target, UploadId }, signal)
  }

  /** Begins to send the next part when the one before has left. The memory of `data` is given back when it has. */
  async send(data: Buffer<ArrayBuffer>): Promise<void> {
    await this.#leaving
    this.#leaving = this.#sendPart(data, this.#etags.push(undefined))
    // Who gathers the next part meets its failure then.
    this.#leaving.catch(() => undefined)
  }

  async complete(): Promise<void> {
    await this.#leaving
    const Parts = this.#etags.map((ETag, index) => ({ ETag, PartNumber: index + 1 }))
    const command = new CompleteMultipartUploadCommand({ ...this.#upload, MultipartUpload: { Parts } })
    await this.#bucket.call((sending) => this.#bucket.client.send(command, sending), {
      ...completeTimes,
      signal: this.#signal,
    })
  }

  /** Takes back what was sent. Where that fails, the parts are left to `abortOldUploads`. */
  async abort(): Promise<void> {
    this.#aborted.abort()
    // A part that arrives after the end of its upload would stay for ever.
    await this.#leaving.catch(() => undefined)
    const command = new AbortMultipartUploadCommand(this.#upload)
    await this.#bucket.call((sending) => this.#bucket.client.send(command, sending)).catch(() => undefined)
  }

  async #sendPart(data: Buffer<ArrayBuffer>, number: number): Promise<void> {
    const input = { ...this.#upload, PartNumber: number, Body: data, ContentLength: data.length }
    const signals = this.#signal === undefined ? [] : [this.#signal]
    const { ETag } = await this.#bucket.call(
      (sending) => this.#bucket.client.send(new UploadPartCommand(input), sending),
      { ...sendTimes, signal: AbortSignal.any([this.#aborted.signal, ...signals]) },
    )
    this.#etags[number - 1] = ETag
    releaseChunk(data)
  }
}
