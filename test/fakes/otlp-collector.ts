import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'

export type CollectedSpan = {
  traceId: string
  id: string
  /** Empty for the first one of a trace. */
  parentId: string
  name: string
  kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer' | undefined
  isError: boolean
  attributes: Record<string, string | number>
  /** Of the process that sent it. */
  service: string
}

/**
 * A small server on loopback that takes traces by OTLP over HTTP, with protobuf. `mode` says how it answers the next request;
 * while it is away nothing listens at its port.
 */
export const startOtlpCollector = async () => {
  const sockets = new Set<Socket>()
  const server = createServer(async (request, response) => {
    const body = await buffer(request).catch(() => undefined)
    if (body === undefined || collector.mode === 'stall') return
    collector.requests += 1
    if (collector.mode === 'fail') return void response.writeHead(500).end()
    collector.headers = request.headers
    collector.path = request.url ?? ''
    collector.text += body.toString('latin1')
    collector.spans.push(...readSpans(body))
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()))
  const goAway = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  await listen(0)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The collector has no port')
  const { port } = address
  const collector: {
    mode: 'take' | 'fail' | 'stall'
    requests: number
    spans: CollectedSpan[]
    /** All that came, to look for what must not be in it. */
    text: string
    headers: IncomingHttpHeaders
    path: string
  } = { mode: 'take', requests: 0, spans: [], text: '', headers: {}, path: '' }
  return Object.assign(collector, {
    url: `http://127.0.0.1:${port}`,
    named: (name: string) => collector.spans.filter((span) => span.name === name),
    goAway,
    comeBack: () => listen(port),
    close: () => (server.listening ? goAway() : Promise.resolve()),
  })
}

export type OtlpCollector = Awaited<ReturnType<typeof startOtlpCollector>>

/** Field numbers of opentelemetry-proto 1.x: ExportTraceServiceRequest, ResourceSpans, ScopeSpans, Span. */
const readSpans = (request: Buffer): CollectedSpan[] =>
  messagesOf(request, 1).flatMap((ofResource) => {
    const [resource = Buffer.alloc(0)] = messagesOf(ofResource, 1)
    const service = String(attributesOf(resource, 1)['service.name'])
    return messagesOf(ofResource, 2).flatMap((ofScope) =>
      messagesOf(ofScope, 2).map((span) => readSpan(span, service)),
    )
  })

const kinds = [undefined, 'internal', 'server', 'client', 'producer', 'consumer'] as const
const errorStatus = 2

const readSpan = (span: Buffer, service: string): CollectedSpan => {
  const hex = (field: number) => messagesOf(span, field)[0]?.toString('hex') ?? ''
  const [status] = messagesOf(span, 15)
  return {
    traceId: hex(1),
    id: hex(2),
    parentId: hex(4),
    name: messagesOf(span, 5)[0]?.toString() ?? '',
    kind: kinds[Number(fieldsOf(span).find(({ field }) => field === 6)?.value)],
    isError:
      status !== undefined && fieldsOf(status).some((each) => each.field === 3 && each.value === errorStatus),
    attributes: attributesOf(span, 9),
    service,
  }
}

const attributesOf = (message: Buffer, field: number): CollectedSpan['attributes'] =>
  Object.fromEntries(
    messagesOf(message, field).map((pair) => {
      const [value] = messagesOf(pair, 2).flatMap(fieldsOf)
      const read = value?.value ?? ''
      return [messagesOf(pair, 1)[0]?.toString() ?? '', typeof read === 'number' ? read : read.toString()]
    }),
  )

const messagesOf = (message: Buffer, wanted: number): Buffer[] =>
  fieldsOf(message).flatMap(({ field, value }) =>
    field === wanted && value instanceof Buffer ? [value] : [],
  )

/** Every field of a message: https://protobuf.dev/programming-guides/encoding */
const fieldsOf = (message: Buffer): { field: number; value: Buffer | number }[] => {
  const fields: { field: number; value: Buffer | number }[] = []
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++] ?? 0
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  const bytes = (length: number) => {
    at += length
    return message.subarray(at - length, at)
  }
  while (at < message.length) {
    const tag = varint()
    const field = Math.floor(tag / 8)
    const wireType = tag % 8
    if (wireType === 0) fields.push({ field, value: varint() })
    else if (wireType === 1) fields.push({ field, value: bytes(8).readDoubleLE() })
    else if (wireType === 2) fields.push({ field, value: bytes(varint()) })
    else if (wireType === 5) fields.push({ field, value: bytes(4).readUInt32LE() })
    else throw new Error(`No protobuf: wire type ${wireType}`)
  }
  return fields
}
