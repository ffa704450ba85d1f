import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import path from 'node:path'
import { toDiskFault } from '../new-file.ts'

/** The bytes of a part while they gather on this machine's disk: slow senders hold no memory. It ends with its process. */
export class PartFile implements AsyncDisposable {
  readonly #file: FileHandle
  #sizeBytes = 0

  private constructor(file: FileHandle) {
    this.#file = file
  }

  /** @throws 507 */
  static async open(directory: string): Promise<PartFile> {
    const name = path.join(directory, randomUUID())
    try {
      const file = await open(name, 'wx+', 0o600)
      await rm(name)
      return new PartFile(file)
    } catch (error) {
      throw toDiskFault(error)
    }
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** @throws 507 */
  async append(bytes: Uint8Array): Promise<void> {
    try {
      for (let from = 0; from < bytes.byteLength; ) {
        const { bytesWritten } = await this.#file.write(bytes, from, undefined, this.#sizeBytes)
        from += bytesWritten
        this.#sizeBytes += bytesWritten
      }
    } catch (error) {
      throw toDiskFault(error)
    }
  }

  /** All of it, in memory of its own. */
  async read(): Promise<Buffer<ArrayBuffer>> {
    const data = Buffer.allocUnsafeSlow(this.#sizeBytes)
    for (let from = 0; from < data.length; ) {
      const { bytesRead } = await this.#file.read(data, from, data.length - from, from)
      if (bytesRead === 0) throw new Error('The file of a part has become shorter')
      from += bytesRead
    }
    return data
  }

  /** What is appended now begins the next part. */
  clear(): void {
    this.#sizeBytes = 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close()
  }
}
