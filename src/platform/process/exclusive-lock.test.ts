import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { spawnNode } from '../../../test/harness/spawned-process.ts'
import { ExclusiveLock } from './exclusive-lock.ts'

let directory: string
const file = () => path.join(directory, 'lock')

beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'backlot-lock-'))
})

afterEach(() => fs.rmSync(directory, { recursive: true }))

const takeInAnotherProcess = () => {
  const source = `
    import { ExclusiveLock } from ${JSON.stringify(path.join(import.meta.dirname, 'exclusive-lock.ts'))}
    const lock = ExclusiveLock.take(${JSON.stringify(file())})
    console.log(lock instanceof ExclusiveLock ? 'taken' : 'held by ' + lock.heldBy)
    setInterval(() => lock, 1000)`
  return spawnNode(['--input-type=module', '-e', source], {})
}

test('only one process holds it, and the other learns who', async () => {
  const lock = ExclusiveLock.take(file())
  expect(lock).toBeInstanceOf(ExclusiveLock)
  const other = takeInAnotherProcess()
  await other.until(new RegExp(`held by ${process.pid}`))
  other.child.kill('SIGKILL')
  await other.exit
  if (lock instanceof ExclusiveLock) lock.close()
})

test('it is free as soon as its holder is killed', async () => {
  const holder = takeInAnotherProcess()
  await holder.until(/taken/)
  expect(ExclusiveLock.take(file())).toEqual({ heldBy: holder.child.pid })
  holder.child.kill('SIGKILL')
  await once(holder.child, 'close')
  const lock = ExclusiveLock.take(file())
  expect(lock).toBeInstanceOf(ExclusiveLock)
  if (lock instanceof ExclusiveLock) lock.close()
})
