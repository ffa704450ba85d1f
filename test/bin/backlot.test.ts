import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { spawnNode } from '../harness/spawned-process.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'

const projectDir = path.resolve(import.meta.dirname, '../..')
let dataDir: string

beforeEach(() => {
  dataDir = makeTemporaryDirectory()
})

afterEach(() => removeTemporaryDirectory(dataDir))

const backlot = async (args: string[], env: NodeJS.ProcessEnv = {}) => {
  const launcher = spawnNode([path.join(projectDir, 'bin/backlot.mjs'), ...args], {
    BACKLOT_DATA_DIR: dataDir,
    ...env,
  })
  const { code } = await launcher.exit
  return { code, output: launcher.output() }
}

test('--version prints the version, --help every command', async () => {
  const { version } = JSON.parse(fs.readFileSync(path.join(projectDir, 'package.json'), 'utf8'))
  expect(await backlot(['--version'])).toEqual({ code: 0, output: `${version}\n` })
  const { code, output } = await backlot(['--help'])
  expect(code).toBe(0)
  for (const command of [
    'all',
    'api | worker',
    'migrate',
    'admin create',
    'admin remove-second-factor',
    'backup',
    'restore',
    'with-database',
  ]) {
    expect(output).toContain(`\n  ${command}`)
  }
})

test('an unknown command is one line', async () => {
  expect(await backlot(['serve'])).toEqual({
    code: 64,
    output: 'backlot: there is no role or command "serve". See npx backlot --help.\n',
  })
})

test('a role alone needs a database, and one that answers', async () => {
  expect(await backlot(['api'])).toEqual({
    code: 78,
    output: 'backlot: DATABASE_URL: must be set for this role, or `backlot all` must run on this machine\n',
  })
  expect(await backlot(['worker'], { DATABASE_URL: 'postgres://user:hunter2@127.0.0.1:1/things' })).toEqual({
    code: 78,
    output:
      'backlot: The database at 127.0.0.1:1 (things) cannot be used: nothing listens there. ' +
      'Check DATABASE_URL, or DB_HOST and DB_PORT.\n',
  })
})

test('a command brings its own database when none runs, and stops it', async () => {
  const script = path.join(dataDir, 'script.mjs')
  fs.writeFileSync(script, `console.log(new URL(process.env.DATABASE_URL).pathname); process.exitCode = 3`)
  const { code, output } = await backlot(['with-database', script])
  expect({ code, output }).toEqual({ code: 3, output: '/backlot\n' })
  expect(fs.existsSync(path.join(dataDir, 'postgres/cluster/PG_VERSION'))).toBe(true)
  expect(fs.existsSync(path.join(dataDir, 'postgres/cluster/postmaster.pid'))).toBe(false)
})
