import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import sharp from 'sharp'
import { z } from 'zod'

/** How the server answers one request for a picture. */
export type ImagesBehaviour =
  | 'base64'
  | 'url'
  /** The answer's URL redirects elsewhere, lies on a foreign plain http origin, or breaks off once. */
  | 'url-redirects'
  | 'url-foreign'
  | 'url-fails-once'
  /** 200 with a body that is no image, no JSON, or endless. */
  | 'not-an-image'
  | 'not-json'
  | 'endless'
  /** 400 with OpenAI's code for refused content; the message quotes the caller's key. */
  | 'content-policy'
  | 'error-500'
  | 'error-502'
  | 'redirect'
  /** Makes (and bills) the picture, then never answers, or cuts the connection in the middle of the body. */
  | 'stall'
  | 'cut-off'
  | { lateMs: number }
  | { rateLimited: { retryAfterSeconds: number } }

export type RecordedRequest = {
  path: string
  authorization: string | undefined
  idempotencyKey: string | undefined
  fields: Record<string, unknown>
  /** The uploaded photo, of an edit. */
  image: Buffer | undefined
  mask: Buffer | undefined
}

/** A small server on loopback that speaks the OpenAI Images API as documented, and misbehaves on demand. */
export async function startOpenAiImagesServer() {
  const script: ImagesBehaviour[] = []
  const requests: RecordedRequest[] = []
  const downloads: { path: string; authorization: string | undefined }[] = []
  const pictures = new Map<string, Buffer>()
  const waiting = new Set<() => void>()
  let fallback: ImagesBehaviour = 'base64'
  let baseUrl = ''

  const server = createServer((request, response) => {
    const handled = request.method === 'GET' ? serveDownload(request, response) : serveApi(request, response)
    handled.catch(() => response.destroy())
  })

  async function serveApi(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const recorded = await record(request)
    requests.push(recorded)
    for (const wake of waiting) wake()
    await answer(script.shift() ?? fallback, recorded, response)
  }

  async function answer(behaviour: ImagesBehaviour, request: RecordedRequest, response: ServerResponse) {
    if (typeof behaviour === 'object' && 'rateLimited' in behaviour) {
      response.setHeader('retry-after', behaviour.rateLimited.retryAfterSeconds)
      return sendError(response, 429, 'rate_limit_exceeded', 'Rate limit reached.')
    }
    if (behaviour === 'content-policy') {
      const message = `Your request\u0007 was rejected by our safety system (${request.authorization}).`
      return sendError(response, 400, 'content_policy_violation', message)
    }
    if (behaviour === 'error-500') return sendError(response, 500, null, 'The server had an error.')
    if (behaviour === 'error-502') return void response.writeHead(502).end('<html>Bad Gateway</html>')
    if (behaviour === 'redirect')
      return void response.writeHead(307, { location: `${baseUrl}/elsewhere` }).end()
    if (behaviour === 'not-json') return sendText(response, '<html>Sign in to the guest network</html>')
    if (behaviour === 'not-an-image') return sendJson(response, { b64_json: btoa('<svg xmlns="x"/>') })
    if (behaviour === 'endless') return sendEndless(response)
    const picture = await pictureFor(request)
    if (behaviour === 'stall') return
    if (typeof behaviour === 'object') await new Promise((resolve) => setTimeout(resolve, behaviour.lateMs))
    if (behaviour === 'base64' || typeof behaviour === 'object') {
      return sendJson(response, { b64_json: picture.toString('base64') })
    }
    if (behaviour === 'cut-off') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100_000 })
      response.write('{"data":[{"b64_json":"iVBOR')
      return void setImmediate(() => response.destroy())
    }
    const origin = behaviour === 'url-foreign' ? 'http://images.invalid' : new URL(baseUrl).origin
    sendJson(response, { url: `${origin}/pictures/${behaviour}/${request.idempotencyKey}` })
  }

  /** The same key is answered with the first picture; every other call makes a new one. */
  async function pictureFor(request: RecordedRequest): Promise<Buffer> {
    const key = request.idempotencyKey ?? `${pictures.size}`
    const known = pictures.get(key)
    if (known) return known
    const [width = 0, height = 0] = String(request.fields.size).split('x').map(Number)
    const background = { r: 40, g: (pictures.size * 37) % 255, b: 120 }
    const made = await sharp({ create: { width, height, channels: 3, background } })
      .png()
      .toBuffer()
    pictures.set(key, made)
    return made
  }

  async function serveDownload(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, , behaviour, key = ''] = (request.url ?? '').split('/')
    downloads.push({ path: request.url ?? '', authorization: request.headers.authorization })
    if (behaviour === 'url-redirects')
      return void response.writeHead(302, { location: `${baseUrl}/secret` }).end()
    if (behaviour === 'url-fails-once' && downloads.length === 1) return void response.destroy()
    response.writeHead(200, { 'content-type': 'image/png' }).end(pictures.get(key))
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  baseUrl = `http://127.0.0.1:${address.port}/v1`

  return {
    baseUrl,
    requests,
    downloads,
    /** How many pictures were made, and would have been billed. */
    get picturesMade() {
      return pictures.size
    },
    /** The next requests are answered so, in this order. */
    next(...behaviours: ImagesBehaviour[]) {
      script.push(...behaviours)
    },
    /** Requests beyond the script are answered so; at first with base64. */
    always(behaviour: ImagesBehaviour) {
      fallback = behaviour
    },
    /** Resolves once `count` requests have arrived. */
    async received(count: number): Promise<void> {
      while (requests.length < count) {
        const { promise, resolve } = Promise.withResolvers<void>()
        waiting.add(resolve)
        await promise
        waiting.delete(resolve)
      }
    },
    async close(): Promise<void> {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export type OpenAiImagesServer = Awaited<ReturnType<typeof startOpenAiImagesServer>>

async function record(request: IncomingMessage): Promise<RecordedRequest> {
  const body = new Response(new Uint8Array(await buffer(request)), {
    headers: { 'content-type': request.headers['content-type'] ?? '' },
  })
  const key = request.headers['idempotency-key']
  const recorded = {
    path: request.url ?? '',
    authorization: request.headers.authorization,
    idempotencyKey: Array.isArray(key) ? key[0] : key,
  }
  if (!recorded.path.endsWith('/edits')) {
    return {
      ...recorded,
      fields: z.record(z.string(), z.unknown()).parse(await body.json()),
      image: undefined,
      mask: undefined,
    }
  }
  const form = await body.formData()
  const take = async (name: string) => {
    const part = form.get(name)
    form.delete(name)
    return part instanceof Blob ? Buffer.from(await part.arrayBuffer()) : undefined
  }
  const [image, mask] = [await take('image'), await take('mask')]
  return { ...recorded, fields: Object.fromEntries(form), image, mask }
}

function sendText(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(text)
}

function sendJson(response: ServerResponse, picture: { b64_json: string } | { url: string }): void {
  sendText(response, JSON.stringify({ created: 1_700_000_000, data: [picture] }))
}

function sendError(response: ServerResponse, status: number, code: string | null, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ error: { message, type: 'error', param: null, code } }))
}

/** Promises a small body and never stops sending. */
function sendEndless(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  const chunk = Buffer.alloc(1_000_000, 'A')
  const more = () => {
    while (!response.destroyed && response.write(chunk));
  }
  response.on('drain', more)
  more()
}
