import fs from 'node:fs'

/** Where files are memory, on Linux. */
const memory = '/dev/shm'
const roomBytes = 8 * 1_024 ** 3

/**
 * A directory for temporary files that is quicker than a disk: to make a database is to make hundreds of files, which takes
 * ten times longer on one. Undefined where there is none, or no room in it.
 */
export const memoryForFiles = (): string | undefined => {
  if (!fs.existsSync(memory) || !mayHoldPrograms() || process.availableMemory() < 2 * roomBytes)
    return undefined
  const { bavail, bsize } = fs.statfsSync(memory)
  return bavail * bsize >= roomBytes ? memory : undefined
}

/** Tests write some, and start them. proc_pid_mounts(5) */
const mayHoldPrograms = (): boolean => {
  const mounts = fs.readFileSync('/proc/self/mounts', 'utf8').split('\n')
  const options = mounts.findLast((line) => line.split(' ')[1] === memory)?.split(' ')[3]
  return options !== undefined && !options.split(',').includes('noexec')
}
