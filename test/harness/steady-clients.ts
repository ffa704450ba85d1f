import http from 'node:http'

export type Answers = { fine: number; resent: number; failed: string[] }

const answerTimeoutMs = 10_000

/**
 * Clients that ask for `url` again and again until `stop`: half of them on connections that they keep, half on a new one for each
 * request. A request that meets the end of a kept connection is sent again, as RFC 9112, 9.3.1 has it; all else counts.
 */
export const startSteadyClients = (url: string, count: number) => {
  const answers: Answers = { fine: 0, resent: 0, failed: [] }
  const stopping = new AbortController()
  const ask = async (agent: http.Agent | false) => {
    const outcome = await askOnce(url, agent)
    if (outcome === 'kept connection ended') {
      answers.resent += 1
      return ask(false)
    }
    if (outcome === 'fine') answers.fine += 1
    else answers.failed.push(outcome)
  }
  const run = async (keepsConnection: boolean) => {
    const agent = keepsConnection && new http.Agent({ keepAlive: true, maxSockets: 1 })
    while (!stopping.signal.aborted) await ask(agent)
    if (agent) agent.destroy()
  }
  const running = Array.from({ length: count }, (_, index) => run(index % 2 === 0))
  const stop = async () => {
    stopping.abort()
    await Promise.all(running)
    return answers
  }
  return { answers, stop }
}

const used = new WeakSet<object>()

const askOnce = (url: string, agent: http.Agent | false) =>
  new Promise<string>((resolve) => {
    let isKept = false
    const request = http.get(url, { agent, timeout: answerTimeoutMs }, (response) => {
      response.resume()
      response.once('end', () => resolve(response.statusCode === 200 ? 'fine' : `${response.statusCode}`))
      response.once('error', (error) => resolve(error.message))
    })
    // `request.reusedSocket` says no of a connection that comes free just as it is asked for.
    request.once('socket', (socket) => {
      isKept = used.has(socket)
      used.add(socket)
    })
    request.once('timeout', () => request.destroy(new Error('no answer in time')))
    request.once('error', (error: NodeJS.ErrnoException) => {
      resolve(isKept && error.code === 'ECONNRESET' ? 'kept connection ended' : error.message)
    })
  })
