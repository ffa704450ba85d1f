import { deriveKey } from '../../platform/config/secret-files.ts'

/** One key a purpose, so that what is made for one is worth nothing to another. */
export const deriveLiveKeys = (secretKey: string) => ({
  /** Hashes the stream keys of projects. */
  streamKeyHash: deriveKey(secretKey, 'live/stream-key'),
  /** Seals the keys of destinations. */
  destinationKey: deriveKey(secretKey, 'live/destination-key'),
  /** Seals a new stream key in the answer that is kept for its `Idempotency-Key`. */
  keptAnswer: deriveKey(secretKey, 'live/kept-answer'),
  /** Signs addresses of previews. */
  preview: deriveKey(secretKey, 'live/preview'),
})

export type LiveKeys = ReturnType<typeof deriveLiveKeys>
