import http from 'node:http'
import { listenOnLoopback } from './loopback-server.ts'

/** What happens to a request: it is answered by 500, its connection breaks, its answer is lost, or it is not known what it is of. */
type Mood = 'fails' | 'breaks' | 'loses its answer' | 'forgets'

/** Stands before an S3 server. `upset` spoils the next requests of one method whose paths match, each in its way. */
export const startMoodyS3 = async (endpoint: string) => {
  const { hostname, port: targetPort } = new URL(endpoint)
  let trouble: { moods: Mood[]; method: string; pattern: RegExp } | undefined
  const moodFor = ({ method, url = '' }: http.IncomingMessage): Mood | undefined => {
    if (trouble === undefined || trouble.method !== method || !trouble.pattern.test(url)) return undefined
    return trouble.moods.shift()
  }
  const { port, close } = await listenOnLoopback((request, response) => {
    const mood = moodFor(request)
    if (mood === 'breaks') return void request.once('data', () => request.socket.destroy())
    if (mood === 'fails' || mood === 'forgets') {
      const [status, code] = mood === 'fails' ? [500, 'InternalError'] : [404, 'NoSuchUpload']
      request
        .resume()
        .once('end', () => response.writeHead(status).end(`<Error><Code>${code}</Code></Error>`))
      return
    }
    const { method, url: path, headers } = request
    const target = { hostname, port: targetPort, method, path, headers, agent: false }
    const forwarded = http.request(target, (answer) => {
      // It may come before the body has been read, and then nobody reads the rest.
      request.unpipe(forwarded)
      request.resume()
      if (mood !== undefined) return void answer.resume().once('end', () => request.socket.destroy())
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      // Swift sends a body after the head that it owes to HEAD, which would break the answer here.
      if (method === 'HEAD') response.end()
      else answer.pipe(response)
    })
    forwarded.on('error', () => response.headersSent || response.destroy())
    request.pipe(forwarded)
  })
  return {
    url: `http://127.0.0.1:${port}`,
    upset: (moods: Mood[], method: string, pattern: RegExp) => {
      trouble = { moods: [...moods], method, pattern }
    },
    close,
  }
}
