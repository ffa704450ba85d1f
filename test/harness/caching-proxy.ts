import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { freePort, untilListening } from './free-port.ts'
import { type Program, startProgram } from './program.ts'
import { provideProgram } from './provide-program.ts'
import { makeTemporaryDirectory, removeTemporaryDirectory } from './temporary-directory.ts'

/** Whether `CachingProxy` can run here, with nginx installed if need be. */
export const provideCachingProxy = (): Promise<boolean> => provideProgram('nginx', 'nginx-light')

const startTimeoutMs = 10_000

/**
 * nginx as a shared cache before a server: it keeps what the answers allow it to, by the address that was asked for, and
 * says in `X-Cache` whether it had it.
 */
export class CachingProxy {
  readonly url: string
  readonly #directory: string
  readonly #program: Program

  private constructor(port: number, directory: string, program: Program) {
    this.url = `http://127.0.0.1:${port}`
    this.#directory = directory
    this.#program = program
  }

  static async start(origin: string): Promise<CachingProxy> {
    const port = await freePort()
    const directory = makeTemporaryDirectory()
    const file = path.join(directory, 'nginx.conf')
    writeFileSync(file, configuration(directory, port, origin))
    const program = startProgram('nginx', [
      '-p',
      directory,
      '-e',
      path.join(directory, 'error.log'),
      '-c',
      file,
    ])
    const proxy = new CachingProxy(port, directory, program)
    await untilListening(port, AbortSignal.timeout(startTimeoutMs)).catch(async (cause: unknown) => {
      await proxy.close()
      throw new Error(`nginx does not listen: ${program.output()}`, { cause })
    })
    return proxy
  }

  async close(): Promise<void> {
    await this.#program.stop()
    removeTemporaryDirectory(this.#directory)
  }
}

/** Nothing but what every shared cache does: no rule for cookies or `Authorization` that would hide a fault of the server. */
const configuration = (directory: string, port: number, origin: string) => `
daemon off;
pid ${directory}/pid;
worker_processes 1;
${process.getuid?.() === 0 ? 'user root;' : ''}
events {}
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${directory}/${name};`).join('\n  ')}
  proxy_cache_path ${directory}/cache keys_zone=shared:1m max_size=64m;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass ${origin};
      proxy_http_version 1.1;
      proxy_set_header Connection '';
      proxy_set_header Host $http_host;
      proxy_cache shared;
      proxy_cache_key $request_uri;
      proxy_cache_use_stale updating;
      proxy_cache_background_update on;
      add_header X-Cache $upstream_cache_status always;
    }
  }
}
`
