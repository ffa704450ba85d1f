import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { freePort, untilListening } from './free-port.ts'
import { type Program, startProgram } from './program.ts'
import { provideProgram } from './provide-program.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from './temporary-directory.ts'

const rtmpModule = '/usr/lib/nginx/modules/ngx_rtmp_module.so'

/** Whether `RtmpServer` can run here, with nginx installed if need be. */
export const provideRtmpServer = (): Promise<boolean> =>
  provideProgram(['nginx', rtmpModule], ['nginx', 'libnginx-mod-rtmp'])

export type RtmpServerOptions = {
  /** Another free one by default. */
  port?: number
  /** Writes what arrives into FLV files, see `recordings`. True by default. */
  records?: boolean
  /** Refuses publishers with another stream key. */
  onlyKeys?: string[]
  /** URLs to call: the directives on_publish, on_publish_done and on_update. Not together with `onlyKeys`. */
  hooks?: { publish?: string; publishDone?: string; update?: string }
  /** Where to pass each stream on, as whole RTMP URLs with the stream key. */
  push?: string[]
  /** After how long a broken push is tried again; nginx-rtmp's own default is 3 s. */
  pushReconnectMs?: number
  /** The size of chunks that it sends and that ffmpeg answers with. nginx-rtmp's own default is 4,096. */
  chunkBytes?: number
}

const startTimeoutMs = 5_000

/**
 * nginx with the RTMP module on the loopback: a far end that others wrote. One process, so that signals reach all of it.
 * @see https://github.com/arut/nginx-rtmp-module/wiki/Directives
 */
export class RtmpServer {
  readonly port: number
  readonly #directory: string
  readonly #keyCheck: http.Server | undefined
  #program: Program

  private constructor(port: number, directory: string, keyCheck: http.Server | undefined) {
    this.port = port
    this.#directory = directory
    this.#keyCheck = keyCheck
    this.#program = this.#launch()
  }

  static async start(options: RtmpServerOptions = {}): Promise<RtmpServer> {
    const port = options.port ?? (await freePort())
    const directory = makeTemporaryDirectory()
    fs.mkdirSync(path.join(directory, 'recordings'), { mode: 0o777 })
    const keyCheck = options.onlyKeys === undefined ? undefined : await startKeyCheck(options.onlyKeys)
    const hooks = keyCheck === undefined ? options.hooks : { publish: urlOf(keyCheck) }
    fs.writeFileSync(
      path.join(directory, 'nginx.conf'),
      configuration(directory, port, { ...options, hooks }),
    )
    const server = new RtmpServer(port, directory, keyCheck)
    try {
      await server.#untilReady()
    } catch (error) {
      await server.stop()
      throw error
    }
    return server
  }

  /** Where to publish, without the stream key. */
  get url(): string {
    return `rtmp://127.0.0.1:${this.port}/live`
  }

  get pid(): number {
    return this.#program.pid
  }

  /**
   * The files of a stream key, oldest first, one for each time that it was published. Two of the same second share a name, and
   * the later one is left.
   */
  recordings(streamKey: string): string[] {
    const folder = path.join(this.#directory, 'recordings')
    const names = fs.readdirSync(folder).filter((name) => /-\d+\.flv$/.test(name))
    return names
      .filter((name) => name.replace(/-\d+\.flv$/, '') === streamKey)
      .sort()
      .map((name) => path.join(folder, name))
  }

  /** The only file of a stream key. @throws when there is none, or several */
  recording(streamKey: string): string {
    const [file, ...more] = this.recordings(streamKey)
    if (file === undefined || more.length > 0) {
      throw new Error(`${more.length + (file === undefined ? 0 : 1)} recordings of ${streamKey}, not one`)
    }
    return file
  }

  /** What nginx logged, each publish and end included. */
  log(): string {
    return fs.readFileSync(path.join(this.#directory, 'error.log'), 'utf8') + this.#program.output()
  }

  /** It stays connected and does nothing more; the kernel still accepts connections for it. */
  freeze(): void {
    process.kill(this.#program.pid, 'SIGSTOP')
  }

  thaw(): void {
    process.kill(this.#program.pid, 'SIGCONT')
  }

  /** SIGKILL: the kernel breaks its connections, and new ones are refused until `restart`. */
  async kill(): Promise<void> {
    await this.#program.kill()
  }

  /** On the same port, with the same recordings. */
  async restart(): Promise<void> {
    await this.#program.kill()
    this.#program = this.#launch()
    await this.#untilReady()
  }

  async stop(): Promise<void> {
    await this.#program.kill()
    this.#keyCheck?.closeAllConnections()
    this.#keyCheck?.close()
    removeTemporaryDirectory(this.#directory)
  }

  #launch(): Program {
    return startProgram('nginx', [
      '-p',
      this.#directory,
      '-e',
      path.join(this.#directory, 'error.log'),
      '-c',
      path.join(this.#directory, 'nginx.conf'),
    ])
  }

  async #untilReady(): Promise<void> {
    const ended = new AbortController()
    const { exit } = this.#program
    void exit.then(() => ended.abort(new Error('nginx ended')))
    const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(startTimeoutMs)])
    await untilListening(this.port, signal).catch((cause: unknown) => {
      throw new Error(`nginx does not listen on ${this.port}:\n${this.log()}`, { cause })
    })
  }
}

const configuration = (directory: string, port: number, options: RtmpServerOptions): string => {
  const { records = true, hooks, push = [], pushReconnectMs, chunkBytes } = options
  const whole = [
    ['push_reconnect', pushReconnectMs === undefined ? undefined : `${pushReconnectMs}ms`],
    ['on_publish', hooks?.publish],
    ['on_publish_done', hooks?.publishDone],
    ['on_update', hooks?.update],
  ].filter(([, value]) => value !== undefined)
  const lines = [
    ...whole.map(([name, value]) => `${name} ${value};`),
    ...push.map((url) => `push ${url};`),
    ...(records
      ? ['record all;', 'record_unique on;', 'record_suffix .flv;', `record_path ${directory}/recordings;`]
      : []),
  ]
  return `load_module ${rtmpModule};
daemon off;
master_process off;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log info;
events { worker_connections 1024; }
rtmp {
  access_log off;
  max_message 16M;
  server {
    listen 127.0.0.1:${port};
    ${chunkBytes === undefined ? '' : `chunk_size ${chunkBytes};`}
    application live {
      live on;
      ${lines.join('\n      ')}
    }
  }
}
`
}

/** on_publish: the answer 2xx lets the publisher in, any other does not. */
const startKeyCheck = async (keys: string[]): Promise<http.Server> => {
  const server = http.createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const name = new URLSearchParams(body).get('name') ?? ''
    response.writeHead(keys.includes(name) ? 200 : 403).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

const urlOf = (server: http.Server): string => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server does not listen on a port')
  return `http://127.0.0.1:${address.port}/`
}
