import type { Readable } from 'node:stream'

/** What is known of an object without reading it. `etag` is quoted and strong (RFC 9110, 8.8.3). */
export type ObjectHead = { sizeBytes: number; modifiedAt: Date; etag: string }

/** Positions of the first and the last byte, both included. */
export type ByteRange = { first: number; last: number }

export type PutOptions = {
  /** One byte more is refused while the content still streams. */
  maxBytes: number
  /** Lower-case hex. Content with another hash is not stored. */
  sha256?: string | undefined
  signal?: AbortSignal | undefined
}

/** Lets whoever has the URL store one object until it expires. */
export type UploadGrant = {
  key: string
  contentType: string
  /** What the client said to send. A storage may insist on exactly as much. */
  maxBytes: number
  sha256?: string | undefined
  expiresAt: Date
}

/** Lets whoever has the URL read one object until it expires. */
export type DownloadGrant = { key: string; contentType: string; fileName: string; expiresAt: Date }

/** Objects that grow over several requests, under ids that are UUIDs. A day after its last byte, a draft may be gone. */
export type Drafts = {
  /** 0 for what is not there. */
  size(id: string): Promise<number>
  /** Writes from byte `at` on; one at a time for each draft, which is the caller's to see to. @throws 507 */
  open(id: string, at: number): Promise<DraftWriter>
  /** Makes a draft that is whole an object. Repeating it does nothing. @throws 507 */
  finish(id: string, key: string): Promise<void>
  /** Also succeeds for what is not there. */
  delete(id: string): Promise<void>
}

export type DraftWriter = AsyncDisposable & {
  write(chunk: Uint8Array): Promise<void>
  /** What was written survives a power cut. */
  sync(): Promise<void>
}

/**
 * Where the bytes of files are. Objects are immutable: a key is written once and never replaced, so that content that was
 * verified stays what it was. The keys of upload grants alone are different: see `take`. Keys come from `object-key.ts`.
 * Every function throws 503 `DEPENDENCY_UNAVAILABLE` while a storage on another machine is away.
 */
export interface Storage {
  /**
   * Stores content as it streams; nothing of it is there until all of it is.
   * @throws 409 `OBJECT_EXISTS`, `UPLOAD_IN_PROGRESS`, 413, 422 `CHECKSUM_MISMATCH`, 507; what the content throws is thrown on
   */
  put(
    key: string,
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    options: PutOptions,
  ): Promise<{ sizeBytes: number; sha256: string }>
  /**
   * Gives what was sent to the URL of a grant a second key, `key`, which no URL writes to: verify and keep that one. S3 takes a
   * URL again and again until it expires, so what is under the grant's own key may change at any moment. Undefined when nothing
   * was sent.
   * @throws 409 `OBJECT_EXISTS`; 422 `CHECKSUM_MISMATCH`, after which the URL can be used again
   */
  take(grant: Pick<UploadGrant, 'key' | 'sha256'>, key: string): Promise<ObjectHead | undefined>
  head(key: string): Promise<ObjectHead | undefined>
  /** The caller reads the stream to its end or destroys it. Its chunks are the caller's alone. */
  read(key: string, range?: ByteRange): Promise<Readable | undefined>
  /**
   * A file of this machine with the whole content, for programs that read files. It stays until it is disposed of.
   * @throws 507
   */
  openLocally(key: string, signal?: AbortSignal): Promise<(AsyncDisposable & { path: string }) | undefined>
  /** Also succeeds for what is not there. */
  delete(keys: readonly string[]): Promise<void>
  /** A URL to PUT to, with the headers that must be sent. It may be relative to this server's origin. */
  signUpload(grant: UploadGrant): Promise<{ url: string; headers: Record<string, string> }>
  /** A URL to GET. It may be relative to this server's origin. */
  signDownload(grant: DownloadGrant): Promise<string>
  /** Undefined where nothing can grow over several requests: on S3. */
  drafts: Drafts | undefined
  /** Removes what uploads left behind that ended with their process. Returns how many. */
  removeLeftovers(): Promise<number>
  /** Whether it can be reached, answered within two seconds. @throws when it cannot */
  check(): Promise<void>
  close(): void
}
