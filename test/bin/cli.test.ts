import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Backlot, createBacklot } from '../../client/src/backlot.ts'
import { projectDir } from '../../src/app/project-dir.ts'
import { codeOf } from '../harness/second-factor.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'
import { startTestApp, type TestApp } from '../harness/test-app.ts'

/** What the launcher runs, and what people run. */
const mainScript = path.join(projectDir, 'src/main.ts')
const launcher = path.join(projectDir, 'bin/backlot.mjs')
const ada = { email: 'ada@example.com', password: 'correct horse 42' }
const timeout = 60_000

let app: TestApp
let directory: string
let backlot: Backlot

/** Starts `npx backlot ...` in a folder of its own, with `input` at its standard input. */
const start = (args: string[], { input = '', home = 'config', script = mainScript } = {}) => {
  const env = { PATH: process.env.PATH, HOME: directory, XDG_CONFIG_HOME: path.join(directory, home) }
  const child = spawn(process.execPath, [script, ...args], { env, cwd: directory })
  child.stdin.end(input)
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const output = Promise.all([text(child.stdout), text(child.stderr)])
  return { child, ended: async () => ({ code: await ended, out: (await output)[0], err: (await output)[1] }) }
}
const cli = (args: string[], options: Parameters<typeof start>[1] = {}) => start(args, options).ended()
const credentials = (home = 'config') => path.join(directory, home, 'backlot/credentials.json')

beforeAll(async () => {
  app = await startTestApp({ worker: true })
  directory = makeTemporaryDirectory()
  backlot = createBacklot({ url: app.url })
  await backlot.signUp(ada)
}, timeout)
afterAll(async () => {
  await app.close()
  removeTemporaryDirectory(directory)
})

test('without a sign-in a command says how to sign in; with a wrong password there is none', {
  timeout,
}, async () => {
  const [nobody, refused] = await Promise.all([
    cli(['jobs', 'list']),
    cli(['login', '--url', app.url], { input: `${ada.email}\nwrong horse 42\n` }),
  ])
  expect(nobody).toEqual({ code: 77, out: '', err: 'backlot: nobody is signed in. Run: npx backlot login\n' })
  expect(refused).toMatchObject({ code: 77, out: '', err: expect.stringContaining('INVALID_CREDENTIALS') })
  expect(refused.err).not.toContain('wrong horse')
  expect(fs.existsSync(credentials())).toBe(false)
})

describe('signed in', () => {
  beforeAll(async () => {
    const { code, out } = await cli(['login', '--url', app.url], { input: `${ada.email}\n${ada.password}\n` })
    expect({ code, out }).toEqual({ code: 0, out: `Signed in to ${app.url} as ${ada.email}.\n` })
  }, timeout)

  test('only their owner can read the credentials, and the password is not among them', () => {
    expect(fs.statSync(credentials()).mode & 0o777).toBe(0o600)
    expect(fs.statSync(path.dirname(credentials())).mode & 0o777).toBe(0o700)
    expect(fs.readFileSync(credentials(), 'utf8')).not.toContain(ada.password)
  })

  test('a picture is made, shown on its way, and saved', { timeout }, async () => {
    const photo = path.join(projectDir, 'test/fixtures/flowers.jpg')
    const wish = ['a meadow', '--style', 'noir', '--input', photo, '--output', 'meadow.jpg']
    const { code, out, err } = await cli(['generate', ...wish])
    expect({ code, out }).toEqual({ code: 0, out: 'meadow.jpg\n' })
    expect(err).toMatch(/^backlot: +\d+ % in-progress/m)
    expect(err).toMatch(/^backlot: 100 % completed$/m)
    expect(err).not.toContain('\r')
    const saved = path.join(directory, 'meadow.jpg')
    expect(await sharp(saved).metadata()).toMatchObject({ format: 'jpeg' })
    expect(fs.readdirSync(directory).filter((name) => name.endsWith('.part'))).toEqual([])
    const refused = await cli(['generate', 'a meadow', '--size', '9x9'])
    expect(refused).toMatchObject({
      code: 1,
      err: expect.stringMatching(/VALIDATION_FAILED[\s\S]*\n.* {2}size/),
    })
  })

  test('a resource and a dataset are exported, and events are lines of JSON', { timeout }, async () => {
    const fields = [{ name: 'id', type: 'sequence' }]
    const { datasetId } = await backlot.datasets.create({ seed: '1', count: 3, fields }, { waitSeconds: 30 })
    const [jobs, rows] = await Promise.all([
      cli(['export', 'jobs', '--format', 'ndjson', '--json']),
      cli(['export', datasetId, '--output', '-']),
    ])
    expect(rows).toMatchObject({ code: 0, out: expect.stringMatching(/^id\r?\n1\r?\n2\r?\n3\r?\n$/) })
    const events = jobs.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events.at(-1)).toMatchObject({ seq: events.length, status: 'completed' })
    expect(fs.readFileSync(path.join(directory, 'jobs.ndjson'), 'utf8')).toContain('dataset.generate-small')
  })

  test('jobs are listed and watched; the exit code says whether one completed', { timeout }, async () => {
    const fields = [{ name: 'id', type: 'sequence' }]
    const { jobId } = await backlot.datasets.create({ seed: '1', count: 5_000_000, fields })
    const list = await cli(['jobs', 'list', '--limit', '1'])
    expect(list).toMatchObject({ code: 0, out: expect.stringMatching(new RegExp(`^${jobId}  .+\n$`)) })
    const watching = start(['jobs', 'watch', jobId])
    watching.child.stderr.once('data', () => void cli(['jobs', 'cancel', jobId]))
    const { code, err } = await watching.ended()
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('(JOB_CANCELLED)') })
  })

  test('Ctrl-C leaves a watched job running, and cancels one of its own', { timeout }, async () => {
    const fields = [{ name: 'id', type: 'sequence' }]
    const { jobId } = await backlot.datasets.create({ seed: '2', count: 5_000_000, fields })
    const watching = start(['jobs', 'watch', jobId], { script: launcher })
    watching.child.stderr.once('data', () => watching.child.kill('SIGINT'))
    expect(await watching.ended()).toMatchObject({ code: 130, err: expect.stringContaining('goes on') })
    expect((await backlot.jobs.get(jobId)).status).toMatch(/pending|in-progress/)
    await backlot.jobs.cancel(jobId)
    const generating = start(['generate', 'a meadow', '--size', '2048x2048'])
    generating.child.stderr.once('data', () => generating.child.kill('SIGTERM'))
    expect(await generating.ended()).toMatchObject({
      code: 143,
      out: '',
      err: expect.stringContaining('cancel'),
    })
    const [newest] = (await backlot.jobs.list({ limit: 1 })).data
    expect(newest).toMatchObject({ cancelRequested: true })
  })

  test('who signs out is nobody any more, here and at the server', { timeout }, async () => {
    const { session } = JSON.parse(fs.readFileSync(credentials(), 'utf8'))
    expect(await cli(['logout'])).toEqual({ code: 0, out: `Signed out of ${app.url}.\n`, err: '' })
    expect(fs.existsSync(credentials())).toBe(false)
    const late = createBacklot({ url: app.url, store: { load: () => session, save: () => undefined } })
    await expect(late.auth.me()).rejects.toMatchObject({ status: 401 })
  })
})

test('an API key signs in too, and a second factor is asked for', { timeout }, async () => {
  const wish = { name: 'command line', scopes: ['users:read' as const], expiresAt: null }
  const { apiKey } = await backlot.apiKeys.create(wish)
  const { secret } = await backlot.auth.createTotp()
  await backlot.auth.totpConfirm({ code: codeOf(secret, 0) })
  const login = ['login', '--url', app.url]
  const [byKey, byCode] = await Promise.all([
    cli([...login, '--api-key'], { input: `${apiKey}\n`, home: 'key' }),
    cli(login, { input: `${ada.email}\n${ada.password}\n${codeOf(secret, 1)}\n`, home: 'code' }),
  ])
  for (const { code, out } of [byKey, byCode]) {
    expect({ code, out }).toEqual({ code: 0, out: `Signed in to ${app.url} as ${ada.email}.\n` })
  }
  expect(await cli(['jobs', 'list'], { home: 'key' })).toMatchObject({
    code: 77,
    err: expect.stringContaining('INSUFFICIENT_SCOPE'),
  })
})

test('wrong words, a server that is away, and help', { timeout }, async () => {
  fs.mkdirSync(path.dirname(credentials('away')), { recursive: true })
  fs.writeFileSync(credentials('away'), JSON.stringify({ url: 'http://127.0.0.1:1', apiKey: 'bk_x' }))
  const [usage, away, ...helps] = await Promise.all([
    cli(['generate']),
    cli(['jobs', 'list'], { home: 'away' }),
    ...['login', 'generate', 'jobs'].map((command) => cli([command, '--help'])),
  ])
  expect(usage).toMatchObject({
    code: 64,
    err: expect.stringMatching(/^backlot: give a prompt\n\nUsage: npx backlot generate/),
  })
  expect(away).toEqual({
    code: 69,
    out: '',
    err: 'backlot: 127.0.0.1:1 cannot be reached, or broke off. Is Backlot running there? npx backlot login --url sets the address.\n',
  })
  for (const { code, out } of helps)
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('Usage: npx backlot') })
})
