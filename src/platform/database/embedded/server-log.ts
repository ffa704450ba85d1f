import fs from 'node:fs'
import path from 'node:path'

const keptFiles = 5
const tailBytes = 16_384

/** The server begins a new file at each start and every 10 MB; all but the newest five are removed. */
export const pruneServerLogs = (directory: string) => {
  for (const name of serverLogs(directory).slice(0, -keptFiles))
    fs.rmSync(path.join(directory, name), { force: true })
}

/** What the server printed while it started: on its standard error, and after that into its newest log file. */
export const recentLog = (directory: string): string => {
  const newest = serverLogs(directory).at(-1)
  const files = ['startup.log', ...(newest === undefined ? [] : [newest])]
  return files.map((name) => tail(path.join(directory, name))).join('\n')
}

const serverLogs = (directory: string): string[] =>
  fs
    .readdirSync(directory)
    .filter((name) => /^postgresql-.*\.log$/.test(name))
    .sort()

const tail = (file: string): string => {
  const fd = fs.openSync(file, 'r')
  try {
    const { size } = fs.fstatSync(fd)
    const buffer = Buffer.alloc(Math.min(size, tailBytes))
    fs.readSync(fd, buffer, 0, buffer.length, size - buffer.length)
    return buffer.toString('utf8')
  } finally {
    fs.closeSync(fd)
  }
}
