import fs from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/**
 * A lock on a path that one process holds at a time and that the kernel gives back however the process ends, also by
 * kill -9 or a power cut: SQLite's exclusive lock on a file. A lock file with a process id in it could be taken for
 * held after its owner died, or for free while two processes look at it.
 */
export class ExclusiveLock {
  readonly #database: DatabaseSync

  private constructor(database: DatabaseSync) {
    this.#database = database
  }

  /**
   * Takes the lock, or returns the process id of its holder if that is known, else 0. Never waits. The files are made
   * to belong to `owner`.
   */
  static take(file: string, owner?: { uid: number; gid: number }): ExclusiveLock | { heldBy: number } {
    const database = new DatabaseSync(file)
    const ownerFile = `${file}.pid`
    try {
      database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE')
    } catch (error) {
      database.close()
      if (isBusy(error)) return { heldBy: readPid(ownerFile) }
      throw error
    }
    fs.writeFileSync(ownerFile, `${process.pid}\n`)
    if (owner !== undefined) for (const made of [file, ownerFile]) fs.chownSync(made, owner.uid, owner.gid)
    return new ExclusiveLock(database)
  }

  close() {
    if (this.#database.isOpen) this.#database.close()
  }
}

/** SQLITE_BUSY, https://www.sqlite.org/rescode.html#busy */
const busyCode = 5

const isBusy = (error: unknown) => error instanceof Error && 'errcode' in error && error.errcode === busyCode

const readPid = (file: string): number => {
  try {
    return Number.parseInt(fs.readFileSync(file, 'utf8'), 10) || 0
  } catch {
    return 0
  }
}
