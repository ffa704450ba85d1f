import path from 'node:path'
import type { Logger } from 'pino'
import { openDiskStorage } from './disk-storage.ts'
import type { S3Options } from './s3/s3-client.ts'
import type { Storage } from './storage.ts'
import { traceStorage } from './trace-storage.ts'

export type StorageOptions = {
  /** Undefined: files are on the disk. */
  s3: S3Options | undefined
  dataDir: string
  signingKey: Uint8Array
  log: Logger
}

/** The storage that the operator chose. @throws StartFault for an S3 that is configured wrongly */
export const openStorage = async ({ s3, dataDir, signingKey, log }: StorageOptions): Promise<Storage> => {
  const directory = path.join(dataDir, 'files')
  if (s3 === undefined) return traceStorage(await openDiskStorage({ directory, signingKey }), 'disk')
  // Loaded only where it is used: Amazon's client takes 70 ms and 40 MB.
  const { openS3Storage } = await import('./s3/s3-storage.ts')
  const options = { ...s3, directory: path.join(directory, 'downloads'), signingKey, log }
  return traceStorage(await openS3Storage(options), 's3')
}
