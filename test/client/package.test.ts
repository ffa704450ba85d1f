import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { projectDir } from '../../src/app/project-dir.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'

const run = promisify(execFile)
const clientDir = path.join(projectDir, 'client')
const timeout = 60_000
let directory: string
let installed: string
let packed: string[]

beforeAll(async () => {
  directory = makeTemporaryDirectory()
  const pack = ['pack', '--json', '--pack-destination', directory]
  const { stdout } = await run('npm', pack, { cwd: clientDir, timeout })
  // What the build says comes before.
  const [{ filename, files }] = JSON.parse(stdout.slice(stdout.indexOf('[\n')))
  packed = files.map(({ path: file }: { path: string }) => file)
  installed = path.join(directory, 'node_modules/@backlot/client')
  fs.mkdirSync(installed, { recursive: true })
  await run('tar', ['-xzf', path.join(directory, filename), '--strip-components=1', '-C', installed])
}, timeout)
afterAll(() => removeTemporaryDirectory(directory))

test('the package holds JavaScript with its types, and nothing else', () => {
  expect(packed).toEqual(
    expect.arrayContaining(['README.md', 'package.json', 'dist/backlot.js', 'dist/backlot.d.ts']),
  )
  expect(packed.filter((file) => !/^(README\.md|package\.json|dist\/.*\.(js|d\.ts))$/.test(file))).toEqual([])
})

test('it imports nothing but itself, so that browsers can load it as it is', () => {
  const outside = packed
    .filter((file) => file.endsWith('.js'))
    .flatMap((file) => {
      const text = fs.readFileSync(path.join(installed, file), 'utf8')
      return [...text.matchAll(/(?:from|import)\s*\(?'([^']+)'/g)].map(([, from]) => from)
    })
    .filter((from) => !/^\.{1,2}\/[\w/-]+\.js$/.test(from ?? ''))
  expect(outside).toEqual([])
})

test('it works where it is installed, and its types refuse what the API does not know', {
  timeout,
}, async () => {
  const { createBacklot } = await import(pathToFileURL(path.join(installed, 'dist/backlot.js')).href)
  expect(Object.keys(createBacklot({ url: 'http://127.0.0.1:1' }))).toContain('posts')
  const right = `import { createBacklot, type Post } from '@backlot/client'
    const backlot = createBacklot({ url: 'http://127.0.0.1:1' })
    export const title = async (): Promise<string> => {
      const post: Post = await backlot.posts.create({ title: 'a', body: 'b', status: 'draft' })
      for await (const { data } of backlot.jobs.events(post.id)) if (data.status === 'completed') break
      return post.title
    }\n`
  const wrong = right.replace(`'draft'`, `'drafty'`).replace('post.title', 'post.titel')
  fs.writeFileSync(path.join(directory, 'right.mts'), right)
  fs.writeFileSync(path.join(directory, 'wrong.mts'), wrong)
  const check = async (file: string) => {
    const compiler = path.join(clientDir, 'node_modules/typescript/bin/tsc')
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022']
    const args = [compiler, ...options, path.join(directory, file)]
    return run(process.execPath, args, { cwd: directory }).then(
      () => '',
      ({ stdout }: { stdout: string }) => stdout,
    )
  }
  expect(await check('right.mts')).toBe('')
  const faults = await check('wrong.mts')
  expect(faults).toContain(`Type '"drafty"' is not assignable`)
  expect(faults).toContain(`Property 'titel' does not exist`)
})
