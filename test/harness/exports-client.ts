import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fromBufferPromise } from 'yauzl'
import { call, type Person } from './client.ts'
import type { TestApp } from './test-app.ts'

/** One user's way to exports, and a look at what is stored of them. */
export const exportsClient = (backlot: TestApp, who: Person) => {
  const ask = (body: object, headers: Record<string, string> = {}) =>
    call(backlot, who, 'POST', '/v1/export', { body, headers })
  const show = async (id: string) => (await call(backlot, who, 'GET', `/v1/exports/${id}`)).data

  /** An export that is complete, with its file as whoever has the link gets it. */
  const write = async (body: object) => {
    const asked = await ask(body, { prefer: 'wait=60' })
    if (asked.data?.status !== 'completed') {
      const { errorCode, errorMessage } = (asked.data && (await show(asked.data.exportId))) ?? {}
      throw new Error(`Not exported: ${asked.text} ${errorCode} ${errorMessage}`)
    }
    const shown = await show(asked.data.exportId)
    return { ...shown, download: await download(backlot, shown.result.resultUri) }
  }
  return { ask, show, write }
}

/** Follows a signed link, without anything that says who asks. */
export const download = async ({ url }: TestApp, link: string) => {
  const answer = await fetch(new URL(link.replace(/^https?:\/\/[^/]+/, ''), url))
  const bytes = Buffer.from(await answer.arrayBuffer())
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { status: answer.status, headers: answer.headers, bytes, sha256 }
}

export type Download = Awaited<ReturnType<typeof download>>

/** The entries of a zip by their names, as yauzl reads them. */
export const unzip = async (bytes: Buffer): Promise<Record<string, string>> => {
  const zip = await fromBufferPromise(bytes)
  const entries: Record<string, string> = {}
  for await (const entry of zip.eachEntry()) {
    entries[entry.fileName] = await text(await zip.openReadStreamPromise(entry))
  }
  return entries
}

/** The names of all objects and drafts that the storage holds. */
export const storedObjects = ({ dataDir }: TestApp): string[] =>
  readdirSync(path.join(dataDir, 'files'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(path.basename(entry.parentPath), entry.name))
    .sort()
