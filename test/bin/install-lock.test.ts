import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { spawnNode } from '../harness/spawned-process.ts'

let directory: string

beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'backlot-install-'))
})

afterEach(() => fs.rmSync(directory, { recursive: true }))

/** Holds the lock for a moment, or for good, and records when it came in and went out. */
const holder = (name: string, action = 'new Promise((resolve) => setTimeout(resolve, 100))') => {
  const source = `
    import fs from 'node:fs'
    import { withInstallLock } from ${JSON.stringify(path.resolve(import.meta.dirname, '../../bin/install-lock.mjs'))}
    const note = (what) => { fs.appendFileSync('journal', what + ' ${name}\\n'); console.log(what) }
    process.chdir(${JSON.stringify(directory)})
    await withInstallLock('lock', { onWait: () => console.log('waiting') }, async () => {
      note('in')
      await ${action}
      note('out')
    })`
  return spawnNode(['--input-type=module', '-e', source], {})
}

const journal = () => fs.readFileSync(path.join(directory, 'journal'), 'utf8').trim().split('\n')

test('installs of several starts take turns', async () => {
  const exits = await Promise.all(['a', 'b', 'c'].map((name) => holder(name).exit))
  expect(exits).toEqual([0, 0, 0].map((code) => ({ code, signal: null })))
  const turns = journal()
  expect(turns).toHaveLength(6)
  for (let turn = 0; turn < 6; turn += 2) {
    const name = turns[turn]?.replace('in ', '')
    expect(turns.slice(turn, turn + 2)).toEqual([`in ${name}`, `out ${name}`])
  }
  expect(fs.readdirSync(directory)).toEqual(['journal'])
})

test('the lock of a start that was killed is taken over by exactly one', async () => {
  const killed = holder('killed', 'new Promise((resolve) => setTimeout(resolve, 60_000))')
  await killed.until(/in/)
  killed.child.kill('SIGKILL')
  const others = ['a', 'b', 'c'].map((name) => holder(name))
  expect(await Promise.all(others.map(({ exit }) => exit))).toEqual(
    [0, 0, 0].map((code) => ({ code, signal: null })),
  )
  const turns = journal().slice(1)
  expect(turns.filter((_, index) => index % 2 === 0).every((turn) => turn.startsWith('in '))).toBe(true)
  expect(turns.filter((_, index) => index % 2 === 1).every((turn) => turn.startsWith('out '))).toBe(true)
  expect(turns).toHaveLength(6)
})
