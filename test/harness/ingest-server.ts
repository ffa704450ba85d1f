import { once } from 'node:events'
import net from 'node:net'
import {
  type IngestEnd,
  IngestSession,
  type PublishAnswer,
  type PublishRequest,
} from '../../src/modules/live/rtmp/ingest-session.ts'
import type { RtmpMessage } from '../../src/modules/live/rtmp/message.ts'

/** What one connection did, in order of arrival. */
export type Publication = {
  session: IngestSession
  socket: net.Socket
  requests: PublishRequest[]
  messages: RtmpMessage[]
  ends: { reason: IngestEnd; error: Error | undefined }[]
}

export type IngestServer = {
  port: number
  publications: Publication[]
  /** Waits until the first connection satisfies the condition; looked at after each of its events. */
  until(condition: (publication: Publication) => boolean): Promise<Publication>
  close(): Promise<void>
}

/** An RTMP server on loopback that takes each connection into an IngestSession and keeps what it says. */
export const startIngestServer = async ({
  onPublish = async () => ({ accepted: true }),
  publishDeadlineMs,
}: {
  onPublish?: (request: PublishRequest) => Promise<PublishAnswer>
  publishDeadlineMs?: number
} = {}): Promise<IngestServer> => {
  const publications: Publication[] = []
  const waiting = new Set<() => void>()
  const changed = () => {
    for (const look of waiting) look()
  }
  const server = net.createServer({ noDelay: true }, (socket) => {
    const seen: Omit<Publication, 'session'> = { socket, requests: [], messages: [], ends: [] }
    const session = new IngestSession({
      socket,
      publishDeadlineMs,
      handlers: {
        onPublish: (request) => {
          seen.requests.push(request)
          changed()
          return onPublish(request)
        },
        onMedia: (message) => {
          seen.messages.push(message)
          changed()
        },
        onEnd: (reason, error) => {
          seen.ends.push({ reason, error })
          changed()
        },
      },
    })
    publications.push({ ...seen, session })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const until: IngestServer['until'] = (condition) =>
    new Promise((resolve, reject) => {
      const finish = () => {
        clearTimeout(timer)
        waiting.delete(look)
      }
      const look = () => {
        const [publication] = publications
        if (publication === undefined || !condition(publication)) return
        finish()
        resolve(publication)
      }
      const timer = setTimeout(() => {
        finish()
        reject(new Error(`Not in time: ${JSON.stringify(publications.map(({ ends }) => ends))}`))
      }, 15_000)
      waiting.add(look)
      look()
    })
  const close = async () => {
    for (const { socket } of publications) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
  return { port: address.port, publications, until, close }
}
