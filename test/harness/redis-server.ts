import { Redis } from 'ioredis'
import { freePort, untilListening } from './free-port.ts'
import { type Program, startProgram } from './program.ts'
import { provideProgram } from './provide-program.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from './temporary-directory.ts'

/** Whether `RedisServer` can run here, installed if need be. */
export const provideRedisServer = (): Promise<boolean> => provideProgram('redis-server', 'redis-server')

const startTimeoutMs = 10_000

/** A real Redis on the loopback that fails as servers do. If it is durable it keeps on disk whatever it was told. */
export class RedisServer {
  readonly port: number
  readonly #directory: string
  readonly #durable: boolean
  #program: Program | undefined

  private constructor(port: number, durable: boolean) {
    this.port = port
    this.#durable = durable
    this.#directory = makeTemporaryDirectory()
  }

  static async start({ durable = true } = {}): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), durable)
    await server.restart()
    return server
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** Runs commands on a connection of its own. */
  async with<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis(this.url, { maxRetriesPerRequest: 0 })
    try {
      return await work(client)
    } finally {
      client.disconnect()
    }
  }

  /** SIGKILL: what it had acknowledged is there again after a restart. */
  async kill(): Promise<void> {
    await this.#program?.kill()
  }

  /** At the same address, with the same data. */
  async restart(): Promise<void> {
    const options = {
      port: this.port,
      bind: '127.0.0.1',
      dir: this.#directory,
      save: '',
      appendonly: this.#durable ? 'yes' : 'no',
      appendfsync: 'always',
    }
    const given = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
    this.#program = startProgram('redis-server', given)
    await untilListening(this.port, AbortSignal.timeout(startTimeoutMs))
    await this.with((client) => client.ping())
  }

  /** It takes connections and commands, and answers none. */
  pause() {
    process.kill(this.#program?.pid ?? 0, 'SIGSTOP')
  }

  resume() {
    process.kill(this.#program?.pid ?? 0, 'SIGCONT')
  }

  async close(): Promise<void> {
    await this.kill()
    removeTemporaryDirectory(this.#directory)
  }
}
