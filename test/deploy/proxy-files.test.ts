import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import http2 from 'node:http2'
import net from 'node:net'
import path from 'node:path'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { projectDir } from '../../src/app/project-dir.ts'
import { freePort, untilListening } from '../harness/free-port.ts'
import { type Program, runProgram, startProgram } from '../harness/program.ts'
import { provideProgram } from '../harness/provide-program.ts'
import { startUpstream, type Upstream } from '../harness/proxied-upstream.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'
import { makeCertificates } from '../harness/tls-tunnel.ts'

type Ports = { http: number; https: number; rtmp: number; rtmps: number }
type Start = (given: { directory: string; ports: Ports; upstreams: Upstream[] }) => Promise<Program>

const streamModule = '/usr/lib/nginx/modules/ngx_stream_module.so'
const nginxIsHere = await provideProgram(
  ['nginx', streamModule, 'openssl'],
  ['nginx', 'libnginx-mod-stream', 'openssl'],
)
const haproxyIsHere = await provideProgram(['haproxy', 'openssl'], ['haproxy', 'openssl'])
const shipped = (name: string) => fs.readFileSync(path.join(projectDir, 'deploy/proxy', name), 'utf8')

/** The file as it is, with what its head says is to be changed: addresses and certificate. */
const startNginx: Start = async ({ directory, ports, upstreams }) => {
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

const startHaproxy: Start = async ({ directory, ports, upstreams }) => {
  const lines = (backend: string, portOf: (upstream: Upstream) => number) =>
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
    `STATS_BIND=127.0.0.1:${await freePort()}`,
  ]
  const asShipped = path.join(projectDir, 'deploy/proxy/haproxy.cfg')
  await runProgram('env', [...variables, 'haproxy', '-c', '-f', asShipped])
  return startProgram('env', [...variables, 'haproxy', '-db', '-f', path.join(directory, 'fixed.cfg')])
}

describe.for([
  { name: 'nginx', isHere: nginxIsHere, start: startNginx },
  { name: 'haproxy', isHere: haproxyIsHere, start: startHaproxy },
])('$name', ({ isHere, start }) => {
  let directory: string
  let ca: Buffer
  let upstreams: Upstream[]
  let ports: Ports
  let proxy: Program | undefined
  beforeAll(async () => {
    if (!isHere) return
    directory = makeTemporaryDirectory()
    const certificates = await makeCertificates()
    fs.copyFileSync(certificates.certificate, path.join(directory, 'fullchain.pem'))
    for (const key of ['privkey.pem', 'fullchain.pem.key'])
      fs.copyFileSync(certificates.key, path.join(directory, key))
    ca = fs.readFileSync(certificates.ca)
    certificates.remove()
    upstreams = [await startUpstream('one'), await startUpstream('two')]
    ports = {
      http: await freePort(),
      https: await freePort(),
      rtmp: await freePort(),
      rtmps: await freePort(),
    }
    proxy = await start({ directory, ports, upstreams })
    await untilListening(ports.https, AbortSignal.timeout(10_000)).catch((error: unknown) => {
      throw new Error(proxy?.output(), { cause: error })
    })
  })
  afterAll(async () => {
    if (!isHere) return
    await proxy?.stop()
    for (const upstream of upstreams) upstream.close()
    removeTemporaryDirectory(directory)
  })
  const connect = () => http2.connect(`https://localhost:${ports.https}`, { ca })
  const get = async (session: http2.ClientHttp2Session, url: string, headers = {}) => {
    const request = session.request({ ':path': url, ...headers })
    const [answer] = await once(request, 'response')
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    return { status: answer[':status'], upstream: answer['x-upstream'], text }
  }

  test.runIf(isHere)('speaks HTTP/2 and says itself who asks', async () => {
    const session = connect()
    const spoofed = {
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-proto': 'http',
      forwarded: 'for=192.0.2.1',
    }
    const { status, text } = await get(session, '/v1/posts', spoofed)
    expect(status).toBe(200)
    const seen = JSON.parse(text)
    expect(seen).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'https' })
    expect(seen.host).toMatch(/^localhost/)
    expect(seen.forwarded).toBeUndefined()
    expect((await get(session, '/metrics')).status).toBe(404)
    session.close()
  })

  test.runIf(isHere)('passes an upload on as it comes', async () => {
    const session = connect()
    const upload = session.request({ ':method': 'PUT', ':path': '/upload' })
    upload.write('the beginning')
    const first = await Promise.race(upstreams.map((upstream) => upstream.firstBytes()))
    expect(first).toBe('the beginning')
    upload.end()
    const [answer] = await once(upload, 'response')
    expect(answer[':status']).toBe(200)
    session.destroy()
  })

  test.runIf(isHere)('passes events on as they come', async () => {
    const session = connect()
    const events = session.request({ ':path': '/events' }).setEncoding('utf8')
    expect((await once(events, 'data'))[0]).toBe('data: first\n\n')
    session.destroy()
  })

  test.runIf(isHere)('lets a connection become another protocol', async () => {
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      // The example of RFC 6455, section 1.3.
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    }
    const socket = tls.connect({
      port: ports.https,
      ca,
      servername: 'localhost',
      ALPNProtocols: ['http/1.1'],
    })
    const request = http.get({ createConnection: () => socket, path: '/socket', headers })
    const [, upgraded] = await once(request, 'upgrade')
    upgraded.write('hello')
    expect(String((await once(upgraded, 'data'))[0])).toBe('hello')
    upgraded.destroy()
  })

  test.runIf(isHere)('sends plain HTTP to HTTPS', async () => {
    const headers = { host: 'localhost' }
    const [answer] = await once(http.get({ port: ports.http, path: '/v1/posts?q=a', headers }), 'response')
    expect(answer.statusCode).toBe(308)
    expect(answer.headers.location).toBe('https://localhost/v1/posts?q=a')
    answer.resume()
  })

  test.runIf(isHere)('passes the bytes of feeds on, with and without TLS, and adds none', async () => {
    const sockets = [
      net.connect(ports.rtmp, '127.0.0.1'),
      tls.connect({ port: ports.rtmps, ca, servername: 'localhost' }),
    ]
    for (const socket of sockets) {
      socket.write('\x03hello')
      expect(String((await once(socket, 'data'))[0])).toBe('\x03hello')
      socket.destroy()
    }
  })

  test.runIf(isHere)('fails no request while one of two processes stops', async () => {
    const session = connect()
    const statuses: unknown[] = []
    const askOften = async () => {
      for (let asked = 0; asked < 200; asked += 1) statuses.push((await get(session, '/v1/posts')).status)
    }
    const asking = Promise.all([askOften(), askOften(), askOften(), askOften()])
    await upstreams[0]?.drain()
    await asking
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect((await get(session, '/v1/posts')).upstream).toBe('two')
    session.close()
  })
})
