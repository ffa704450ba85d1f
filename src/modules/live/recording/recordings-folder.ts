import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { codeOf } from '../../../platform/database/infrastructure-error.ts'

export type RecordedPart = { path: string; sizeBytes: number }

const streamIdPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const partDigits = 15
const partPattern = /^\d{15}\.flv$/

const rootOf = (dataDir: string) => path.join(dataDir, 'live', 'recordings')

/** Where the parts of a stream's recording are. */
export const recordingFolder = (dataDir: string, streamId: string): string => {
  if (!streamIdPattern.test(streamId)) throw new Error('Not the id of a stream')
  return path.join(rootOf(dataDir), streamId)
}

/** The name of a part that begins now. Parts are numbered by time, so that after a crash the next process writes the next one. */
export const partName = (beginsAt = Date.now()): string => String(beginsAt).padStart(partDigits, '0')

/** The parts of a recording in order; none when there is no such folder. */
export const listParts = async (folder: string): Promise<RecordedPart[]> => {
  const names = (await entriesOf(folder)).filter((name) => partPattern.test(name)).sort()
  return Promise.all(
    names.map(async (name) => {
      const file = path.join(folder, name)
      return { path: file, sizeBytes: (await stat(file)).size }
    }),
  )
}

/** Whether anything of a stream was recorded on this machine. */
export const hasRecording = async (dataDir: string, streamId: string): Promise<boolean> =>
  (await listParts(recordingFolder(dataDir, streamId))).length > 0

export type LeftoverOptions = {
  dataDir: string
  /** Which of these streams still need their parts: open ones, and those whose recording is made or may be made again. */
  findNeeded: (streamIds: string[]) => Promise<Iterable<string>>
  /** What was written to later is left alone, whatever `findNeeded` says. An hour unless given. */
  graceMs?: number
}

const defaultGraceMs = 60 * 60_000
const mostFolders = 1_000

/** Removes the parts that nobody needs any more. Returns of how many streams. */
export const removeLeftoverRecordings = async ({
  dataDir,
  findNeeded,
  graceMs = defaultGraceMs,
}: LeftoverOptions): Promise<number> => {
  const root = rootOf(dataDir)
  const ids = (await entriesOf(root)).filter((name) => streamIdPattern.test(name)).slice(0, mostFolders)
  const needed = new Set(ids.length === 0 ? [] : await findNeeded(ids))
  let removed = 0
  for (const id of ids) {
    const folder = path.join(root, id)
    if (needed.has(id) || (await lastWriteMs(folder)) > Date.now() - graceMs) continue
    await rm(folder, { recursive: true, force: true })
    removed += 1
  }
  return removed
}

const lastWriteMs = async (folder: string): Promise<number> => {
  const names = await entriesOf(folder)
  const times = await Promise.all(
    [folder, ...names.map((name) => path.join(folder, name))].map((file) =>
      stat(file).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  )
  return Math.max(...times)
}

const entriesOf = async (folder: string): Promise<string[]> => {
  try {
    return await readdir(folder)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}
