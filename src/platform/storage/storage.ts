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

/** Where the bytes of a draft are on S3: in the parts of an upload there, and those that fill no part in an object. */
export type DraftParts = { uploadId: string; etags: string[]; tailKey: string | null }

/** How much of a draft is kept, and in which parts, where the storage has parts. */
export type DraftProgress = { receivedBytes: number; parts: DraftParts | null }

/** An object of `totalBytes`, which are 1 at least, that grows over several requests and is there under `key` when it is whole. */
export type Draft = DraftProgress & { key: string; totalBytes: number }

/**
 * Drafts are kept for 26 hours at least. What is known of one is its caller's to note: the last that a commit told is what goes
 * on and what ends it, in any process. One writer at a time, which is the caller's to see to as well; one that comes too late
 * spoils nothing that was noted.
 */
export type Drafts = {
  /** A commit costs so much that it is not to be made more often while bytes arrive. */
  commitEveryMs: number
  /** Goes on behind `receivedBytes`. @throws 409 `UPLOAD_LOST` when those are not there any more, 413, 507 */
  open(draft: Draft): Promise<DraftWriter>
  /** Makes a draft that is whole an object. Repeating it does nothing. @throws 409 `UPLOAD_LOST`, 507 */
  finish(draft: Draft): Promise<void>
  /** Also succeeds for what is not there. */
  delete(draft: Draft): Promise<void>
}

/** After a failure only to be disposed of. */
export type DraftWriter = AsyncDisposable & {
  write(chunk: Uint8Array): Promise<void>
  /** What was written survives a power cut; then it is told to `note`, and only what that has noted counts. */
  commit(note: (progress: DraftProgress) => Promise<void>): Promise<void>
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
  drafts: Drafts
  /** Removes what uploads left behind that ended with their process. Returns how many. */
  removeLeftovers(): Promise<number>
  /** Whether it can be reached, answered within two seconds. @throws when it cannot */
  check(): Promise<void>
  close(): void
}
