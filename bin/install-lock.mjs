import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

const beatEveryMs = 1_000
const staleAfterMs = 10_000
const pollMs = 250

/**
 * Runs `action` in one process at a time. The holder touches the lock file every second; one that has not been touched
 * for ten seconds belonged to a process that was killed, and is replaced.
 */
export const withInstallLock = async (file, { onWait }, action) => {
  const id = randomUUID()
  await acquire(file, id, onWait)
  const beat = setInterval(() => touch(file), beatEveryMs)
  const release = () => {
    clearInterval(beat)
    if (look(file)?.id === id) fs.rmSync(file, { force: true })
  }
  process.once('exit', release)
  try {
    return await action()
  } finally {
    process.off('exit', release)
    release()
  }
}

const acquire = async (file, id, onWait) => {
  let seen
  let seenAt = 0
  while (!create(file, id)) {
    const found = look(file)
    if (found === undefined) continue
    if (seen?.id !== found.id || seen?.touchedAt !== found.touchedAt) {
      if (seen === undefined) onWait()
      seen = found
      seenAt = performance.now()
    }
    if (performance.now() - seenAt > staleAfterMs && replace(file, found.id, id)) return
    await delay(pollMs)
  }
}

const create = (file, id) => {
  try {
    fs.writeFileSync(file, id, { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

const look = (file) => {
  try {
    return { id: fs.readFileSync(file, 'utf8'), touchedAt: fs.statSync(file).mtimeMs }
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Only who makes the directory that names the stale lock may replace that lock, and only while it is still there. */
const replace = (file, staleId, id) => {
  const right = `${file}.${staleId || 'empty'}`
  try {
    fs.mkdirSync(right)
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
  try {
    if (look(file)?.id !== staleId) return false
    fs.writeFileSync(`${right}/next`, id)
    fs.renameSync(`${right}/next`, file)
    return true
  } finally {
    fs.rmSync(right, { recursive: true, force: true })
  }
}

const touch = (file) => {
  const now = new Date()
  try {
    fs.utimesSync(file, now, now)
  } catch {
    // The checkout may be on its way out; the install itself then fails and says so.
  }
}
