import net from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectGuarded } from './connect-guarded.ts'
import { guardedLookup, hostFault } from './guarded-lookup.ts'

const refusedHosts = [
  ...['127.0.0.1', '127.1', '127.1.', '127.0.0.1.', '0x7f.1', '0x7f000001', '2130706433', '017700000001'],
  ...['0177.0.0.1', '0', '0.0.0.0', '10.1', '192.168.257', '169.254.169.254', '%31%32%37.0.0.1'],
  ...['１２７.0.0.1', '127。0。0。1', '[::1]', '::1', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]'],
  ...['[0:0:0:0:0:ffff:127.0.0.1]', '[64:ff9b::10.0.0.1]', '[2002:7f00:1::]', '[fe80::1]', '[fc00::1]'],
  ...['localhost', 'LOCALHOST', 'localhost.', 'localhost..', '%6c%6fcalhost', 'a.localhost', 'printer.local'],
  ...['metadata.google.internal', 'nas.lan', 'nas.home.arpa', 'redis', 'a.localdomain.'],
  ...[
    '',
    '.',
    'a b.com',
    'a.com/b',
    'a.com?b',
    'a.com#b',
    'user@a.com',
    'a.com:80',
    '256.1.1.1',
    '[::1',
    '[fe80::1%25eth0]',
  ],
  ...['a.com\\b', 'a.com\n', '1.2.3.4.5'],
]

test.each(refusedHosts)('the host "%s" is refused', (host) => expect(hostFault(host)).toBeTypeOf('string'))

test.each([
  'example.com',
  'example.com.',
  'EXAMPLE.com',
  '8.8.8.8',
  '0x08.8.8.8',
  '[2606:4700:4700::1111]',
  'bücher.example',
  'notlocalhost.com',
  'local.example',
])('the host "%s" may be tried', (host) => expect(hostFault(host)).toBeUndefined())

test('the host of a URL that is not special is read like the host of one that is', () => {
  expect(new URL('rtmp://0x7f.1/live').hostname).toBe('0x7f.1')
  expect(hostFault(new URL('rtmp://0x7f.1/live').hostname)).toBeDefined()
  expect(hostFault(new URL('rtmp://[::ffff:127.0.0.1]/live').hostname)).toBeDefined()
})

type Options = Parameters<net.LookupFunction>[1]
const look = (host: string, allowPrivate: boolean, options: Options = {}, timeoutMs?: number) =>
  new Promise((resolve, reject) => {
    const lookup = guardedLookup({ allowPrivate, ...(timeoutMs === undefined ? {} : { timeoutMs }) })
    lookup(host, options, (error, found) => (error === null ? resolve(found) : reject(error)))
  })

test('a name that leads to a private address is not resolved, unless that is allowed', async () => {
  await expect(look('localhost', false)).rejects.toMatchObject({ code: 'PRIVATE_ADDRESS' })
  await expect(look('localhost', false, { all: true })).rejects.toMatchObject({ code: 'PRIVATE_ADDRESS' })
  await expect(look('localhost', true, { family: 4 })).resolves.toBe('127.0.0.1')
  const all = await look('localhost', true, { all: true })
  expect(all).toContainEqual({ address: '127.0.0.1', family: 4 })
})

test('a lookup ends after its time', async () => {
  const looked = look('localhost', true, {}, 1)
  // The time is over before this process can see DNS's answer.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
  await expect(looked).rejects.toMatchObject({ code: 'ETIMEOUT' })
})

let server: net.Server
let port: number
const accepted: net.Socket[] = []
beforeAll(async () => {
  server = net.createServer((socket) => accepted.push(socket.on('error', () => undefined)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
afterAll(() => {
  for (const socket of accepted) socket.destroy()
  server.close()
})

const connect = (host: string, allowPrivate: boolean, secure = false) =>
  new Promise<string>((resolve, reject) => {
    const socket = connectGuarded({ host, port, secure, allowPrivate })
    socket.once('error', reject)
    socket.once('connect', () => {
      resolve(socket.remoteAddress ?? '')
      socket.destroy()
    })
  })

test.each([
  '127.0.0.1',
  '127.1',
  '0x7f000001',
  '2130706433',
  '127.0.0.1.',
  '[::ffff:127.0.0.1]',
  '::ffff:127.0.0.1',
  'localhost',
  'localhost.',
  '%6cocalhost',
])('a connection to "%s" reaches the server only when that is allowed', async (host) => {
  const before = accepted.length
  await expect(connect(host, false)).rejects.toMatchObject({ code: 'PRIVATE_ADDRESS' })
  await expect(connect(host, false, true)).rejects.toMatchObject({ code: 'PRIVATE_ADDRESS' })
  expect(accepted.length).toBe(before)
  expect(await connect(host, true)).toMatch(/127\.0\.0\.1$/)
})

test('what is no host is not connected to, whatever is allowed', async () => {
  await expect(connect('a@127.0.0.1', true)).rejects.toMatchObject({ code: 'PRIVATE_ADDRESS' })
})
