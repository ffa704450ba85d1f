import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { pino } from 'pino'
import { type Actor, type Role, scopeOf } from '../../src/modules/auth/permissions.ts'
import { processFile } from '../../src/modules/files/files.jobs.ts'
import { fileRoutes } from '../../src/modules/files/files.routes.ts'
import { users } from '../../src/modules/users/users.table.ts'
import { Database } from '../../src/platform/database/database.ts'
import { forbidden, unauthorized } from '../../src/platform/errors.ts'
import { type App, createHttpServer } from '../../src/platform/http/http-server.ts'
import { registerPipeline } from '../../src/platform/http/pipeline.ts'
import { runnableJob } from '../../src/platform/jobs/define-job.ts'
import { openDiskStorage } from '../../src/platform/storage/disk-storage.ts'
import { storageRoutes } from '../../src/platform/storage/storage.routes.ts'
import { type JobSystem, startJobSystem } from './job-system.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from './temporary-directory.ts'
import { createTestDatabase } from './test-database.ts'

export const testQuotaBytes = 60 * 1_024 ** 2

/** The files module behind real HTTP, with real storage and jobs. A request acts as the user whose id it names. */
export const startFilesApp = async () => {
  const testDatabase = await createTestDatabase()
  const directory = makeTemporaryDirectory()
  const onConnectionError = () => undefined
  const database = new Database({
    url: testDatabase.url,
    ssl: false,
    poolMax: 15,
    applicationName: 'files test',
    onConnectionError,
  })
  const { db, readDb } = database
  const signingKey = randomBytes(32)
  const storage = await openDiskStorage({ directory: path.join(directory, 'files'), signingKey })
  const actors = new Map<string, Actor>()
  const app = createHttpServer({ log: pino({ level: 'silent' }), trustProxy: false, development: false })
  await registerPipeline(app, { corsOrigins: [], requestsPerAddressPerMinute: 100_000 })
  await app.register(async (api: App) => {
    actAs(api, actors)
    const deps = { db, readDb, storage, quotaBytes: testQuotaBytes, publicUrl: undefined }
    await api.register(fileRoutes(deps), { prefix: '/v1' })
    await api.register(storageRoutes({ storage, signingKey }), { prefix: '/v1' })
  })
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  let jobSystem: JobSystem | undefined
  return {
    db,
    storage,
    origin,
    signIn: async (role: Role = 'user') => {
      const email = `${randomBytes(6).toString('hex')}@example.com`
      const [user] = await db.insert(users).values({ email, role }).returning()
      if (user === undefined) throw new Error('No user')
      actors.set(user.id, { userId: user.id, role, sessionId: user.id })
      return new FilesClient(origin, user.id)
    },
    startJobs: async () => {
      jobSystem = await startJobSystem(testDatabase.url, [runnableJob(processFile, { db, storage })])
    },
    storedFiles: () =>
      fs
        .readdirSync(path.join(directory, 'files'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) =>
          path.relative(path.join(directory, 'files'), path.join(entry.parentPath, entry.name)),
        ),
    close: async () => {
      await app.close()
      await jobSystem?.close()
      await database.close()
      await testDatabase.drop()
      removeTemporaryDirectory(directory)
    },
  }
}

export type FilesApp = Awaited<ReturnType<typeof startFilesApp>>

/** Stands for authentication: the header names the user, and the route's permission is asked for as ever. */
const actAs = (api: App, actors: ReadonlyMap<string, Actor>) => {
  api.decorateRequest('actor', undefined)
  api.addHook('onRequest', async (request) => {
    const { access } = request.routeOptions.config
    if (access === undefined || access === 'public') return
    const actor = actors.get(String(request.headers['x-test-user']))
    if (actor === undefined) throw unauthorized()
    const isAllowed = ['files:create', 'files:read', 'files:delete'] as const
    const permission = isAllowed.find((known) => known === access)
    if (permission === undefined || scopeOf(actor, permission) === undefined) throw forbidden()
    request.actor = actor
  })
}

export type FileView = {
  id: string
  ownerId: string
  name: string
  status: string
  contentType: string
  sizeBytes: number
  sha256: string | null
  metadata: { width?: number; height?: number; camera?: string; takenAt?: string; frames?: number }
  url: string | null
  thumbnailUrl: string | null
  error: { code: string; message: string } | null
  jobId: string
}

type Body = {
  data: unknown
  error: { code: string; errors: { path: string; code: string; message: string }[] }
  page: { nextCursor: string | null; total?: number }
}
export type Answer = { status: number; body: Body; headers: Headers }
export type Upload = { uploadId: string; url: string; headers: Record<string, string>; maxBytes: number }
export type Wish = {
  kind: string
  name: string
  contentType: string
  content: Uint8Array<ArrayBuffer>
  sha256?: string
  sizeBytes?: number
}

/** One user's way to the files API. */
export class FilesClient {
  readonly userId: string
  readonly #origin: string

  constructor(origin: string, userId: string) {
    this.#origin = origin
    this.userId = userId
  }

  fetch(url: string, options: RequestInit = {}) {
    const headers = { 'x-test-user': this.userId, ...options.headers }
    return fetch(`${this.#origin}/v1${url}`, { ...options, headers })
  }

  async call(
    method: string,
    url: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const json = body === undefined ? {} : { body: JSON.stringify(body) }
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    const answer = await this.fetch(url, { method, ...json, headers: { ...type, ...headers } })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? {} : JSON.parse(text), headers: answer.headers }
  }

  presign({ content, sizeBytes = content.length, ...wish }: Wish, headers: Record<string, string> = {}) {
    return this.call('POST', '/uploads/presigned', { ...wish, sizeBytes }, headers)
  }

  async put(wish: Wish): Promise<Upload> {
    const presigned = await this.presign(wish)
    if (presigned.status !== 201) throw new Error(JSON.stringify(presigned.body))
    const upload = presigned.body.data as Upload
    const answer = await fetch(upload.url, { method: 'PUT', headers: upload.headers, body: wish.content })
    if (answer.status !== 200) throw new Error(await answer.text())
    return upload
  }

  confirm(uploadId: string) {
    return this.call('POST', '/uploads/confirm', { uploadId })
  }

  async upload(wish: Wish): Promise<FileView> {
    const { uploadId } = await this.put(wish)
    const confirmed = await this.confirm(uploadId)
    if (confirmed.status !== 202) throw new Error(JSON.stringify(confirmed.body))
    return (confirmed.body.data as { file: FileView }).file
  }

  async file(id: string): Promise<FileView> {
    return (await this.call('GET', `/files/${id}`)).body.data as FileView
  }

  /** Waits until processing has ended. */
  async processed(id: string): Promise<FileView> {
    const deadline = Date.now() + 15_000
    for (;;) {
      const file = await this.file(id)
      if (file.status === 'ready' || file.status === 'failed') return file
      if (Date.now() > deadline) throw new Error(`The file is still ${file.status}`)
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }
}
