import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { openS3Storage } from '../../src/platform/storage/s3/s3-storage.ts'
import type { Storage } from '../../src/platform/storage/storage.ts'
import { makeBucket, type S3Server } from './s3-account.ts'
import { startS3rver } from './s3rver-server.ts'
import { startStorageApp } from './storage-app.ts'
import { provideSwift, startSwift } from './swift-s3-server.ts'

/** What is open of one kind of storage. URLs that are relative are of `origin`. */
export type OpenedStorage = {
  storage: Storage
  origin: string
  /** What has begun to be stored and is no object, as far as the server tells. */
  unfinished: () => Promise<string[]>
  close: () => Promise<void>
}

const onDisk = async (directory: string): Promise<OpenedStorage> => {
  const app = await startStorageApp(directory)
  const { storage, origin } = app
  return { storage, origin, unfinished: async () => app.drafts(), close: () => app.close() }
}
const onS3 =
  (startServer: () => Promise<S3Server>) =>
  async (directory: string): Promise<OpenedStorage> => {
    const server = await startServer()
    const bucket = await makeBucket(server)
    const log = pino({ level: 'silent' })
    const storage = await openS3Storage({ ...bucket.options, directory, signingKey: randomBytes(32), log })
    const close = async () => {
      storage.close()
      bucket.close()
      await server.stop()
    }
    return { storage, origin: '', unfinished: bucket.unfinished, close }
  }

/** Each kind of storage that there is; `isHere` tells whether this machine has what it needs. */
export const storageKinds = async () => [
  { name: 'disk', open: onDisk, isHere: true },
  { name: 's3rver', open: onS3(startS3rver), isHere: true },
  { name: 'Swift', open: onS3(startSwift), isHere: await provideSwift() },
]
