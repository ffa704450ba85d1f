import { once } from 'node:events'
import net from 'node:net'
import { Transform } from 'node:stream'

/** Stands on the loopback before a server, and fails as networks and servers do. */
export class TcpProxy {
  #target: URL
  readonly #sockets = new Set<net.Socket>()
  #listener = net.createServer()
  #port = 0
  #silent = false
  #bytesPerSecond = Number.POSITIVE_INFINITY

  private constructor(target: URL) {
    this.#target = target
  }

  static async start(targetUrl: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(new URL(targetUrl))
    await proxy.#listen()
    return proxy
  }

  /** The target's URL, through this proxy. */
  get url(): string {
    const url = new URL(this.#target)
    url.hostname = '127.0.0.1'
    url.port = String(this.#port)
    return url.href
  }

  /** The server is gone: connections break, and new ones are refused. */
  async cut(): Promise<void> {
    const closed = once(this.#listener, 'close')
    this.#listener.close()
    this.#breakAll()
    await closed
  }

  /** The network swallows everything and tells nobody. */
  silence(): void {
    this.#silent = true
    for (const socket of this.#sockets) socket.pause()
  }

  /** Lets that much through from each client to the server, now and later; infinitely much by default. The rest has to wait. */
  throttle(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond
  }

  /** All is well again. What was silent is broken, as after a time-out. */
  async restore(): Promise<void> {
    this.#silent = false
    this.#breakAll()
    if (!this.#listener.listening) await this.#listen()
  }

  /** Another server takes over. Connections to the old one break. */
  retarget(targetUrl: string): void {
    this.#target = new URL(targetUrl)
    this.#breakAll()
  }

  async close(): Promise<void> {
    this.#breakAll()
    if (this.#listener.listening) await this.cut()
  }

  async #listen() {
    this.#listener = net.createServer((client) => this.#connect(client))
    this.#listener.listen(this.#port, '127.0.0.1')
    await once(this.#listener, 'listening')
    const address = this.#listener.address()
    if (address !== null && typeof address === 'object') this.#port = address.port
  }

  #connect(client: net.Socket) {
    const server = net.connect(Number(this.#target.port), this.#target.hostname)
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from)
      from.on('error', () => undefined)
      from.on('close', () => {
        this.#sockets.delete(from)
        to.destroy()
      })
      if (from === client) from.pipe(this.#slowLink()).pipe(to)
      else from.pipe(to)
      if (this.#silent) from.pause()
    }
  }

  #slowLink(): Transform {
    return new Transform({
      transform: (chunk: Buffer, _encoding, next) => {
        const takesMs = (chunk.length * 1_000) / this.#bytesPerSecond
        if (takesMs === 0) next(null, chunk)
        else setTimeout(next, takesMs, null, chunk)
      },
    })
  }

  #breakAll() {
    for (const socket of this.#sockets) socket.destroy()
  }
}
