import { type FileHandle, mkdir, open, statfs } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { codeOf } from '../../../platform/database/infrastructure-error.ts'
import { feedBatches } from '../feed-batches.ts'
import { flvFileHeader, flvTag } from '../flv/flv-file.ts'
import type { Feed } from '../relay/feed.ts'

export type RecorderOptions = {
  feed: Feed
  /** Made when it is not there. */
  directory: string
  /** The file's name without `.flv`, of `partName`. */
  part: string
  /** The file grows no larger. */
  maxBytes: number
  /** So much stays free on the disk for everything else. 512 MiB unless given. */
  reserveBytes?: number
  /** Called once when it cannot go on, with a sentence for the owner. What was written so far stays. */
  onFailed: (message: string) => void
}

const mebibyte = 1_024 ** 2
const defaultReserveBytes = 512 * mebibyte
/** How long the disk may stand still before the recording leaves something out. */
const keepsUpMs = 8_000
const diskCheckMs = 2_000
const closeTimeoutMs = 10_000

/**
 * Writes a feed to an FLV file as it comes. Such a file can be played wherever it breaks off, so a process that is killed loses
 * the last moments only. Nothing that happens to the disk reaches the feed.
 */
export class Recorder {
  readonly #options: RecorderOptions
  readonly #ending = new AbortController()
  readonly #done: Promise<void>
  #bytesWritten = 0
  #checkedAt = Number.NEGATIVE_INFINITY

  constructor(options: RecorderOptions) {
    this.#options = options
    this.#done = this.#record().catch((error: unknown) => options.onFailed(sentenceFor(error)))
  }

  get bytesWritten(): number {
    return this.#bytesWritten
  }

  /** Writes what has arrived, and puts the file on the disk. A disk that does not answer is given up on after 10 s. */
  async close(): Promise<void> {
    this.#ending.abort()
    await Promise.race([this.#done, setTimeout(closeTimeoutMs, undefined, { ref: false })])
  }

  async #record() {
    const { feed, directory, part } = this.#options
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await using file = await open(path.join(directory, `${part}.flv`), 'ax', 0o600)
    await this.#append(file, flvFileHeader())
    for await (const batch of feedBatches(feed, { keepsUpMs, signal: this.#ending.signal })) {
      if (performance.now() - this.#checkedAt > diskCheckMs) await this.#checkDisk(file)
      await this.#append(file, Buffer.concat(batch.map(({ message }) => flvTag(message))))
    }
    await file.datasync()
  }

  async #append(file: FileHandle, bytes: Buffer) {
    if (this.#bytesWritten + bytes.length > this.#options.maxBytes) {
      throw new RecordingStopped('The recording has become as large as it may be.')
    }
    await file.appendFile(bytes)
    this.#bytesWritten += bytes.length
  }

  /** A disk that is broken says so when it has to store, and not when it is written to. */
  async #checkDisk(file: FileHandle) {
    const { directory, reserveBytes = defaultReserveBytes } = this.#options
    await file.datasync()
    const { bavail, bsize } = await statfs(directory)
    if (bavail * bsize < reserveBytes) {
      const left = Math.round(reserveBytes / mebibyte)
      throw new RecordingStopped(`The recording stopped: less than ${left} MiB are free on the disk.`)
    }
    this.#checkedAt = performance.now()
  }
}

/** Its message is for the owner. */
class RecordingStopped extends Error {}

const sentences: Record<string, string> = {
  ENOSPC: 'The recording stopped: the disk is full.',
  EDQUOT: 'The recording stopped: the disk is full.',
  EIO: 'The recording stopped: the disk cannot be written to (input/output error).',
  EROFS: 'The recording stopped: the disk is read-only.',
}

const sentenceFor = (error: unknown): string => {
  if (error instanceof RecordingStopped) return error.message
  const code = codeOf(error) ?? 'unknown error'
  return sentences[code] ?? `The recording stopped: its file could not be written (${code}).`
}
