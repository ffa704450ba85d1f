import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { pino } from 'pino'
import { createHttpServer } from '../../src/platform/http/http-server.ts'
import { registerPipeline } from '../../src/platform/http/pipeline.ts'
import { openDiskStorage } from '../../src/platform/storage/disk-storage.ts'
import { newUploadKey } from '../../src/platform/storage/object-key.ts'
import { storageRoutes } from '../../src/platform/storage/storage.routes.ts'

const paces = { upload: { windowMs: 300, minBytes: 1_000 }, download: { windowMs: 300, minBytes: 1_000 } }

export const soon = () => new Date(Date.now() + 60_000)

/** A disk storage in `directory` behind real HTTP, without a database, that gives up slow clients early. */
export const startStorageApp = async (directory: string) => {
  const signingKey = randomBytes(32)
  const storage = await openDiskStorage({ directory, signingKey })
  const app = createHttpServer({ log: pino({ level: 'silent' }), trustProxy: false, development: false })
  await registerPipeline(app, { corsOrigins: [], requestsPerAddressPerMinute: 100_000 })
  await app.register(storageRoutes({ storage, signingKey }, paces), { prefix: '/v1' })
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  return {
    storage,
    origin,
    /** A URL for a PNG of up to 500,000 bytes, if nothing else is said. */
    grant: async (
      over: { maxBytes?: number; contentType?: string; sha256?: string; expiresAt?: Date } = {},
    ) => {
      const key = newUploadKey()
      const terms = { key, contentType: 'image/png', maxBytes: 500_000, expiresAt: soon(), ...over }
      const { url } = await storage.signUpload(terms)
      return { key, url: origin + url }
    },
    /** A URL to read what is stored. */
    link: async (key: string, contentType: string, fileName: string) =>
      origin + (await storage.signDownload({ key, contentType, fileName, expiresAt: soon() })),
    drafts: () => fs.readdirSync(path.join(directory, 'drafts')),
    openFiles: () =>
      fs.readdirSync('/proc/self/fd').filter((fd) => {
        try {
          return fs.readlinkSync(`/proc/self/fd/${fd}`).startsWith(directory)
        } catch {
          return false
        }
      }),
    close: () => app.close(),
  }
}

export type StorageApp = Awaited<ReturnType<typeof startStorageApp>>

export const errorOf = async (answer: Response) => {
  const body = (await answer.json()) as { error: { code: string } }
  return [answer.status, body.error.code]
}

export const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}
