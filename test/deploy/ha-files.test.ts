import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { provideProgram } from '../harness/provide-program.ts'

const folder = path.join(import.meta.dirname, '../../deploy/ha')
const read = (name: string): string => fs.readFileSync(path.join(folder, name), 'utf8')

const environment = z.record(z.string(), z.union([z.string(), z.number()]))
const dependencies = z.record(z.string(), z.object({ condition: z.string() }))
const composeSchema = z.object({
  services: z.record(
    z.string(),
    z.object({
      environment: environment.default({}),
      depends_on: dependencies.default({}),
      networks: z.array(z.string()).optional(),
      volumes: z.array(z.string()).default([]),
      ports: z.array(z.string()).default([]),
    }),
  ),
  networks: z.record(z.string(), z.unknown()),
  volumes: z.record(z.string(), z.unknown()),
})
const patroniSchema = z.object({
  bootstrap: z.object({
    dcs: z.object({
      ttl: z.number(),
      loop_wait: z.number(),
      retry_timeout: z.number(),
      synchronous_mode: z.literal(true),
      failsafe_mode: z.literal(true),
      postgresql: z.object({
        use_pg_rewind: z.literal(true),
        use_slots: z.literal(true),
        parameters: z.looseObject({ max_connections: z.number() }),
      }),
    }),
    post_init: z.string(),
  }),
})
const compose = composeSchema.parse(parse(read('compose.yaml'), { merge: true }))
const patroni = patroniSchema.parse(parse(read('patroni.yml')))
const environmentOf = (service: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(compose.services[service]?.environment ?? {}).map(([name, value]) => [name, `${value}`]),
  )

/** What a program printed and how it ended. Of our own environment it gets nothing but PATH. */
const run = (program: string, args: string[], env: Record<string, string>) =>
  new Promise<{ code: number; output: string }>((resolve) => {
    const options = { env: { PATH: `${process.env.PATH}:/usr/sbin`, ...env }, timeout: 15_000 }
    const child = execFile(program, args, options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    )
  })

let arePrograms = false
beforeAll(async () => {
  arePrograms = await provideProgram(['haproxy', 'patroni'], ['haproxy', 'patroni'])
}, 300_000)

const loopback = {
  PRIMARY_BIND: '127.0.0.1:25000',
  REPLICAS_BIND: '127.0.0.1:25001',
  STATS_BIND: '127.0.0.1:27000',
  API_BIND: '127.0.0.1:24000',
  ...Object.fromEntries(['MEMBER_1', 'MEMBER_2', 'API_1', 'API_2'].map((name) => [name, '127.0.0.1:1'])),
  MEMBER_1_REST_PORT: '8008',
  MEMBER_2_REST_PORT: '8008',
}
const third = { MEMBER_3: '127.0.0.1:1', MEMBER_3_REST_PORT: '8008' }

test.for([
  ['two members', ['haproxy.cfg'], loopback],
  ['three members and the api', ['haproxy.cfg', 'haproxy-api.cfg'], { ...loopback, ...third }],
  [
    'the link of the demonstration',
    ['demo/link.cfg'],
    { LINK_BIND: '127.0.0.1:25002', LINK_TARGET: '127.0.0.1:1' },
  ],
] as const)('HAProxy takes its files, for %s', async ([, files, env], { skip }) => {
  if (!arePrograms) skip('haproxy is not here')
  const args = ['-c', '-dW', ...files.flatMap((file) => ['-f', path.join(folder, file)])]
  expect(await run('haproxy', args, env)).toEqual({ code: 0, output: expect.stringContaining('is valid') })
})

test('Patroni takes its file with the environment of a member', async ({ skip }) => {
  if (!arePrograms) skip('patroni is not here')
  const { output } = await run('patroni', ['--validate-config', path.join(folder, 'patroni.yml')], {
    ...environmentOf('patroni1'),
    PATRONI_ETCD3_HOSTS: '127.0.0.1:1',
    PATRONI_POSTGRESQL_DATA_DIR: path.join(folder, 'none'),
  })
  const faults = output
    .split('\n')
    .filter((line) => line !== '' && !withoutCluster.some((known) => known.test(line)))
  expect(faults).toEqual([])
  // It has looked at all of it: these are always there.
  expect(output).toMatch(/unix_socket_directories/)
})

/** What Patroni 3 says here of any file: no etcd answers, PostgreSQL is not installed, optional or valid settings. */
const withoutCluster = [
  /^etcd3\.hosts\.0 .* is not reachable/,
  /^bootstrap\.pg_hba {2}is not defined/,
  /^postgresql\.parameters\.unix_socket_directories /,
  /^postgresql\.bin_dir /,
]

test('Patroni keeps to the times that it asks for itself, and has room for all connections', () => {
  const { ttl, loop_wait, retry_timeout, postgresql } = patroni.bootstrap.dcs
  expect(loop_wait + 2 * retry_timeout).toBeLessThanOrEqual(ttl)
  // What a process opens at most, on the primary and on replicas, which may be the same server for a moment.
  const connections = { api1: 55, api2: 55, live: 55, worker: 100 }
  const most = Object.values(connections).reduce((sum, one) => sum + one)
  expect(postgresql.parameters.max_connections).toBeGreaterThanOrEqual(most + 20)
  expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(Object.keys(connections)))
})

test('what compose.yaml names is there', () => {
  const { services, networks, volumes } = compose
  for (const service of Object.values(services)) {
    expect(Object.keys(services)).toEqual(expect.arrayContaining(Object.keys(service.depends_on)))
    expect(Object.keys(networks)).toEqual(expect.arrayContaining(service.networks ?? []))
    expect(Object.keys(volumes)).toEqual(
      expect.arrayContaining(service.volumes.map((volume) => volume.split(':')[0])),
    )
  }
  const copied = [...read('cluster.Dockerfile').matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, files]) =>
    files?.split(' '),
  )
  const run = patroni.bootstrap.post_init.split('/').at(-1)
  expect(copied).toEqual(['patroni.yml', run, 'haproxy.cfg', 'haproxy-api.cfg'])
  expect(fs.readdirSync(folder)).toEqual(expect.arrayContaining(copied))
})

test('every name that haproxy.cfg takes from the environment is set', () => {
  const text = read('haproxy.cfg') + read('haproxy-api.cfg')
  const names = [...text.matchAll(/"\$\{(\w+)\}"/g)].map(([, name]) => name)
  expect(names.length).toBeGreaterThan(10)
  expect(Object.keys(environmentOf('haproxy'))).toEqual(expect.arrayContaining(names))
})

test('no secret has a default, and each must be set', () => {
  const example = parseEnv(read('.env.example'))
  const secrets = Object.keys(example).filter((name) => /PASSWORD|SECRET/.test(name))
  expect(secrets.length).toBe(6)
  for (const name of secrets) expect(example[name]).toBe('')
  const uses = [...read('compose.yaml').matchAll(/\$\{(\w+)(:[^}]*)?\}/g)]
  for (const [, name = '', rest] of uses) {
    expect(example).toHaveProperty(name)
    if (secrets.includes(name)) expect(rest).toBe(':?set it in .env')
  }
  expect(uses.map(([, name]) => name)).toEqual(expect.arrayContaining(secrets))
})

test('PostgreSQL and the statistics are published on the loopback only', () => {
  const published = Object.values(compose.services).flatMap(({ ports }) => ports)
  expect(published.filter((port) => /:(5000|5001|7000)$/.test(port))).toEqual([
    '127.0.0.1:5000:5000',
    '127.0.0.1:5001:5001',
    '127.0.0.1:7000:7000',
  ])
})
