import { once } from 'node:events'
import http from 'node:http'
import http2 from 'node:http2'
import net from 'node:net'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startUpstream, type Upstream } from '../harness/proxied-upstream.ts'
import {
  provideHaproxy,
  provideNginx,
  type ShippedProxy,
  startShippedHaproxy,
  startShippedNginx,
} from '../harness/shipped-proxy.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../harness/temporary-directory.ts'

const nginxIsHere = await provideNginx()
const haproxyIsHere = await provideHaproxy()

describe.for([
  { name: 'nginx', isHere: nginxIsHere, start: startShippedNginx },
  { name: 'haproxy', isHere: haproxyIsHere, start: startShippedHaproxy },
])('$name', ({ isHere, start }) => {
  let directory: string
  let upstreams: Upstream[]
  let proxy: ShippedProxy
  beforeAll(async () => {
    if (!isHere) return
    directory = makeTemporaryDirectory()
    upstreams = [await startUpstream('one'), await startUpstream('two')]
    proxy = await start({ directory, upstreams })
  })
  afterAll(async () => {
    if (!isHere) return
    await proxy.program.stop()
    for (const upstream of upstreams) upstream.close()
    removeTemporaryDirectory(directory)
  })
  const connect = () => http2.connect(`https://localhost:${proxy.ports.https}`, { ca: proxy.ca })
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
      port: proxy.ports.https,
      ca: proxy.ca,
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
    const [answer] = await once(
      http.get({ port: proxy.ports.http, path: '/v1/posts?q=a', headers }),
      'response',
    )
    expect(answer.statusCode).toBe(308)
    expect(answer.headers.location).toBe('https://localhost/v1/posts?q=a')
    answer.resume()
  })

  test.runIf(isHere)('passes the bytes of feeds on, with and without TLS, and adds none', async () => {
    const sockets = [
      net.connect(proxy.ports.rtmp, '127.0.0.1'),
      tls.connect({ port: proxy.ports.rtmps, ca: proxy.ca, servername: 'localhost' }),
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
