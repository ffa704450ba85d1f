import { execFile } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { projectDir } from '../../src/app/project-dir.ts'
import { chromiumIsHere, openChromium } from '../harness/chromium.ts'
import { TcpProxy } from '../harness/tcp-proxy.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'

const run = promisify(execFile)
const clientDir = path.join(projectDir, 'client')
const timeout = 60_000
const hasChromium = await chromiumIsHere()
const opened = new AsyncDisposableStack()
let directory: string
let installed: string
let packed: string[]
let page: { origin: string; server: http.Server }
let backlot: TestApp

/** An empty project that installs the package, and a page that loads its files as they are. */
beforeAll(async () => {
  directory = opened.adopt(makeTemporaryDirectory(), removeTemporaryDirectory)
  const pack = ['pack', '--json', '--pack-destination', directory]
  const { stdout } = await run('npm', pack, { cwd: clientDir, timeout })
  // What the build says comes before.
  const [{ filename, files }] = JSON.parse(stdout.slice(stdout.indexOf('[\n')))
  packed = files.map(({ path: file }: { path: string }) => file)
  fs.writeFileSync(path.join(directory, 'package.json'), '{ "private": true, "type": "module" }')
  const install = ['install', '--offline', '--no-audit', '--no-fund', path.join(directory, filename)]
  await run('npm', install, { cwd: directory, timeout })
  installed = path.join(directory, 'node_modules/@backlot/client')
  page = await servePage(path.join(installed, 'dist'))
  opened.defer(() => void page.server.close())
  const env = { CORS_ORIGINS: page.origin }
  backlot = opened.adopt(await startTestApp({ worker: true, env }), (app) => app.close())
}, timeout)
afterAll(() => opened.disposeAsync())

const servePage = async (root: string) => {
  const server = http.createServer(({ url = '/' }, response) => {
    if (url === '/') return response.setHeader('content-type', 'text/html').end('<!doctype html><p>A page')
    if (!packed.includes(`dist${url}`)) return response.writeHead(404).end()
    return response.setHeader('content-type', 'text/javascript').end(fs.readFileSync(path.join(root, url)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return { server, origin: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` }
}

test('the package holds JavaScript with its types, and nothing else, and needs nothing', () => {
  expect(packed).toEqual(
    expect.arrayContaining(['README.md', 'package.json', 'dist/backlot.js', 'dist/backlot.d.ts']),
  )
  expect(packed.filter((file) => !/^(README\.md|package\.json|dist\/.*\.(js|d\.ts))$/.test(file))).toEqual([])
  const modules = fs.readdirSync(path.join(directory, 'node_modules'))
  expect(modules.filter((name) => !name.startsWith('.'))).toEqual(['@backlot'])
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

/** A program of somebody who has installed the package, in what JavaScript and TypeScript have in common. */
const program = `import { createBacklot } from '@backlot/client'

const backlot = createBacklot({ url: process.argv[2] ?? '' })
await backlot.signUp({ email: 'ada@example.com', password: 'correct horse 42' })
const post = await backlot.posts.create({ title: 'A hill', body: 'Green.', status: 'draft' })
const { jobId } = await backlot.generations.create({ prompt: 'a hill', style: 'noir', size: '256x256' })
for await (const { data } of backlot.realtime().follow(\`jobs/\${jobId}\`)) {
  if (data.status === 'completed') break
}
console.log(post.title, (await backlot.waitForJob(jobId)).status)
`

test('a program runs where it is installed', { timeout }, async () => {
  fs.writeFileSync(path.join(directory, 'program.js'), program)
  const { stdout, stderr } = await run(process.execPath, ['program.js', backlot.url], {
    cwd: directory,
    timeout,
  })
  expect([stdout, stderr]).toEqual(['A hill completed\n', ''])
})

test('its types take the program, and refuse what the API does not know', { timeout }, async () => {
  const wrong = program
    .replace(`'draft'`, `'drafty'`)
    .replace('post.title', 'post.titel')
    .replace(`=== 'completed'`, `=== 'complete'`)
  fs.writeFileSync(path.join(directory, 'right.ts'), program)
  fs.writeFileSync(path.join(directory, 'wrong.ts'), wrong)
  fs.writeFileSync(path.join(directory, 'node.d.ts'), 'declare const process: { argv: string[] }')
  const compiler = path.join(clientDir, 'node_modules/typescript/bin/tsc')
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022']
  const files = ['right.ts', 'wrong.ts', 'node.d.ts']
  const told = await run(process.execPath, [compiler, ...options, ...files], { cwd: directory }).then(
    () => [],
    ({ stdout }: { stdout: string }) =>
      stdout
        .trim()
        .split('\n')
        .filter((line) => /^\S/.test(line)),
  )
  expect(told).toEqual([
    expect.stringMatching(/^wrong\.ts.*"drafty".* is not assignable/),
    expect.stringMatching(/^wrong\.ts.*'"complete"' have no overlap/),
    expect.stringMatching(/^wrong\.ts.*Property 'titel' does not exist/),
  ])
})

/** Types of browsers are not known here. */
const uploadInPage = (url: string, bytes: number) => `(async () => {
  const { createBacklot } = await import('/backlot.js')
  const backlot = createBacklot({ url: '${url}' })
  await backlot.signUp({ email: 'grace@example.com', password: 'correct horse 42' })
  const told = []
  const content = new Blob(['It is a long text.\\n'.repeat(${bytes} / 19)], { type: 'text/plain' })
  const onProgress = (sent, total) => told.push([sent, total])
  const { file, jobId } = await backlot.upload(content, { kind: 'document', name: 'long.txt', onProgress })
  const statuses = []
  for await (const { data } of backlot.realtime().follow('jobs/' + jobId)) {
    if (data.status !== undefined) statuses.push(data.status)
    if (data.status === 'completed') break
  }
  const arrived = await (await backlot.files.content(file.id)).text()
  return { told, statuses, isWhole: arrived === await content.text(), state: (await backlot.files.get(file.id)).status }
})()`

test.skipIf(!hasChromium)(
  'Chromium uploads by it, tells how far it is, and follows the job',
  { timeout },
  async () => {
    await using closing = new AsyncDisposableStack()
    const proxy = closing.adopt(await TcpProxy.start(backlot.url), (each) => each.close())
    const bytes = 19 * 1_200_000
    proxy.throttle(bytes / 2)
    const chromium = closing.adopt(await openChromium(), (each) => each.close())
    const tab = await chromium.newPage()
    await tab.goto(page.origin)
    const { told, ...outcome } = await tab.evaluate<{ told: [number, number][] }>(
      uploadInPage(proxy.url, bytes),
    )
    expect(outcome).toEqual({
      statuses: ['pending', 'in-progress', 'completed'],
      isWhole: true,
      state: 'ready',
    })
    const sent = told.map(([each]) => each)
    expect(sent.length).toBeGreaterThan(3)
    expect(sent).toEqual(sent.toSorted((a, b) => a - b))
    expect(told.at(-1)).toEqual([bytes, bytes])
    expect(told[0]?.[0]).toBeLessThan(bytes / 2)
  },
)
