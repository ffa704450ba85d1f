import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { findHome } from '../../src/platform/database/embedded/home.ts'
import { findRunningPostmaster } from '../../src/platform/database/embedded/postmaster-file.ts'

const prefix = 'backlot-test-'

/** A new directory for tests of this process. PostgreSQL's account can pass through it. */
export const makeTemporaryDirectory = (): string => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), `${prefix}${process.pid}-`))
  fs.chmodSync(directory, 0o711)
  return directory
}

/** Removes a temporary directory with the database server that may still run on it or in a data directory below. */
export const removeTemporaryDirectory = (directory: string) => {
  for (const dataDir of [directory, ...subdirectories(directory)]) {
    const home = findHome(dataDir)
    if (home === undefined) continue
    const running = findRunningPostmaster(home.cluster)
    if (running !== undefined) process.kill(running.pid, 'SIGKILL')
    fs.rmSync(home.directory, removal)
  }
  fs.rmSync(directory, removal)
}

/** Removes what runs left behind whose process was killed. */
export const removeStaleDirectories = () => {
  for (const name of fs.readdirSync(os.tmpdir())) {
    const pid = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1])
    const directory = path.join(os.tmpdir(), name)
    if (pid > 0 && !isAlive(pid) && isOurs(directory)) removeTemporaryDirectory(directory)
  }
}

/** The server's own processes may still write for a moment after it was killed. */
const removal = { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }

const subdirectories = (directory: string) =>
  fs
    .readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(directory, entry.name))

const isOurs = (directory: string) =>
  fs.statSync(directory, { throwIfNoEntry: false })?.uid === process.getuid?.()

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
