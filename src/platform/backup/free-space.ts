import { statfs } from 'node:fs/promises'
import { StartFault } from '../process/start-fault.ts'

/** Left free beside what is written: a full disk would stop the database. */
const reserveBytes = 256 * 1024 ** 2

/** @throws StartFault when the disk of `directory` has less than `bytes` free */
export const demandFreeSpace = async (directory: string, bytes: number, purpose: string): Promise<void> => {
  const { bavail, bsize } = await statfs(directory)
  const free = bavail * bsize
  if (free >= bytes + reserveBytes) return
  throw new StartFault(
    `${directory} has ${sizeText(free)} free, and ${purpose} needs ${sizeText(bytes + reserveBytes)}. ` +
      'Free some space, or choose another disk.',
  )
}

/** `1.4 GB`, for people. */
export const sizeText = (bytes: number): string => {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}
