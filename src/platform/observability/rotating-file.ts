import fs from 'node:fs'
import { type FileHandle, mkdir, open, rename, stat } from 'node:fs/promises'
import path from 'node:path'
import { codeOf } from '../database/infrastructure-error.ts'
import { ExclusiveLock } from '../process/exclusive-lock.ts'

export type RotatingFileOptions = {
  /** `/var/log/backlot.log` becomes `/var/log/backlot.api.log` for `api`, and `backlot.api-2.log` for a second one. */
  file: string
  name: string
  /** A file that has reached this size becomes `.1`, and `.1` becomes `.2`. A line is never split. */
  maxBytes: number
  /** How many of those stay beside the one that is written. */
  keep: number
  /** Called once for each outage, and with undefined at its end. `leftOut` counts the lines that found no room in memory. */
  onTrouble: (trouble: { error: unknown; leftOut: number }) => void
  /** How long after a failure it is tried again. */
  retryMs?: number
}

/** While the disk is full or slow. */
const mostQueuedBytes = 8 * 1024 ** 2
const mostBatchBytes = 512 * 1024
const mostProcesses = 256
const closeMs = 2_000
const defaultRetryMs = 5_000

/** Lines for a file of this process alone, written in the background. What goes wrong with the disk is told, and stops nothing. */
export class RotatingFile {
  readonly #options: RotatingFileOptions
  readonly #queue: string[] = []
  #queuedBytes = 0
  #leftOut = 0
  #batch: Buffer = Buffer.alloc(0)
  #file = ''
  #lock: ExclusiveLock | undefined
  #handle: FileHandle | undefined
  #size = 0
  #writing: Promise<void> | undefined
  #retry: NodeJS.Timeout | undefined
  #isFailing = false
  #closed = false

  constructor(options: RotatingFileOptions) {
    this.#options = options
  }

  write(line: string): void {
    const bytes = Buffer.byteLength(line)
    if (this.#closed) return
    if (this.#queuedBytes + bytes > mostQueuedBytes) {
      this.#leftOut += 1
      return
    }
    this.#queue.push(line)
    this.#queuedBytes += bytes
    this.#start()
  }

  /** For a process that ends now: what waits in memory is written at once, or not at all. */
  flushSync(): void {
    if (this.#handle === undefined || this.#isFailing) return
    try {
      fs.writeSync(this.#handle.fd, this.#queue.splice(0).join(''))
    } catch {
      // The disk is full, and nobody is left to tell: standard output has the lines.
    }
  }

  /** Ends when all is written, or after two seconds. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, closeMs)
    })
    await Promise.race([this.#writing, late])
    clearTimeout(timer)
    await this.#handle?.close().catch(() => undefined)
    this.#handle = undefined
    this.#lock?.close()
  }

  #start() {
    if (this.#writing !== undefined || this.#retry !== undefined) return
    this.#writing = this.#drain()
      .catch((error: unknown) => this.#waitAfter(error))
      .finally(() => {
        this.#writing = undefined
        if (this.#queue.length > 0) this.#start()
      })
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0 || this.#batch.length > 0) {
      this.#handle ??= await this.#open()
      if (this.#batch.length === 0) {
        if (this.#size >= this.#options.maxBytes) this.#handle = await this.#rotate(this.#handle)
        this.#batch = this.#takeBatch()
      }
      const { bytesWritten } = await this.#handle.write(this.#batch)
      this.#batch = this.#batch.subarray(bytesWritten)
      this.#size += bytesWritten
    }
    if (!this.#isFailing) return
    this.#isFailing = false
    this.#options.onTrouble({ error: undefined, leftOut: this.#leftOut })
    this.#leftOut = 0
  }

  /** As many lines as still fit into the file, and one at least. */
  #takeBatch(): Buffer {
    const room = Math.min(mostBatchBytes, this.#options.maxBytes - this.#size)
    let count = 0
    let bytes = 0
    while (count < this.#queue.length && bytes < room) {
      bytes += Buffer.byteLength(this.#queue[count] ?? '')
      count += 1
    }
    this.#queuedBytes -= bytes
    return Buffer.from(this.#queue.splice(0, count).join(''))
  }

  #waitAfter(error: unknown) {
    const handle = this.#handle
    this.#handle = undefined
    // Opened anew, for it may be the file that has become useless.
    handle?.close().catch(() => undefined)
    if (this.#closed) return
    const { onTrouble, retryMs = defaultRetryMs } = this.#options
    const isNew = !this.#isFailing
    this.#isFailing = true
    this.#retry = setTimeout(() => {
      this.#retry = undefined
      this.#start()
    }, retryMs).unref()
    if (isNew) onTrouble({ error, leftOut: 0 })
  }

  /** The first free name: several processes may have the same role, and each holds a lock on its own. */
  async #open(): Promise<FileHandle> {
    const { dir, name, ext } = path.parse(this.#options.file)
    await mkdir(dir, { recursive: true })
    for (let number = 1; this.#lock === undefined; number += 1) {
      if (number > mostProcesses) throw new Error(`more than ${mostProcesses} processes write to ${dir}`)
      const own = number === 1 ? this.#options.name : `${this.#options.name}-${number}`
      this.#file = path.join(dir, `${name}.${own}${ext}`)
      // To open a pipe would wait for a reader.
      const found = await stat(this.#file).catch(() => undefined)
      if (found?.isFIFO()) throw new Error(`${this.#file} is a pipe`)
      // Refused with the reason when the folder cannot be written; SQLite would not say it.
      await (await open(this.#file, 'a', 0o600)).close()
      const lock = ExclusiveLock.take(`${this.#file}.lock`)
      if (lock instanceof ExclusiveLock) this.#lock = lock
    }
    const handle = await open(this.#file, 'a', 0o600)
    this.#size = (await handle.stat()).size
    return handle
  }

  async #rotate(handle: FileHandle): Promise<FileHandle> {
    this.#handle = undefined
    await handle.close()
    for (let number = this.#options.keep; number > 0; number -= 1) {
      const from = number === 1 ? this.#file : `${this.#file}.${number - 1}`
      await rename(from, `${this.#file}.${number}`).catch((error: unknown) => {
        if (codeOf(error) !== 'ENOENT') throw error
      })
    }
    return this.#open()
  }
}
