import { readFileSync } from 'node:fs'
import net from 'node:net'
import tls from 'node:tls'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makeCertificates } from '../../../../test/harness/tls-tunnel.ts'
import { connectBytes, handshake, publishBytes } from '../../../../test/harness/wild-session.ts'
import { IngestListener } from './ingest-listener.ts'

let opened: AsyncDisposableStack
beforeEach(() => {
  opened = new AsyncDisposableStack()
})
afterEach(() => opened.disposeAsync())

const mostStrangers = 64

const open = async (isSecure: boolean) => {
  const made = isSecure ? opened.adopt(await makeCertificates(), (files) => files.remove()) : undefined
  const listener = new IngestListener({
    ...{ host: '127.0.0.1', port: 0, log: pino({ level: 'silent' }) },
    ...(made && {
      tls: { cert: readFileSync(made.certificate, 'utf8'), key: readFileSync(made.key, 'utf8') },
    }),
    authorize: async () => ({ onMedia: () => undefined, onEnd: () => undefined }),
  })
  await listener.open()
  opened.defer(() => listener.closeAll())
  return listener
}

const connectFrom = (port: number, localAddress: string) => {
  const socket = net.connect({ host: '127.0.0.1', port, localAddress })
  opened.defer(() => void socket.destroy())
  socket.on('error', () => undefined).resume()
  return socket
}

test.each([false, true])(
  'strangers of one address are bounded, before TLS too (secure: %s)',
  async (isSecure) => {
    const { port } = await open(isSecure)
    const strangers = Array.from({ length: 100 }, () => connectFrom(port, '127.0.0.2'))
    const left = () => strangers.filter((socket) => !socket.closed).length
    await vi.waitFor(() => expect(left()).toBe(mostStrangers))

    const publish = async (localAddress: string) => {
      const raw = connectFrom(port, localAddress)
      const socket = isSecure ? tls.connect({ socket: raw, rejectUnauthorized: false }) : raw
      socket.on('error', () => undefined)
      let heard = ''
      socket.on('data', (data) => {
        heard += data.toString('latin1')
      })
      socket.write(Buffer.concat([handshake(), connectBytes('live'), publishBytes('any')]))
      await vi.waitFor(() => expect(heard).toContain('NetStream.Publish.Start'))
    }
    await publish('127.0.0.3')

    for (const socket of strangers.splice(0)) socket.destroy()
    await vi.waitFor(() => publish('127.0.0.2'), 5_000)
    // Who publishes is no stranger: so many may be there besides.
    strangers.push(...Array.from({ length: 100 }, () => connectFrom(port, '127.0.0.2')))
    await vi.waitFor(() => expect(left()).toBe(mostStrangers))
  },
)
