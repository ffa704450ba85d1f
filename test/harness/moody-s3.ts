import http from 'node:http'
import { listenOnLoopback } from './loopback-server.ts'

/** What happens to a request instead of what should: an answer of 500, a connection that breaks, an answer that is lost. */
type Mood = 'fails' | 'breaks' | 'loses its answer'

/** Stands before an S3 server. `upset` spoils the next `times` requests of one method whose paths match. */
export const startMoodyS3 = async (endpoint: string) => {
  const { hostname, port: targetPort } = new URL(endpoint)
  let trouble: { mood: Mood; method: string; pattern: RegExp; times: number } | undefined
  const moodFor = ({ method, url = '' }: http.IncomingMessage): Mood | undefined => {
    if (trouble === undefined || trouble.times === 0) return undefined
    if (trouble.method !== method || !trouble.pattern.test(url)) return undefined
    trouble.times -= 1
    return trouble.mood
  }
  const { port, close } = await listenOnLoopback((request, response) => {
    const mood = moodFor(request)
    if (mood === 'breaks') return void request.once('data', () => request.socket.destroy())
    if (mood === 'fails') {
      request
        .resume()
        .once('end', () => response.writeHead(500).end('<Error><Code>InternalError</Code></Error>'))
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
    upset: (mood: Mood, method: string, pattern: RegExp, times: number) => {
      trouble = { mood, method, pattern, times }
    },
    close,
  }
}
