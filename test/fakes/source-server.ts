import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A small server on loopback that others pull data from, and that answers as `answer` says at that time. */
export const startSourceServer = async () => {
  const asked: { path: string; headers: IncomingMessage['headers'] }[] = []
  const source = {
    asked,
    url: '',
    port: 0,
    answer: (response: ServerResponse, _request: IncomingMessage): void => void response.end('[]'),
    /** What it has from now on, with a strong validator: who has it already is answered 304. */
    has: (content: string, type = 'application/json') => {
      const etag = `"${createHash('sha256').update(content).digest('base64url')}"`
      source.answer = (response, { headers }) => {
        const isKnown = headers['if-none-match'] === etag
        response.writeHead(isKnown ? 304 : 200, { etag, 'content-type': type })
        response.end(isKnown ? undefined : content)
      }
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  const server = createServer((request, response) => {
    asked.push({ path: request.url ?? '', headers: request.headers })
    response.on('error', () => undefined)
    source.answer(response, request)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  source.port = (server.address() as AddressInfo).port
  source.url = `http://127.0.0.1:${source.port}`
  return source
}

export type SourceServer = Awaited<ReturnType<typeof startSourceServer>>
