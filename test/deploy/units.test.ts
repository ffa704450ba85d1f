import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { projectDir } from '../../src/app/project-dir.ts'
import { variables } from '../../src/platform/config/variables.ts'
import { provideProgram } from '../harness/provide-program.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'

const systemdIsHere = await provideProgram('systemd-analyze', 'systemd')
const shipped = (name: string) => fs.readFileSync(path.join(projectDir, 'deploy', name), 'utf8')
const units = ['backlot.service', 'backlot@.service', 'backlot-migrate.service']

let directory: string
beforeAll(() => {
  directory = makeTemporaryDirectory()
  for (const unit of units) {
    // Programs of a unit have to be there, and Node may be elsewhere.
    const text = shipped(`systemd/${unit}`).replace('/usr/bin/node', process.execPath)
    fs.writeFileSync(path.join(directory, unit.replace('@.', '@api.')), text)
  }
})
afterAll(() => removeTemporaryDirectory(directory))

test.runIf(systemdIsHere)('systemd understands every line of the units', () => {
  const files = fs.readdirSync(directory).map((name) => path.join(directory, name))
  expect(files).toHaveLength(units.length)
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', ...files], { encoding: 'utf8' })
  expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' })
})

test('a unit that is stopped gets longer than Backlot takes', () => {
  const defaultTimeout = variables.parse({}).SHUTDOWN_TIMEOUT_SECONDS
  for (const [unit, alsoStops] of [
    ['backlot.service', 20],
    ['backlot@.service', 0],
  ] as const) {
    const timeout = Number(/^TimeoutStopSec=(\d+)$/m.exec(shipped(`systemd/${unit}`))?.[1])
    expect(timeout, unit).toBeGreaterThan(defaultTimeout + alsoStops + 5)
  }
})

test.for(['api', 'worker', 'live', 'migrate'])('the task definition of %s', (role) => {
  const definition = JSON.parse(shipped(`ecs/${role}.json`))
  const [container] = definition.containerDefinitions
  expect(definition).toMatchObject({ family: `backlot-${role}`, networkMode: 'awsvpc' })
  expect(container).toMatchObject({
    name: role,
    command: [role],
    user: '1000:1000',
    readonlyRootFilesystem: true,
    linuxParameters: { capabilities: { drop: ['ALL'] } },
  })
  const volumes = definition.volumes.map(({ name }: { name: string }) => name)
  const mounted = container.mountPoints.map(({ sourceVolume }: { sourceVolume: string }) => sourceVolume)
  expect(mounted).toEqual(volumes)
  const given: { name: string; value?: string }[] = [...container.environment, ...container.secrets]
  for (const { name } of given) {
    expect(Object.hasOwn(variables.shape, name) || /^(REDIS_URL|S3_\w+)$/.test(name), name).toBe(true)
  }
  const shutdown = given.find(({ name }) => name === 'SHUTDOWN_TIMEOUT_SECONDS')?.value
  expect(container.stopTimeout).toBeGreaterThan(Number(shutdown) + 10)
  expect(container.stopTimeout).toBeLessThanOrEqual(mostOfFargate)
})

/** Seconds; more is refused for Fargate. */
const mostOfFargate = 120
