import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { codeOf } from '../database/infrastructure-error.ts'

/**
 * No upload and no reading lasts this long, so what is older belongs to a process that died, or to a client that did not come
 * back: an upload may be resumed for 24 hours, by a last request of an hour.
 */
export const leftoverAgeMs = 26 * 60 * 60_000

/** Removes the files of `directory` that were last written before `latest`. Returns how many. */
export const removeFilesBefore = async (directory: string, latest: Date): Promise<number> => {
  let removed = 0
  for (const name of await readdir(directory)) {
    const file = path.join(directory, name)
    const found = await unlessMissing(stat(file))
    if (found === undefined || found.mtimeMs > latest.getTime()) continue
    await rm(file, { force: true })
    removed += 1
  }
  return removed
}

/** Undefined for a file that is not there. */
export const unlessMissing = async <T>(reading: Promise<T>): Promise<T | undefined> => {
  try {
    return await reading
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
