import http from 'node:http'
import net from 'node:net'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'

export type Sent = {
  method?: string
  headers?: http.OutgoingHttpHeaders
  /** An object is sent as JSON. */
  body?: object | string | Buffer
}

const timeoutMs = 15_000
const agent = new http.Agent({ keepAlive: true, maxSockets: 32 })

/**
 * One request over real HTTP, as it is given, with no header and no redirect of our own. `bytes` are those of the answer, `text`
 * is what they say when they are compressed. An event stream is left after its first bytes.
 */
export const send = (origin: string, path: string, { method = 'GET', headers = {}, body }: Sent = {}) => {
  const isPlain = body === undefined || typeof body === 'string' || Buffer.isBuffer(body)
  const payload = isPlain ? body : JSON.stringify(body)
  const { hostname, port } = new URL(origin)
  return new Promise<ReturnType<typeof answerOf>>((resolve, reject) => {
    const request = http.request({
      agent,
      hostname,
      port,
      method,
      path,
      headers: {
        ...(isPlain ? {} : { 'content-type': 'application/json' }),
        ...(payload === undefined ? {} : { 'content-length': Buffer.byteLength(payload) }),
        ...headers,
      },
      signal: AbortSignal.timeout(timeoutMs),
    })
    request.on('error', reject)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      const finish = () => resolve(answerOf(response, Buffer.concat(chunks)))
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        if (!response.headers['content-type']?.startsWith('text/event-stream')) return
        finish()
        response.destroy()
      })
      response.on('end', finish).on('error', reject)
    })
    request.end(payload)
  })
}

const answerOf = ({ statusCode = 0, headers }: http.IncomingMessage, bytes: Buffer) => {
  const text = (decoders[headers['content-encoding'] ?? ''] ?? String)(bytes).toString()
  const isJson = /json/.test(headers['content-type'] ?? '') && text !== ''
  const json = isJson ? JSON.parse(text) : undefined
  return { status: statusCode, headers, bytes, text, json, data: json?.data, error: json?.error }
}

const decoders: Record<string, (bytes: Buffer) => Buffer> = { br: brotliDecompressSync, gzip: gunzipSync }

/** A bare connection. `closed` resolves with all that came, when the other side has closed it. */
export const connect = (origin: string) => {
  const { hostname, port } = new URL(origin)
  const socket = net.connect(Number(port), hostname)
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
  })
  socket.on('error', () => undefined)
  const closed = new Promise<string>((resolve) => {
    socket.setTimeout(timeoutMs, () => socket.destroy())
    socket.on('close', () => resolve(received))
  })
  return { socket, closed, received: () => received }
}

/** Writes bytes to a new connection and gives all that comes back until the other side closes it. */
export const sendRaw = (origin: string, bytes: string): Promise<string> => {
  const { socket, closed } = connect(origin)
  socket.write(bytes)
  return closed
}
