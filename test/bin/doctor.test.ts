import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Finding } from '../../src/app/doctor/finding.ts'
import { secretInDataDir } from '../../src/platform/config/secret-files.ts'
import { runBacklot } from '../harness/backlot-command.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'
import { createTestDatabase, onServer } from '../harness/test-database.ts'

let dataDir: string
let secretFile: string

beforeAll(() => {
  dataDir = makeTemporaryDirectory()
  secretInDataDir(dataDir, 'secret-key')
  secretFile = path.join(dataDir, 'secrets/secret-key')
})
afterAll(() => removeTemporaryDirectory(dataDir))

const doctor = async (env: NodeJS.ProcessEnv) => {
  const { code, output } = await runBacklot(['doctor', '--json'], { BACKLOT_DATA_DIR: dataDir, ...env })
  const findings = JSON.parse(output) as Finding[]
  return {
    code,
    output,
    of: (level: string) => findings.filter((each) => each.level === level).map((each) => each.check),
  }
}

test('an installation in order fails nowhere, and nothing is left of what was tried', async () => {
  const database = await createTestDatabase()
  const env = { DATABASE_URL: database.url, NODE_ENV: 'test', PORT: '0', RTMP_PORT: '0' }
  const { code, of } = await doctor(env)
  expect({ code, failed: of('fail') }).toEqual({ code: 0, failed: [] })
  expect(of('ok')).toEqual(
    expect.arrayContaining(['database', 'migrations', 'connections', 'clock', 'storage', 'secrets', 'ports']),
  )
  const left = fs
    .globSync('files/**', { cwd: dataDir, withFileTypes: true })
    .filter((entry) => entry.isFile())
  expect(left).toEqual([])
  await onServer(database.url, 'delete from drizzle.__drizzle_migrations where id > 1')
  expect((await doctor(env)).of('fail')).toEqual(['migrations'])
  await database.drop()
})

test('everything that is broken is named with what to do, and no secret is', async () => {
  fs.chmodSync(secretFile, 0o644)
  const { code, output, of } = await doctor({
    DATABASE_URL: 'postgres://user:hunter2@127.0.0.1:1/things',
    DATABASE_REPLICA_URLS: 'postgres://user:hunter2@127.0.0.1:1/things',
    REDIS_URL: 'redis://:hunter2@127.0.0.1:1',
    SMTP_URL: 'smtp://user:hunter2@127.0.0.1:1',
    MAIL_FROM: 'a@example.com',
    PORT: '0',
  })
  expect(code).toBe(1)
  expect(of('fail').sort()).toEqual(['database', 'mail', 'redis', 'replica 1', 'secrets'])
  expect(output).toContain(`chmod go= ${secretFile}`)
  expect(output).not.toContain('hunter2')
})

test('a wrong variable is told', async () => {
  const { code, of } = await doctor({ PORT: '99999' })
  expect({ code, failed: of('fail') }).toEqual({ code: 1, failed: ['configuration'] })
})
