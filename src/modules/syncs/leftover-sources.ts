import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { leftoverAgeMs, removeFilesBefore } from '../../platform/storage/leftover-files.ts'

/** Where sources lie while they are read. */
export const syncDirectory = (dataDir: string): string => path.join(dataDir, 'syncs')

/** Removes what workers that died have left on this machine's disk. Returns how much. */
export const removeLeftoverSources = async (directory: string): Promise<number> => {
  await mkdir(directory, { recursive: true })
  return removeFilesBefore(directory, new Date(Date.now() - leftoverAgeMs))
}
