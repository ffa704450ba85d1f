import fs from 'node:fs'
import path from 'node:path'
import { eq } from 'drizzle-orm'
import type { Role } from '../../src/modules/auth/permissions.ts'
import { users } from '../../src/modules/users/users.table.ts'
import { signUp } from './client.ts'
import { startTestApp } from './test-app.ts'

export const testQuotaBytes = 60 * 1_024 ** 2

type Options = { worker?: boolean; env?: Record<string, string> }

/** Backlot with what tests of files need at hand: clients of any role, and a look into the storage's directory. */
export const startFilesApp = async ({ worker = false, env = {} }: Options = {}) => {
  const quota = { FILES_QUOTA_BYTES: String(testQuotaBytes) }
  const backlot = await startTestApp({ worker, env: { ...quota, ...env } })
  const { db, readDb, storage, signingKey } = backlot.platform
  const directory = path.join(backlot.dataDir, 'files')
  return {
    db,
    readDb,
    storage,
    signingKey,
    backlot,
    origin: backlot.url,
    signIn: async (role: Role = 'user') => {
      const { id, token } = await signUp(backlot)
      await db.update(users).set({ role }).where(eq(users.id, id))
      return new FilesClient(backlot.url, id, token)
    },
    storedFiles: () =>
      fs
        .readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name))),
    close: backlot.close,
  }
}

export type FilesApp = Awaited<ReturnType<typeof startFilesApp>>

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
  readonly token: string

  constructor(origin: string, userId: string, token: string) {
    this.#origin = origin
    this.userId = userId
    this.token = token
  }

  fetch(url: string, options: RequestInit = {}) {
    const headers = { authorization: `Bearer ${this.token}`, ...options.headers }
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
