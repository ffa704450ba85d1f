import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  makeTemporaryDirectory,
  removeTemporaryDirectory,
} from '../../../../test/harness/temporary-directory.ts'
import { locateBinaries } from './binaries.ts'
import { explainFailure } from './cluster.ts'
import {
  type EmbeddedPostgres,
  isPassing,
  runningEmbeddedUrl,
  startEmbeddedPostgres,
} from './embedded-postgres.ts'
import { findHome } from './home.ts'
import { Postmaster } from './postmaster.ts'

let dataDir: string
let lines: string[]
let opened: EmbeddedPostgres[]

beforeEach(() => {
  dataDir = makeTemporaryDirectory()
  lines = []
  opened = []
})

afterEach(async () => {
  await Promise.all(opened.map((postgres) => postgres.stop({ immediate: true })))
  removeTemporaryDirectory(dataDir)
})

const start = async () => {
  const postgres = await startEmbeddedPostgres({ dataDir, log: (line) => lines.push(line) })
  opened.push(postgres)
  return postgres
}

const query = async (url: string, sql: string) => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end().catch(() => undefined)
  }
}

const home = () => findHome(dataDir) ?? expect.fail('there is no database')
const inCluster = (name: string) => path.join(home().cluster, name)
const portOf = (url: string) => Number(new URL(url).port)

test('rows, address and password stay over a restart', async () => {
  const first = await start()
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS n')
  expect(runningEmbeddedUrl(dataDir)).toBe(first.url)
  await first.stop()
  expect(runningEmbeddedUrl(dataDir)).toBeUndefined()
  const second = await start()
  expect(second.url).toBe(first.url)
  expect(await query(second.url, 'SELECT n FROM kept')).toEqual([42])
})

test('the application is no superuser, and nobody comes in without the password', async () => {
  const { url } = await start()
  expect(await query(url, 'SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user')).toEqual(
    [false, false],
  )
  for (const [user, password] of [
    ['backlot', 'wrong'],
    ['backlot', ''],
    ['postgres', ''],
    ['postgres', new URL(url).password],
  ]) {
    const stranger = new URL(url)
    Object.assign(stranger, { username: user, password })
    await expect(query(stranger.href, 'SELECT 1')).rejects.toThrow(/password|no pg_hba.conf entry/)
  }
})

test('it sorts by code point, folds all letters, waits for the disk and listens on the loopback only', async () => {
  const { url } = await start()
  expect(await query(url, `SELECT lower('ÄÉ') = 'äé', 'Z' < 'a', 'É' ~* 'é'`)).toEqual([true, true, true])
  await query(url, 'CREATE EXTENSION pg_trgm')
  expect(await query(url, `SELECT similarity('ÄÖÜ', 'äöü')`)).toEqual([1])
  const setting = async (name: string) => (await query(url, `SHOW ${name}`))[0]
  expect(await setting('listen_addresses')).toBe('127.0.0.1')
  expect(await setting('fsync')).toBe('on')
  expect(await setting('synchronous_commit')).toBe('on')
})

test('the password is in one file for its owner only, and in no argument or log', async () => {
  const { url, pid } = await start()
  const password = new URL(url).password
  const file = path.join(dataDir, 'secrets', 'postgres-password')
  expect(fs.readFileSync(file, 'utf8')).toBe(password)
  expect(fs.statSync(file).mode & 0o777).toBe(0o600)
  expect(fs.statSync(path.dirname(file)).mode & 0o777).toBe(0o700)
  expect(fs.statSync(home().directory).mode & 0o777).toBe(0o700)
  await query(url, `SELECT 'secret-of-a-user'::int`).catch(() => undefined)
  const logs = fs
    .readdirSync(home().logs)
    .map((name) => fs.readFileSync(path.join(home().logs, name), 'utf8'))
  const places = [
    ...logs,
    fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
    fs.readFileSync(`/proc/${pid}/environ`, 'utf8'),
  ]
  expect(places.join('\n')).not.toContain(password)
})

test('a server that is killed runs again at the same address with what was committed', async () => {
  const postgres = await start()
  await query(postgres.url, 'CREATE TABLE kept AS SELECT 42 AS n')
  const { pid } = postgres
  process.kill(pid, 'SIGKILL')
  await expect.poll(() => postgres.pid, { timeout: 10_000 }).not.toBe(pid)
  expect(await query(postgres.url, 'SELECT n FROM kept')).toEqual([42])
  expect(lines.join('\n')).toMatch(/ended unexpectedly; it is started again in 250 ms.*runs again/s)
})

test('it starts although its old process id belongs to another program', async () => {
  const postgres = await start()
  await query(postgres.url, 'CREATE TABLE kept AS SELECT 42 AS n')
  const stale = fs.readFileSync(inCluster('postmaster.pid'), 'utf8')
  await postgres.stop()
  fs.writeFileSync(inCluster('postmaster.pid'), stale.replace(/^\d+/, String(process.pid)))
  const { account } = home()
  if (account !== undefined) fs.chownSync(inCluster('postmaster.pid'), account.uid, account.gid)
  expect(await query((await start()).url, 'SELECT n FROM kept')).toEqual([42])
})

test('it takes another port when its own is taken', async () => {
  const first = await start()
  await first.stop()
  const taken = net.createServer().listen(portOf(first.url), '127.0.0.1')
  await once(taken, 'listening')
  const second = await start()
  expect(portOf(second.url)).not.toBe(portOf(first.url))
  expect(await query(second.url, 'SELECT 1')).toEqual([1])
  taken.close()
})

test('a port that was taken since it was found free is worth another attempt', async () => {
  await (await start()).stop()
  const taken = net.createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as net.AddressInfo
  const binaries = await locateBinaries(home().account, () => undefined)
  const { signal } = new AbortController()
  const fault = await Postmaster.start({ home: home(), binaries, port, log: () => undefined, signal }).catch(
    (error: unknown) => error,
  )
  expect(isPassing(fault)).toBe(true)
  taken.close()
})

test('of two starts at once one is refused, and the other works', async () => {
  const [one, other] = await Promise.allSettled([start(), start()])
  const refused = [one, other].filter((result) => result.status === 'rejected')
  expect(refused).toHaveLength(1)
  expect(String(refused[0]?.reason)).toMatch(`uses the data directory ${dataDir}`)
  expect(await query(opened[0]?.url ?? '', 'SELECT 1')).toEqual([1])
})

test('what an interrupted first start left is replaced', async () => {
  const { url } = await start()
  await opened[0]?.stop()
  fs.renameSync(home().cluster, `${home().cluster}.new`)
  fs.rmSync(path.join(dataDir, 'postgres', 'cluster.new', 'global'), {
    recursive: true,
    force: true,
  })
  const again = await start()
  expect(await query(again.url, 'SELECT current_user')).toEqual(['backlot'])
  expect(new URL(again.url).password).toBe(new URL(url).password)
})

test('the cluster of another major version is left alone', async () => {
  await (await start()).stop()
  fs.writeFileSync(inCluster('PG_VERSION'), '17\n')
  await expect(start()).rejects.toThrow(
    /was made by PostgreSQL 17, and this version of Backlot brings PostgreSQL 18/,
  )
})

test('a start that is given up leaves no server', async () => {
  await (await start()).stop()
  const signal = AbortSignal.abort(new Error('given up'))
  await expect(startEmbeddedPostgres({ dataDir, log: () => undefined, signal })).rejects.toThrow('given up')
  expect(runningEmbeddedUrl(dataDir)).toBeUndefined()
  expect(await query((await start()).url, 'SELECT 1')).toEqual([1])
})

test('a full disk is one line', () => {
  const output = 'creating...\ninitdb: error: could not write to file "x": No space left on device\n'
  expect(explainFailure('initdb', output)).toBe(
    'The disk is full: PostgreSQL cannot write. Free some space and start again.',
  )
})
