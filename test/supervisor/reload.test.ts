import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type SpawnedProcess, spawnNode } from '../harness/spawned-process.ts'
import { startSteadyClients } from '../harness/steady-clients.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'

let dataDir: string
let backlot: SpawnedProcess
let address: string

beforeEach(async () => {
  dataDir = makeTemporaryDirectory()
  const script = path.join(import.meta.dirname, 'supervise-fake-roles.ts')
  backlot = spawnNode([script], { BACKLOT_DATA_DIR: dataDir, PORT: '0' })
  address = (await backlot.until(/curl (http:\S+)\//))[1] ?? ''
})

afterEach(async () => {
  backlot.child.kill('SIGTERM')
  expect(await backlot.exit).toEqual({ code: 0, signal: null })
  removeTemporaryDirectory(dataDir)
})

const pidOf = async () => Number(await (await fetch(address)).text())

test('SIGHUP exchanges a single api process too, at the same address and without a failed request', async () => {
  const before = await pidOf()
  const clients = startSteadyClients(address, 8)
  await expect.poll(() => clients.answers.fine).toBeGreaterThan(20)
  backlot.child.kill('SIGHUP')
  await backlot.until(/backlot: api reloaded/)
  expect((await clients.stop()).failed).toEqual([])
  const after = await pidOf()
  expect(after).toBeGreaterThan(0)
  expect(after).not.toBe(before)
  expect(() => process.kill(before, 0)).toThrow('ESRCH')
})

test('when no new process can be started the old one goes on, until it can', async () => {
  const before = await pidOf()
  fs.writeFileSync(path.join(dataDir, 'broken'), '')
  backlot.child.kill('SIGHUP')
  await backlot.until(/backlot: api is not reloaded: the processes that run go on/)
  expect(await pidOf()).toBe(before)
  fs.rmSync(path.join(dataDir, 'broken'))
  backlot.child.kill('SIGHUP')
  await backlot.until(/backlot: api reloaded/)
  expect(await pidOf()).not.toBe(before)
})
