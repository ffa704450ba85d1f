import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from '../../../test/harness/temporary-directory.ts'
import { RotatingFile } from './rotating-file.ts'

let directory: string
let files: RotatingFile[]
let troubles: { code: unknown; leftOut: number }[]

beforeEach(() => {
  directory = makeTemporaryDirectory()
  files = []
  troubles = []
})
afterEach(async () => {
  for (const file of files) await file.close()
  removeTemporaryDirectory(directory)
})

const inside = (...names: string[]) => path.join(directory, ...names)
const open = ({
  file = inside('backlot.log'),
  name = 'api',
  maxBytes = 10_000,
  keep = 3,
  retryMs = 50,
} = {}) => {
  const onTrouble = ({ error, leftOut }: { error: unknown; leftOut: number }) =>
    void troubles.push({ code: error instanceof Error && 'code' in error ? error.code : error, leftOut })
  const opened = new RotatingFile({ file, name, maxBytes, keep, retryMs, onTrouble })
  files.push(opened)
  return opened
}
const logs = () =>
  fs
    .readdirSync(directory)
    .filter((name) => !name.includes('.lock'))
    .sort()
const read = (name: string) => (fs.existsSync(inside(name)) ? fs.readFileSync(inside(name), 'utf8') : '')
const line = (n: number) => `${JSON.stringify({ n, text: 'x'.repeat(80) })}\n`
const numbersIn = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((each) => JSON.parse(each).n)

test('a full file makes room for the next; the newest are kept, whole and in order', async () => {
  const file = open()
  for (let n = 0; n < 1_000; n += 1) {
    file.write(line(n))
    if (n % 50 === 0) await new Promise(setImmediate)
  }
  await file.close()
  expect(logs()).toEqual(['backlot.api.log', 'backlot.api.log.1', 'backlot.api.log.2', 'backlot.api.log.3'])
  const texts = logs().toReversed().map(read)
  for (const text of texts.slice(0, -1)) expect(text.length).toBeLessThan(10_000 + line(999).length)
  const kept = numbersIn(texts.join(''))
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => 1_000 - kept.length + index))
  expect(kept.length).toBeGreaterThan(300)
  expect(fs.statSync(inside('backlot.api.log')).mode & 0o777).toBe(0o600)
})

test('a later process goes on where an earlier one ended', async () => {
  for (const n of [1, 2, 3]) {
    const file = open({ maxBytes: 150 })
    file.write(line(n))
    await file.close()
  }
  expect(logs().map((name) => [name, numbersIn(read(name))])).toEqual([
    ['backlot.api.log', [3]],
    ['backlot.api.log.1', [1, 2]],
  ])
})

test('each process has a file of its own', async () => {
  const first = open()
  first.write(line(1))
  await expect.poll(logs).toEqual(['backlot.api.log'])
  for (const file of [open(), open({ name: 'worker' })]) file.write(line(1))
  await expect.poll(logs).toEqual(['backlot.api-2.log', 'backlot.api.log', 'backlot.worker.log'])
  await first.close()
  const next = open()
  next.write(line(9))
  await expect.poll(() => numbersIn(read('backlot.api.log'))).toContain(9)
})

test('a folder that cannot be used is told once, and used when it can be', async () => {
  fs.writeFileSync(inside('folder'), 'no folder')
  const file = open({ file: inside('folder', 'backlot.log') })
  file.write(line(1))
  await expect.poll(() => troubles).toHaveLength(1)
  file.write(line(2))
  fs.rmSync(inside('folder'))
  await expect.poll(() => read('folder/backlot.api.log')).toBe(line(1) + line(2))
  await expect
    .poll(() => troubles)
    .toEqual([
      { code: 'EEXIST', leftOut: 0 },
      { code: undefined, leftOut: 0 },
    ])
})

test.runIf(fs.existsSync('/dev/full'))(
  'a full disk takes 8 MiB of memory and no more, and is told once',
  async () => {
    fs.symlinkSync('/dev/full', inside('backlot.api.log'))
    const file = open({ maxBytes: 100 * 1024 ** 2 })
    file.write(line(0))
    await expect.poll(() => troubles).toEqual([{ code: 'ENOSPC', leftOut: 0 }])
    const written = 10 * 1024
    for (let n = 1; n <= written; n += 1) file.write(`${'y'.repeat(1_023)}\n`)
    file.flushSync()
    fs.rmSync(inside('backlot.api.log'))
    await expect.poll(() => troubles).toHaveLength(2)
    const leftOut = troubles[1]?.leftOut ?? 0
    expect(leftOut).toBeGreaterThan(2_000)
    const lines = read('backlot.api.log').split('\n')
    expect(lines[0]).toBe(line(0).trim())
    expect(lines.length).toBe(1 + written - leftOut + 1)
  },
)

test('what waits as a process is cut off is written first', async () => {
  const file = open()
  file.write(line(1))
  await expect.poll(() => read('backlot.api.log')).toBe(line(1))
  for (let n = 2; n <= 50; n += 1) file.write(line(n))
  file.flushSync()
  await expect.poll(() => numbersIn(read('backlot.api.log')).length).toBe(50)
})
