import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findBackupState } from '../../src/platform/backup/backup-state.ts'
import {
  runningEmbeddedUrl,
  startEmbeddedPostgres,
} from '../../src/platform/database/embedded/embedded-postgres.ts'
import { type SpawnedProcess, spawnNode } from '../harness/spawned-process.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'

const script = path.join(import.meta.dirname, 'supervise-fake-roles.ts')
let dataDir: string
let started: SpawnedProcess[]

beforeEach(() => {
  dataDir = makeTemporaryDirectory()
  started = []
})

afterEach(async () => {
  for (const { child, exit } of started) {
    child.kill('SIGKILL')
    await exit
  }
  removeTemporaryDirectory(dataDir)
})

const start = (env: NodeJS.ProcessEnv = {}): SpawnedProcess => {
  const backlot = spawnNode([script], { BACKLOT_DATA_DIR: dataDir, PORT: '0', ...env })
  started.push(backlot)
  return backlot
}

const untilReady = async (backlot: SpawnedProcess): Promise<string> => {
  const [, address = ''] = await backlot.until(/curl (http:\S+)\//)
  return address
}

const pidOf = async (address: string, route = '/') => Number(await (await fetch(address + route)).text())

const query = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

const storedAfterwards = async (sql: string): Promise<unknown[]> => {
  const postgres = await startEmbeddedPostgres({ dataDir, log: () => undefined })
  try {
    return await query(postgres.url, sql)
  } finally {
    await postgres.stop()
  }
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('SIGTERM lets running requests finish, and the database stops after the roles', async () => {
  const backlot = start({ BACKUP_EVERY_HOURS: '24' })
  const address = await untilReady(backlot)
  expect(backlot.output()).toContain('http://localhost/first-admin')
  await expect.poll(() => findBackupState(dataDir)).toMatchObject({ everyMs: 86_400_000, newestAt: null })
  const slow = pidOf(address, '/slow')
  await backlot.until(/begun \/slow/)
  backlot.child.kill('SIGTERM')
  expect(await slow).toBeGreaterThan(0)
  expect(await backlot.exit).toEqual({ code: 0, signal: null })
  expect(runningEmbeddedUrl(dataDir)).toBeUndefined()
  expect(await storedAfterwards('SELECT role FROM ended ORDER BY role')).toEqual(['api', 'worker'])
})

test('a role that is killed is started again', async () => {
  const backlot = start()
  const address = await untilReady(backlot)
  await restartedPort(backlot, address, await pidOf(address), 'SIGKILL')
})

const restartedPort = async (
  backlot: SpawnedProcess,
  address: string,
  pid: number,
  signal: NodeJS.Signals,
) => {
  process.kill(pid, signal)
  await backlot.until(/api ended unexpectedly \(SIGKILL\); again in 250 ms/)
  const [, restarted = ''] = await backlot.until(/"address":"(http:[^"]+)"/)
  expect(restarted).not.toBe(address)
  expect(await pidOf(restarted)).not.toBe(pid)
}

test('an error that nobody caught is logged, ends its process and only that', async () => {
  const backlot = start()
  const address = await untilReady(backlot)
  await fetch(`${address}/uncaught`).catch(() => undefined)
  await backlot.until(/"message":"nobody caught this".*"msg":"uncaught error"/)
  await backlot.until(/api ended unexpectedly \(exit code 1\)/)
  await backlot.until(/"address":/)
})

test('a second signal stops everything at once', async () => {
  const backlot = start({ FAKE_FAULT: 'worker-never-stops' })
  const address = await untilReady(backlot)
  const api = await pidOf(address)
  backlot.child.kill('SIGTERM')
  await backlot.until(/"name":"worker".*"msg":"stopping"/)
  await expect.poll(() => isAlive(api), { timeout: 5_000 }).toBe(false)
  backlot.child.kill('SIGINT')
  expect(await backlot.exit).toEqual({ code: 130, signal: null })
  expect(runningEmbeddedUrl(dataDir)).toBeUndefined()
})

test('a role that does not end in time is cut off', async () => {
  const backlot = start({ FAKE_FAULT: 'worker-never-stops', SHUTDOWN_TIMEOUT_SECONDS: '1' })
  await untilReady(backlot)
  backlot.child.kill('SIGTERM')
  await backlot.until(/stopping took too long/)
  expect(await backlot.exit).toEqual({ code: 0, signal: null })
  expect(await storedAfterwards('SELECT role FROM ended')).toEqual(['api'])
})

test('after kill -9 of the supervisor the roles end, and the next start uses the running database further', async () => {
  const first = start()
  const address = await untilReady(first)
  const api = await pidOf(address)
  const url = runningEmbeddedUrl(dataDir) ?? ''
  await query(url, 'CREATE TABLE kept AS SELECT 42 AS n')
  first.child.kill('SIGKILL')
  await expect.poll(() => isAlive(api), { timeout: 5_000 }).toBe(false)
  expect(runningEmbeddedUrl(dataDir)).toBe(url)

  const second = start()
  await second.until(/PostgreSQL was still running/)
  await untilReady(second)
  expect(await query(url, 'SELECT n FROM kept')).toEqual([42])
  second.child.kill('SIGTERM')
  expect(await second.exit).toEqual({ code: 0, signal: null })
  expect(runningEmbeddedUrl(dataDir)).toBeUndefined()
})

test('after kill -9 of everything at once the next start has what was committed', async () => {
  const first = start()
  const api = await pidOf(await untilReady(first))
  await query(runningEmbeddedUrl(dataDir) ?? '', 'CREATE TABLE kept AS SELECT 42 AS n')
  const [, server = ''] =
    /^(\d+)/.exec(fs.readFileSync(path.join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8')) ?? []
  for (const pid of [Number(first.child.pid), Number(server), api]) process.kill(pid, 'SIGKILL')
  const second = start()
  await untilReady(second)
  expect(await query(runningEmbeddedUrl(dataDir) ?? '', 'SELECT n FROM kept')).toEqual([42])
})

test('a second Backlot on the same data directory is refused', async () => {
  const first = start()
  const address = await untilReady(first)
  const second = start()
  expect(await second.exit).toEqual({ code: 78, signal: null })
  expect(second.output()).toBe(
    `backlot: Another Backlot (process ${first.child.pid}) uses the data directory ${dataDir}. ` +
      'Stop it first, or set BACKLOT_DATA_DIR and PORT for a second one.\n',
  )
  expect(await pidOf(address)).toBeGreaterThan(0)
})

test('a taken port is one line', async () => {
  const taken = net.createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as net.AddressInfo
  const backlot = start({ PORT: String(port) })
  expect(await backlot.exit).toEqual({ code: 78, signal: null })
  const lines = backlot
    .output()
    .split('\n')
    .filter((line) => line.startsWith('backlot: '))
  expect(lines).toEqual([
    `backlot: PORT: ${port} is taken by another program. Stop that one, or set PORT to a free port.`,
  ])
  expect(backlot.output()).not.toContain('    at ')
  expect(runningEmbeddedUrl(dataDir)).toBeUndefined()
  taken.close()
})

test('a database that cannot be reached is one line without its password', async () => {
  const backlot = start({ DATABASE_URL: 'postgres://user:hunter2@127.0.0.1:1/things' })
  expect(await backlot.exit).toEqual({ code: 78, signal: null })
  expect(backlot.output()).toMatch(
    /^backlot: The database at 127\.0\.0\.1:1 \(things\) cannot be used: .*\n$/,
  )
  expect(backlot.output()).not.toContain('hunter2')
})

test('a wrong variable is one line', async () => {
  const backlot = start({ PORT: 'four thousand', SECRET_KEY: 'too short' })
  expect(await backlot.exit).toEqual({ code: 78, signal: null })
  expect(backlot.output()).toBe(
    'backlot: PORT: must be a whole number from 0 to 65535 (it is "four thousand")\n' +
      'backlot: SECRET_KEY: must have at least 32 characters\n',
  )
})

test('a role that cannot start ends the whole after five attempts', async () => {
  const backlot = start({ FAKE_FAULT: 'api-never-starts' })
  expect(await backlot.exit).toEqual({ code: 1, signal: null })
  expect(backlot.output().match(/this role is broken/g)).toHaveLength(5)
  expect(backlot.output()).toContain('api could not be started in 5 attempts')
  expect(runningEmbeddedUrl(dataDir)).toBeUndefined()
})
