import { BacklotError, errorOf } from './backlot-error.ts'

export type Put = {
  url: string
  headers: Record<string, string>
  content: Blob
  signal?: AbortSignal | undefined
  /** The longest time without any progress. */
  silenceMs: number
  onProgress?: ((sentBytes: number, totalBytes: number) => void) | undefined
}

/** Of XMLHttpRequest, which only browsers have and which alone tells there how much of a body was sent. */
type Xhr = {
  upload: { onprogress: ((event: { loaded: number }) => void) | null }
  onload: (() => void) | null
  onerror: (() => void) | null
  onabort: (() => void) | null
  readonly status: number
  readonly responseText: string
  open: (method: string, url: string) => void
  setRequestHeader: (name: string, value: string) => void
  send: (body: Blob) => void
  abort: () => void
}
declare const XMLHttpRequest: (new () => Xhr) | undefined

/**
 * Sends a file to where it was signed for. Progress counts what was handed to the network: in browsers by XMLHttpRequest,
 * elsewhere by a streamed body.
 */
export const putBytes = async (fetch: typeof globalThis.fetch, put: Put): Promise<void> => {
  put.signal?.throwIfAborted()
  const silence = new Silence(put.silenceMs)
  const signal = put.signal === undefined ? silence.signal : AbortSignal.any([put.signal, silence.signal])
  const onProgress = (sentBytes: number) => {
    silence.restart()
    put.onProgress?.(sentBytes, put.content.size)
  }
  const send = typeof XMLHttpRequest === 'function' ? putByXhr(XMLHttpRequest) : putByStream(fetch)
  try {
    const response = await send({ ...put, signal, onProgress })
    if (!response.ok) throw await errorOf(response)
  } catch (error) {
    if (error instanceof BacklotError) throw error
    put.signal?.throwIfAborted()
    const code = silence.signal.aborted ? 'TIMED_OUT' : 'CONNECTION_FAILED'
    throw new BacklotError(code, `${new URL(put.url).host} did not take the file.`, { cause: error })
  } finally {
    silence.close()
  }
}

type Sending = Pick<Put, 'url' | 'headers' | 'content'> & {
  signal: AbortSignal
  onProgress: (sentBytes: number) => void
}

const pieceBytes = 64 * 1_024

const putByStream =
  (fetch: typeof globalThis.fetch) =>
  ({ url, headers, content, signal, onProgress }: Sending): Promise<Response> => {
    let sent = 0
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: async (controller) => {
        const piece = new Uint8Array(await content.slice(sent, sent + pieceBytes).arrayBuffer())
        sent += piece.byteLength
        controller.enqueue(piece)
        onProgress(sent)
        if (sent === content.size) controller.close()
      },
    })
    // S3 takes no body whose length it does not know.
    const all = { ...headers, 'content-length': String(content.size) }
    const request = { method: 'PUT', headers: all, body, signal, duplex: 'half' } as const
    return fetch(url, request)
  }

const putByXhr =
  (Request: new () => Xhr) =>
  ({ url, headers, content, signal, onProgress }: Sending): Promise<Response> =>
    new Promise((resolve, reject) => {
      const request = new Request()
      request.open('PUT', url)
      for (const [name, value] of Object.entries(headers)) {
        // Browsers set it, and let nobody else.
        if (name.toLowerCase() !== 'content-length') request.setRequestHeader(name, value)
      }
      request.upload.onprogress = ({ loaded }) => onProgress(loaded)
      request.onload = () => resolve(new Response(request.responseText, { status: request.status }))
      request.onerror = () => reject(new Error('The upload broke off.'))
      request.onabort = () => reject(signal.reason)
      signal.addEventListener('abort', () => request.abort(), { once: true })
      request.send(content)
    })

/** Aborts its signal when nothing moved for so long. */
class Silence {
  readonly #ms: number
  readonly #controller = new AbortController()
  #timer: ReturnType<typeof setTimeout>

  constructor(ms: number) {
    this.#ms = ms
    this.#timer = this.#start()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  restart(): void {
    clearTimeout(this.#timer)
    this.#timer = this.#start()
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #start() {
    return setTimeout(() => this.#controller.abort(), this.#ms)
  }
}
