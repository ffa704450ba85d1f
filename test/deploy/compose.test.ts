import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { projectDir } from '../../src/app/project-dir.ts'
import { variables } from '../../src/platform/config/variables.ts'
import { runProgram } from '../harness/program.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'

type Service = {
  image?: string
  command?: string[]
  environment?: Record<string, string>
  secrets?: string[]
  networks?: string[] | Record<string, unknown>
  volumes?: string[]
  depends_on?: Record<string, unknown>
  healthcheck?: object
  logging?: { options: Record<string, string> }
  deploy?: { resources: { limits: { memory: string } } }
}
type Compose = {
  services: Record<string, Service>
  networks?: object
  volumes?: object
  secrets?: Record<string, { file: string }>
}

const at = (name: string) => path.join(projectDir, 'deploy/compose', name)
const read = (name: string): Compose => parse(fs.readFileSync(at(name), 'utf8'), { merge: true })
const base = read('compose.yaml')
const inS3 = read('compose.s3.yaml')
const services = Object.entries({ ...inS3.services, ...base.services })
const roles = ['migrate', 'api', 'worker', 'live']
const ofBacklot = (name: string) => roles.includes(name.replace(/\d$/, ''))

test('no service may do more than it needs, nor fill the machine', () => {
  for (const [name, service] of services) {
    expect(service, name).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      pids_limit: 512,
      logging: { driver: 'json-file', options: { 'max-size': '10m' } },
      deploy: { resources: { limits: { memory: expect.stringMatching(/^\d+[MG]$/) } } },
    })
  }
})

test('everything that is named is there', () => {
  const networks = Object.keys(base.networks ?? {})
  const volumes = Object.keys({ ...base.volumes, ...inS3.volumes })
  const secrets = Object.keys({ ...base.secrets, ...inS3.secrets })
  for (const [name, { networks: used = [], ...service }] of services) {
    const usedNetworks = Array.isArray(used) ? used : Object.keys(used)
    expect(networks, name).toEqual(expect.arrayContaining(usedNetworks))
    expect(secrets, name).toEqual(expect.arrayContaining(service.secrets ?? []))
    expect(services.map(([other]) => other)).toEqual(
      expect.arrayContaining(Object.keys(service.depends_on ?? {})),
    )
    for (const volume of service.volumes ?? []) {
      const [source = ''] = volume.split(':')
      if (source.startsWith('.')) continue
      expect(volumes, `${name} mounts ${volume}`).toContain(source)
    }
  }
  expect(fs.existsSync(at('../proxy/haproxy.cfg'))).toBe(true)
})

test('Backlot gets variables that it reads, and each secret as a file that is mounted', () => {
  const known = [...Object.keys(variables.shape), ...fromS3, 'REDIS_URL']
  for (const [name, { environment = {}, secrets = [] }] of services.filter(([each]) => ofBacklot(each))) {
    const all = { ...environment, ...inS3.services[name]?.environment }
    const mounted = [...secrets, ...(inS3.services[name]?.secrets ?? [])]
    for (const [variable, value] of Object.entries(all)) {
      expect(known, name).toContain(variable.replace(/_FILE$/, ''))
      const secret = /^\/run\/secrets\/(.+)$/.exec(value)?.[1]
      if (variable.endsWith('_FILE')) expect(mounted, `${name}: ${variable}`).toContain(secret)
    }
  }
})

/** Not read by every version of Backlot that this file starts. */
const fromS3 = ['S3_ENDPOINT', 'S3_REGION', 'S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY']

test('only roles that there are run, on a database that is up to date', () => {
  for (const [name, { command, depends_on }] of services.filter(([each]) => ofBacklot(each))) {
    if (base.services[name] === undefined) continue
    expect(command).toEqual([name.replace(/\d$/, '')])
    if (name !== 'migrate') {
      expect(depends_on).toMatchObject({ migrate: { condition: 'service_completed_successfully' } })
    }
  }
})

test('the proxy gets every variable of its configuration', () => {
  const config = fs.readFileSync(at('../proxy/haproxy.cfg'), 'utf8')
  const asked = new Set([...config.matchAll(/"\$\{(\w+)\}"/g)].map(([, name]) => name))
  expect([...asked].toSorted()).toEqual(Object.keys(base.services.proxy?.environment ?? {}).toSorted())
})

test('the script makes every secret once, in a directory that is closed', async () => {
  const directory = makeTemporaryDirectory()
  const script = path.join(directory, 'make-secrets.sh')
  fs.copyFileSync(at('make-secrets.sh'), script)
  const secrets = Object.values({ ...base.secrets, ...inS3.secrets }).map(({ file }) =>
    path.join(directory, file),
  )
  const contents = () => secrets.map((file) => fs.readFileSync(file, 'utf8'))
  await runProgram('sh', [script])
  const made = contents()
  expect(new Set(made).size).toBe(secrets.length)
  for (const secret of made) expect(secret).toMatch(/^(redis:\/\/:[0-9a-f]{64}@redis:6379|[0-9a-f]{64})$/)
  expect(fs.statSync(path.join(directory, 'secrets')).mode & 0o777).toBe(0o700)
  await runProgram('sh', [script])
  expect(contents()).toEqual(made)
  removeTemporaryDirectory(directory)
})
