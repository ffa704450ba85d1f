import net from 'node:net'
import { startProgram } from './program.ts'

const script = `
const server = require('node:net').createServer()
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  console.log('port ' + server.address().port)
  process.kill(process.pid, 'SIGSTOP')
})`

const startTimeoutMs = 5_000
/** An answer on the loopback takes far less; what takes longer gets none. */
const answerMs = 150
const mostFillers = 8

export type BlackHole = { port: number; stop: () => Promise<void> }

/**
 * A port on which connecting takes for ever, without root: a process that is stopped listens on it, and the queue of connections
 * that it has not accepted is full, so that Linux drops every further SYN (tcp(7), tcp_abort_on_overflow).
 */
export const startBlackHole = async (): Promise<BlackHole> => {
  const program = startProgram(process.execPath, ['-e', script])
  const port = await printedPort(program.output)
  const fillers: net.Socket[] = []
  const stop = async () => {
    for (const filler of fillers) filler.destroy()
    await program.kill()
  }
  while (fillers.length < mostFillers) {
    const filler = net.connect({ port, host: '127.0.0.1' })
    filler.on('error', () => undefined)
    fillers.push(filler)
    if (!(await connects(filler))) return { port, stop }
  }
  await stop()
  throw new Error('This system goes on accepting connections when the queue is full')
}

const connects = (socket: net.Socket): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, answerMs, false)
    socket.once('connect', () => {
      clearTimeout(timer)
      resolve(true)
    })
  })

const printedPort = async (output: () => string): Promise<number> => {
  const deadline = performance.now() + startTimeoutMs
  while (performance.now() < deadline) {
    const [, port] = /port (\d+)/.exec(output()) ?? []
    if (port !== undefined) return Number(port)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`The black hole does not listen:\n${output()}`)
}
