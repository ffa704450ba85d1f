import { createRequire } from 'node:module'
import type { S3Server } from './s3-account.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from './temporary-directory.ts'

type S3rver = { run: () => Promise<{ port: number }>; close: () => Promise<void> }
type S3rverOptions = { port: number; address: string; silent: boolean; directory: string }
/** It has no types. */
const S3rver: new (options: S3rverOptions) => S3rver = createRequire(import.meta.url)('s3rver')

/** `s3rver`: quick and lax. It checks no signatures, keeps no uploads in parts to be listed, and cannot abort them. */
export const startS3rver = async (): Promise<S3Server> => {
  const directory = makeTemporaryDirectory()
  const server = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory })
  const { port } = await server.run()
  return {
    endpoint: `http://127.0.0.1:${port}`,
    // The only account that it knows.
    ...{ accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
    stop: async () => {
      await server.close()
      removeTemporaryDirectory(directory)
    },
  }
}
