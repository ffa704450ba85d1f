import { once } from 'node:events'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'

/**
 * What stands behind a proxy under test: tells which headers reached it, when the first bytes of a body did, streams events,
 * takes upgrades, and echoes bytes on a second port.
 */
export const startUpstream = async (name: string) => {
  let firstBytes = Promise.withResolvers<string>()
  const answer = async (request: http.IncomingMessage, response: http.ServerResponse) => {
    response.setHeader('x-upstream', name)
    if (request.url === '/upload') {
      request.once('data', (chunk: Buffer) => firstBytes.resolve(chunk.toString()))
      await once(request.resume(), 'end')
    }
    if (request.url === '/events') {
      response.setHeader('x-accel-buffering', 'no')
      response.setHeader('content-type', 'text/event-stream')
      response.write('data: first\n\n')
      return
    }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(request.headers))
  }
  const server = http.createServer((request, response) => void answer(request, response))
  server.on('upgrade', (_request, socket: Duplex) => {
    // Answers the key of the example in RFC 6455, section 1.3.
    const accepted = 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo='
    const upgraded = `Upgrade: websocket\r\nConnection: Upgrade\r\n${accepted}`
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${upgraded}\r\n\r\n`)
    socket.pipe(socket)
  })
  const echo = net.createServer((socket) => {
    socket.on('error', () => socket.destroy()).pipe(socket)
  })
  await Promise.all([listen(server), listen(echo)])
  return {
    port: portOf(server),
    echoPort: portOf(echo),
    /** The first bytes of the next body that is sent to /upload, as they arrive. */
    firstBytes: async () => {
      const bytes = await firstBytes.promise
      firstBytes = Promise.withResolvers<string>()
      return bytes
    },
    /** As Backlot stops: no new connections, and those that are open close when they are done. */
    drain: async () => {
      const closed = once(server, 'close')
      server.close()
      const sweep = setInterval(() => server.closeIdleConnections(), 20)
      await closed
      clearInterval(sweep)
    },
    close: () => {
      server.close()
      server.closeAllConnections()
      echo.close()
    },
  }
}

export type Upstream = Awaited<ReturnType<typeof startUpstream>>

const listen = async (server: net.Server) => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
}

const portOf = (server: net.Server) => (server.address() as AddressInfo).port
