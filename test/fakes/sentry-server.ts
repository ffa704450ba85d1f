import { createServer, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'

type SentException = {
  type: string
  value: string
  stacktrace: { frames: { function: string; filename: string; lineno: number; in_app: boolean }[] }
}
export type SentEvent = {
  event_id: string
  level: string
  release: string
  environment: string
  transaction?: string
  tags: Record<string, string | number>
  contexts: Record<string, Record<string, string>>
  logentry: { formatted: string }
  exception?: { values: SentException[] }
}

const publicKey = 'public-key-of-the-sink'
const project = '42'

/**
 * A small server on loopback that takes Sentry's envelopes, written from the protocol's text alone: it refuses a wrong path, key or
 * length. How it answers is for `answer` to say at that time.
 */
export const startSentryServer = async () => {
  const events: SentEvent[] = []
  const texts: string[] = []
  const take = (response: ServerResponse) =>
    void response.end(JSON.stringify({ id: events.at(-1)?.event_id }))
  const sentry = {
    events,
    /** Envelopes as they came, with their headers. */
    texts,
    dsn: '',
    /** How many were refused because they were no envelopes. */
    faults: [] as string[],
    take,
    answer: take,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  const server = createServer(async (request, response) => {
    const body = await buffer(request).catch(() => Buffer.alloc(0))
    texts.push(JSON.stringify(request.headers) + body.toString('utf8'))
    const fault = faultOf(request.url ?? '', String(request.headers['x-sentry-auth']), body)
    if (fault !== undefined) {
      sentry.faults.push(fault)
      response.writeHead(400).end(fault)
      return
    }
    events.push(JSON.parse(linesOf(body)[2] ?? ''))
    sentry.answer(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port')
  sentry.dsn = `http://${publicKey}@127.0.0.1:${address.port}/below/${project}`
  return sentry
}

export type SentryServer = Awaited<ReturnType<typeof startSentryServer>>

const linesOf = (body: Buffer) => body.toString('utf8').split('\n')

const faultOf = (path: string, auth: string, body: Buffer): string | undefined => {
  if (path !== `/below/api/${project}/envelope/`) return `the path ${path}`
  if (!/^Sentry /.test(auth) || !auth.includes('sentry_version=7')) return `the header ${auth}`
  if (!auth.includes(`sentry_key=${publicKey}`)) return 'the key'
  const [head = '', item = '', payload = ''] = linesOf(body)
  const { event_id: id } = JSON.parse(head)
  const { type, length } = JSON.parse(item)
  if (type !== 'event' || length !== Buffer.byteLength(payload)) return `the item ${item}`
  const event = JSON.parse(payload)
  return /^[0-9a-f]{32}$/.test(id) && event.event_id === id ? undefined : `the id ${id}`
}
