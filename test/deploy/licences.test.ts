import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { isAllowed, licenceFaults } from '../../deploy/licences.ts'
import { projectDir } from '../../src/app/project-dir.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'

const run = promisify(execFile)

test('everything that is run may be run', () => {
  expect(licenceFaults(path.join(projectDir, 'package-lock.json'))).toEqual([])
})

test('a package without a licence, or with one that is not allowed, is named; development packages are not', () => {
  const directory = makeTemporaryDirectory()
  const lockFile = path.join(directory, 'package-lock.json')
  const packages = {
    '': { version: '1.0.0', license: 'UNLICENSED' },
    'node_modules/free': { version: '1.0.0', license: 'MIT' },
    'node_modules/free/node_modules/@scope/silent': { version: '2.0.0' },
    'node_modules/copyleft': { version: '3.0.0', license: 'AGPL-3.0-only', optional: true },
    'node_modules/tool': { version: '4.0.0', license: 'GPL-3.0-only', dev: true },
  }
  fs.writeFileSync(lockFile, JSON.stringify({ packages }))
  expect(licenceFaults(lockFile)).toEqual([
    '@scope/silent@2.0.0: no licence',
    'copyleft@3.0.0: AGPL-3.0-only',
  ])
  removeTemporaryDirectory(directory)
})

test.for([
  ['MIT', true],
  ['MIT OR GPL-2.0-only', true],
  ['GPL-2.0-only OR MIT AND ISC', true],
  ['(MIT OR GPL-2.0-only) AND ISC', true],
  ['MIT AND GPL-2.0-only', false],
  ['(GPL-2.0-only OR MIT) AND GPL-3.0-only', false],
  ['SEE LICENSE IN LICENSE.md', false],
  ['GPL-2.0-only WITH Classpath-exception-2.0', false],
  ['', false],
] as const)('%s: %s', ([expression, isFree]) => {
  expect(isAllowed(expression)).toBe(isFree)
})

test('the bill of materials lists every production package with its licence and its hash', async () => {
  const options = { cwd: projectDir, maxBuffer: 16 * 1_024 * 1_024 }
  const { stdout } = await run('npm', ['run', '--silent', 'sbom'], options)
  const bill = JSON.parse(stdout)
  expect(bill).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { version: '0.1.0' } } })
  const names = bill.components.map(({ name }: { name: string }) => name)
  expect(names).toEqual(expect.arrayContaining(['fastify', 'pg', 'bullmq', 'zod']))
  expect(names).not.toContain('vitest')
  const { packages } = JSON.parse(fs.readFileSync(path.join(projectDir, 'package-lock.json'), 'utf8'))
  for (const [place, { dev, optional, link }] of Object.entries<Record<string, boolean>>(packages)) {
    const [, name] = /.*node_modules\/(.*)/.exec(place) ?? []
    if (name !== undefined && !dev && !optional && !link) expect(names).toContain(name)
  }
  for (const { name, licenses, hashes } of bill.components) {
    expect({ name, hasLicence: licenses?.length > 0, hasHash: hashes?.length > 0 }).toEqual({
      name,
      hasLicence: true,
      hasHash: true,
    })
  }
})
