import fs from 'node:fs'
import path from 'node:path'
import { projectDir } from '../../src/app/project-dir.ts'
import { freePort, untilListening } from './free-port.ts'
import { type Program, runProgram, startProgram } from './program.ts'
import { provideProgram } from './provide-program.ts'
import { makeCertificates } from './tls-tunnel.ts'

/** The files of `deploy/` for proxies, run on ports of the loopback. */
export type ProxyPorts = { http: number; https: number; rtmp: number; rtmps: number; stats: number }
type Given = {
  /** Its own, for what it writes. */
  directory: string
  /** Ports of the loopback on which an `api` and a `live` process listen. */
  upstreams: { port: number; echoPort: number }[]
}
type Prepared = Given & { ports: ProxyPorts }
/** `ca`: what a client has to trust. */
export type ShippedProxy = { ports: ProxyPorts; ca: Buffer; program: Program }

const startTimeoutMs = 10_000
const streamModule = '/usr/lib/nginx/modules/ngx_stream_module.so'

export const provideNginx = () =>
  provideProgram(['nginx', streamModule, 'openssl'], ['nginx', 'libnginx-mod-stream', 'openssl'])

export const provideHaproxy = () => provideProgram(['haproxy', 'openssl'], ['haproxy', 'openssl'])

export const startShippedNginx = (given: Given) => start(given, startNginx)
export const startShippedHaproxy = (given: Given) => start(given, startHaproxy)

const start = async (given: Given, run: (prepared: Prepared) => Promise<Program>): Promise<ShippedProxy> => {
  const { directory } = given
  const certificates = await makeCertificates()
  fs.copyFileSync(certificates.certificate, path.join(directory, 'fullchain.pem'))
  for (const key of ['privkey.pem', 'fullchain.pem.key'])
    fs.copyFileSync(certificates.key, path.join(directory, key))
  const ca = fs.readFileSync(certificates.ca)
  certificates.remove()
  const names = ['http', 'https', 'rtmp', 'rtmps', 'stats'] as const
  const free = await Promise.all(names.map(async (name) => [name, await freePort()]))
  const ports: ProxyPorts = Object.fromEntries(free)
  const program = await run({ ...given, ports })
  await untilListening(ports.https, AbortSignal.timeout(startTimeoutMs)).catch((error: unknown) => {
    throw new Error(program.output(), { cause: error })
  })
  return { ports, ca, program }
}

/**
 * The HAProxy of the high-availability cluster, with nobody in the cluster.
 * @returns the origin at which it takes requests for the `api` processes, without TLS
 */
export const startShippedHaHaproxy = async ([first, second]: [api1: number, api2: number]) => {
  const [port, ...others] = await Promise.all(Array.from({ length: 4 }, freePort))
  const variables = [
    `API_BIND=127.0.0.1:${port}`,
    `API_1=127.0.0.1:${first}`,
    `API_2=127.0.0.1:${second}`,
    ...['PRIMARY_BIND', 'REPLICAS_BIND', 'STATS_BIND'].map((name, at) => `${name}=127.0.0.1:${others[at]}`),
    ...[1, 2].flatMap((member) => [`MEMBER_${member}=127.0.0.1:1`, `MEMBER_${member}_REST_PORT=1`]),
  ]
  const files = ['haproxy.cfg', 'haproxy-api.cfg'].flatMap((name) => [
    '-f',
    path.join(projectDir, 'deploy/ha', name),
  ])
  const program = startProgram('env', [...variables, 'haproxy', '-db', ...files])
  await untilListening(port ?? 0, AbortSignal.timeout(startTimeoutMs)).catch((error: unknown) => {
    throw new Error(program.output(), { cause: error })
  })
  return { origin: `http://127.0.0.1:${port}`, program }
}

const shipped = (name: string) => fs.readFileSync(path.join(projectDir, 'deploy/proxy', name), 'utf8')

/** The file as it is, with what its head says is to be changed: addresses and certificate. */
const startNginx = async ({ directory, ports, upstreams }: Prepared) => {
  const [api = '', live = ''] = [
    upstreams.map(({ port }) => `server 127.0.0.1:${port} max_fails=1 fail_timeout=2s;`).join('\n'),
    upstreams.map(({ echoPort }) => `server 127.0.0.1:${echoPort};`).join('\n'),
  ]
  const config = shipped('nginx.conf')
    .replace(/^ +listen \[::\].*\n/gm, '')
    .replace('listen 80 ', `listen 127.0.0.1:${ports.http} `)
    .replace('listen 443 ', `listen 127.0.0.1:${ports.https} `)
    .replace('listen 1935;', `listen 127.0.0.1:${ports.rtmp};`)
    .replace('listen 1936 ', `listen 127.0.0.1:${ports.rtmps} `)
    .replace(/( +server 127\.0\.0\.1:400\d .*\n)+/, api)
    .replace(/( +server 127\.0\.0\.1:194\d .*\n)+/, live)
    .replaceAll('/etc/backlot/tls/', `${directory}/`)
    .replace('/var/log/nginx/', `${directory}/`)
    .replace('http {', `http { ${temporaryPaths(directory)}`)
  const file = path.join(directory, 'nginx.conf')
  fs.writeFileSync(file, config)
  const args = ['-e', 'stderr', '-c', file, '-g', `daemon off; pid ${directory}/nginx.pid;`]
  await runProgram('nginx', ['-t', ...args])
  return startProgram('nginx', args)
}

const temporaryPaths = (directory: string) =>
  ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((use) => `${use}_temp_path ${directory}/${use};`)
    .join(' ')

const startHaproxy = async ({ directory, ports, upstreams }: Prepared) => {
  const lines = (backend: string, portOf: (upstream: Given['upstreams'][number]) => number) =>
    upstreams.map((upstream, index) => `  server ${backend}${index} 127.0.0.1:${portOf(upstream)}`).join('\n')
  const fixed = shipped('haproxy.cfg')
    .replaceAll(
      /^ +server-template api .*$/gm,
      lines('api', ({ port }) => port),
    )
    .replace(
      /^ +server-template live .*$/m,
      lines('live', ({ echoPort }) => echoPort),
    )
  fs.writeFileSync(path.join(directory, 'fixed.cfg'), fixed)
  const variables = [
    'API_ADDRESS=localhost:4000',
    'LIVE_ADDRESS=localhost:1935',
    `TLS_CERTIFICATE=${directory}/fullchain.pem`,
    `HTTP_BIND=127.0.0.1:${ports.http}`,
    `HTTPS_BIND=127.0.0.1:${ports.https}`,
    `RTMP_BIND=127.0.0.1:${ports.rtmp}`,
    `RTMPS_BIND=127.0.0.1:${ports.rtmps}`,
    `STATS_BIND=127.0.0.1:${ports.stats}`,
  ]
  const asShipped = path.join(projectDir, 'deploy/proxy/haproxy.cfg')
  await runProgram('env', [...variables, 'haproxy', '-c', '-f', asShipped])
  return startProgram('env', [...variables, 'haproxy', '-db', '-f', path.join(directory, 'fixed.cfg')])
}
